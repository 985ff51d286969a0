// Orders of the patterns in the map of all patterns.

/** Returns the ways to order the rows. Each names the rows by `nameOf(point)`. */
function ordersOf(study) {
  const { points, classes } = study.about;
  const named = new Map(classes.map((c) => [`class ${c.title}`, c.names]));
  const of = (colouring) => {
    const names = named.get(colouring.key);
    const own = (name) => (name.startsWith(`${colouring.title} `) ? name.slice(colouring.title.length + 1) : name);
    const nameOf = (i) => (names ? own(names[colouring.order(i)] ?? "–") : short(+(+colouring.order(i)).toPrecision(3)));
    const isSeries = colouring.key === "series";
    return { key: colouring.key, title: isSeries ? study.series.title : colouring.title, order: colouring.order, nameOf };
  };
  const known = study.colourings.filter(({ key }) => key !== "none").map(of);
  const first = (order) => ["series", "class group"].indexOf(order.key);
  known.sort((a, b) => (first(a) < 0) - (first(b) < 0) || first(a) - first(b));
  const name = { key: "name", title: "name", order: () => 0, nameOf: (i) => points.name[i] };
  const file = { key: "file", title: "order of the files", order: (i) => i, nameOf: (i) => points.name[i] };
  return [...known, name, file];
}

/** Returns the patterns of the page in an order, those that are equal by name. */
function rowsInOrder(study, order) {
  study.ordered ??= new Map();
  const known = study.ordered.get(order.key);
  if (known) return known;
  const { points, patterns } = study.about;
  const names = new Intl.Collator("en", { numeric: true });
  const value = (row) => order.order(patterns.rows[row]);
  const last = (v) => (Number.isNaN(v) ? Infinity : v);
  const rows = patterns.rows.map((_, row) => row);
  rows.sort((a, b) => {
    const [p, q] = [last(value(a)), last(value(b))];
    return (p === q ? 0 : p - q) || names.compare(points.name[patterns.rows[a]], points.name[patterns.rows[b]]);
  });
  study.ordered.set(order.key, rows);
  return rows;
}

/** Returns all items, or `most` of them at equal distances. */
function evenly(items, most) {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, k) => items[Math.floor((k * items.length) / most)]);
}

function quantile(values, share) {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.floor(share * (sorted.length - 1))];
}
