// Elements with text, downloads, and sortable tables.

/** Makes an element. `content` are texts and elements; texts are never read as markup. */
function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...content);
  return made;
}

/** Largest number of names in a list to choose from; more names are typed. */
const MOST_NAMES = 2000;

/** Number of names that are proposed for what is typed. */
const PROPOSED = 30;

/** The control with the name of a pattern: a list, or a field with proposals if there are many names. */
function finderOf(names, choose) {
  const isList = names.length <= MOST_NAMES;
  const list = element("datalist", { id: "names" });
  const field = element("input", { id: "find", type: "search", list: "names", autocomplete: "off", placeholder: `one of ${names.length}` });

  function fill() {
    if (isList) {
      at("find").append(element("option", { value: "" }, "choose …"));
      names.forEach((name, i) => at("find").append(element("option", { value: i }, name)));
    } else {
      at("find").replaceWith(field, list);
      field.addEventListener("input", propose);
    }
    at("find").addEventListener("change", (event) => {
      const text = event.target.value;
      const index = isList && text !== "" ? Number(text) : names.indexOf(text);
      if (index >= 0) choose(index);
    });
  }

  function propose() {
    const found = [];
    for (let i = 0; i < names.length && found.length < PROPOSED; i++) {
      if (names[i].includes(field.value)) found.push(element("option", { value: names[i] }));
    }
    list.replaceChildren(...found);
  }

  function show(index) {
    const known = index !== null;
    at("find").value = isList ? (known ? String(index) : "") : known ? names[index] : "";
  }
  return { fill, show };
}

const KINDS = { svg: "image/svg+xml", csv: "text/csv", xy: "text/plain" };

function blobOf(name, text) {
  return new Blob([text], { type: `${KINDS[name.split(".").at(-1)] ?? "text/plain"};charset=utf-8` });
}

/** Downloads a text as a file. */
function keep(name, text) {
  const address = URL.createObjectURL(blobOf(name, text));
  element("a", { href: address, download: name.split("/").at(-1) }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function isNumber(cell) {
  return cell !== "" && Number.isFinite(Number(cell));
}

/** Compares cells: numbers by value, then texts. Empty cells are last in both directions. */
function inOrder(a, b, direction) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const [x, y] = [Number(a), Number(b)];
  const difference = isNumber(a) && isNumber(b) ? x - y : a.localeCompare(b, "en", { numeric: true });
  return direction * difference;
}

/** Largest number of rows that are shown. */
const MOST_ROWS = 1000;

/**
 * A table of a header and rows of texts; each head sorts by its column, and again the other way.
 * `options.link(row)` gives what a click on the first cell does, `options.sort` the column that it
 * is sorted by at first, the greatest first.
 */
function sortable(header, rows, options = {}) {
  const numeric = header.map((_, k) => rows.every((row) => row[k] === "" || isNumber(row[k])));
  const body = element("tbody");
  const sorted = { column: -1, direction: 1 };
  const heads = header.map((text, k) => {
    const button = element("button", { type: "button", onclick: () => sortBy(k) }, text);
    return element("th", { scope: "col", "aria-sort": "none", class: numeric[k] ? "number" : false }, button);
  });

  function sortBy(column, direction = sorted.column === column ? -sorted.direction : 1) {
    Object.assign(sorted, { column, direction });
    rows.sort((a, b) => inOrder(a[column], b[column], direction));
    heads.forEach((head, k) => {
      const way = direction > 0 ? "ascending" : "descending";
      head.setAttribute("aria-sort", k === column ? way : "none");
      head.firstChild.textContent = header[k] + (k === column ? (direction > 0 ? " ▲" : " ▼") : "");
    });
    fill();
  }

  function fill() {
    body.replaceChildren(
      ...rows.slice(0, MOST_ROWS).map((row) => {
        const cells = row.map((cell, k) => {
          const isName = k === 0 && options.link;
          const text = numeric[k] && cell !== "" && !isName ? short(Number(cell)) : cell;
          const click = isName ? options.link(row) : null;
          const shown = click ? element("button", { type: "button", onclick: click }, text) : text;
          return element("td", { class: numeric[k] ? "number" : false, title: text === cell ? false : cell }, shown);
        });
        return element("tr", { "data-name": row[0] }, ...cells);
      }),
    );
  }

  fill();
  const first = header.indexOf(options.sort);
  if (first >= 0) sortBy(first, -1);
  const head = element("thead", {}, element("tr", {}, ...heads));
  if (rows.length <= MOST_ROWS) return element("table", {}, head, body);
  const note = `The first ${MOST_ROWS} of ${rows.length} rows. The table of the study has all rows.`;
  return element("table", {}, element("caption", {}, note), head, body);
}
