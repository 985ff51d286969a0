// The page: its state, and updates when the state changes.

async function load() {
  const [about, maps, levels, words, numbers, files] = await Promise.all([
    unpackedJson("about"),
    unpackedWords("maps"),
    unpackedWords("patterns"),
    unpackedWords("weights"),
    unpackedFloats("numbers"),
    unpackedJson("files"),
  ]);
  const network = networkOf(about.network, words, numbers);
  return studyOf({ about, maps, levels, network, files });
}

function run(study) {
  const { about } = study;
  const { points, labels, grid } = about;
  const last = grid.start + (grid.points - 1) * grid.step;
  const state = {
    slots: [null, null],
    map: about.contours[0]?.label ?? (labels.length ? 0 : -1),
    range: [grid.start, last],
    root: false,
    relevance: true,
  };
  /** Content of each slot: the patterns, and Dev once it is computed. */
  const shown = [null, null];

  study.curves = ({ root }) => {
    const onScreen = (values) => (root ? values.map((v) => Math.sign(v) * Math.sqrt(Math.abs(v))) : values);
    const curves = [];
    const add = (name, values, color, thick) => curves.push({ name, values, color, thick, shown: onScreen(values) });
    const [a, b] = shown;
    if (a) add(a.given ? "A" : "A, decoded", a.given ?? a.decoded, "first", 1.5);
    if (b) add(b.given ? "B" : "B, decoded", b.given ?? b.decoded, "second", 1.2);
    else if (a?.given) add("A, reconstructed by the network", a.decoded, "third", 1);
    const difference = a && b ? onScreen(main(a)).map((v, i) => v - onScreen(main(b))[i]) : null;
    return { lines: curves, difference, relevance: a?.dev ?? null, indices: a ? study.linesAt(a.place) : [] };
  };
  const main = (one) => one.given ?? one.decoded;

  /** The angles where most of a pattern's intensity is. */
  function busy(pattern) {
    const whole = pattern.reduce((sum, v) => sum + Math.abs(v), 0);
    let [sum, from, to] = [0, 0, pattern.length - 1];
    for (let i = 0; i < pattern.length; i++) {
      sum += Math.abs(pattern[i]);
      if (sum < 0.005 * whole) from = i;
      if (sum < 0.9 * whole) to = i;
    }
    const margin = 0.1 * (to - from) * grid.step;
    const range = [grid.start + from * grid.step - margin, grid.start + to * grid.step + margin];
    return range[1] - range[0] > 0.6 * (last - grid.start) ? [grid.start, last] : [Math.max(range[0], grid.start), Math.min(range[1], last)];
  }

  study.planeKey = (event) => {
    const key = event.key.toLowerCase();
    const index = state.slots[0]?.index ?? -1;
    if (key === "n" || key === "p") {
      const next = index + (key === "n" ? 1 : -1);
      choose(0, study.placeOf((next + points.x.length) % points.x.length));
    } else if (key === "x" && state.slots[1]) {
      const [a, b] = state.slots;
      choose(0, b);
      choose(1, a);
    } else if (key === "escape") choose(1, null);
    else return false;
    return true;
  };

  const plane = planeView(at("plane"), at("plane-tip"), study, choose);
  const pattern = patternView(at("pattern"), at("pattern-tip"), study, (range) => {
    state.range = range;
    refresh();
  });
  const losses = lossView(at("loss"), study);
  const finder = finderOf(points.name, (index) => choose(null, study.placeOf(index)));

  /** Puts a place into a slot, by default the one that clicks go to. */
  function choose(slot, place) {
    const k = slot ?? Number(document.querySelector('input[name="slot"]:checked').value);
    state.slots[k] = place;
    shown[k] = place && { place, given: study.given(place), decoded: study.decode(place.point), dev: null };
    if (k === 0 && place) weigh(shown[0]);
    refresh();
  }

  /**
   * Shows a pattern that is not of the study: `pattern` on the grid of the study (Float32Array of
   * `grid.points` values), `point` on the plane (default: the encoded pattern), `about` lines of text
   * for its card. It becomes a choice of its own, and its place is returned.
   */
  study.addGuest = ({ name, pattern, point = study.encode(pattern), about: lines = [] }) => {
    const place = { index: null, point, guest: { name, pattern, about: lines } };
    choose(1, place);
    return place;
  };

  /** Computes the relevance of what A shows. */
  async function weigh(one) {
    if (!state.relevance || one.dev) return;
    const width = Math.max(1, Math.round((about.study.relevance?.window_deg ?? grid.step) / grid.step));
    const dev = await relevanceOf(study.network, main(one), width, () => shown[0] === one && state.relevance);
    if (!dev) return;
    one.dev = dev;
    refresh();
  }

  function refresh() {
    plane.draw(state);
    pattern.draw(state);
    showCards();
    showCompared();
    showControls();
    remember();
  }

  function showCards() {
    const cards = state.slots.map((place, k) => {
      if (!place) return "";
      const [title, ...rest] = study.describe(place);
      const name = "AB"[k];
      const file = place.index === null ? `${place.guest?.name ?? "decoded"}-${name}.xy` : `${points.name[place.index]}.xy`;
      const save = () => keep(file, study.textOf(place, main(shown[k])));
      const buttons = [element("button", { type: "button", onclick: save }, "Download .xy")];
      if (k) buttons.push(element("button", { type: "button", onclick: () => choose(1, null) }, "Clear B"));
      const head = element("p", {}, element("span", { class: `key ${k ? "second" : "first"}` }, name), ` ${title}`);
      const lines = rest.map((line) => element("p", {}, line));
      return element("div", { class: k ? "card second" : "card" }, head, ...lines, element("div", { class: "tools" }, ...buttons));
    });
    at("cards").replaceChildren(...cards);
  }

  function showCompared() {
    const [a, b] = shown;
    let text = "";
    if (a && b) {
      const { pearson, r } = compared(main(a), main(b));
      text = `A compared with B: R = |A − B| / |B| = ${short(r)}, Pearson ${short(pearson)}.`;
    } else if (a?.given) {
      const { pearson, r } = compared(a.decoded, a.given);
      text = `Reconstruction error of A: R = ${short(r)}, Pearson ${short(pearson)}.`;
    }
    at("compared").textContent = text;
    const curves = study.curves(state).lines;
    if (state.relevance) curves.push({ name: "Dev: distance that the point moves when a window at this angle is masked", color: "second" });
    legend(at("curves"), curves);
  }

  function showControls() {
    const index = state.slots[0]?.index;
    finder.show(index ?? null);
    at("from").value = state.range[0].toFixed(2);
    at("to").value = state.range[1].toFixed(2);
    at("map").value = String(state.map);
    const range = about.maps?.ranges[state.map];
    at("scale").hidden = !range;
    if (range) {
      at("scale-low").textContent = `${labels[state.map]} ${short(range[0])}`;
      at("scale-high").textContent = short(range[1]);
      drawScale();
    }
    const name = index === null || index === undefined ? null : points.name[index];
    for (const row of document.querySelectorAll("#estimates tbody tr")) {
      row.classList.toggle("chosen", row.dataset.name === name);
    }
  }

  function drawScale() {
    const { draw, width, height } = blank(at("scale-bar"));
    for (let x = 0; x < width; x++) {
      draw.fillStyle = `rgb(${viridis(x / width)})`;
      draw.fillRect(x, 0, 1.5, height);
    }
  }

  /** Keeps what is chosen in the address, so that it can be passed on. */
  function remember() {
    const words = new URLSearchParams();
    state.slots.forEach((place, k) => {
      if (!place) return;
      const of = "ab"[k];
      if (place.guest) return;
      if (place.index === null) words.set(of, place.point.map((v) => v.toPrecision(9)).join(","));
      else words.set(`${of}-name`, points.name[place.index]);
    });
    if (state.map >= 0) words.set("map", labels[state.map]);
    try {
      history.replaceState(null, "", `#${words}`);
    } catch {
      // Some browsers forbid a page from disk to change its address.
    }
  }

  /** Restores the state that the address of the page holds. */
  function recall() {
    const words = new URLSearchParams(location.hash.slice(1));
    const label = labels.indexOf(words.get("map"));
    if (label >= 0) state.map = label;
    ["a", "b"].forEach((of, k) => {
      const index = points.name.indexOf(words.get(`${of}-name`));
      const point = (words.get(of) ?? "").split(",").map(Number);
      if (index >= 0) choose(k, study.placeOf(index));
      else if (words.has(of) && point.length === 2 && point.every(Number.isFinite)) choose(k, { index: null, point });
    });
    const shownFirst = points.name.indexOf(about.study.relevance?.pattern);
    if (!state.slots[0]) choose(0, study.placeOf(Math.max(0, shownFirst)));
  }

  function fillControls() {
    at("map").append(element("option", { value: -1 }, "none"));
    labels.forEach((label, k) => at("map").append(element("option", { value: k }, label)));
    finder.fill();
    about.categories.forEach((name, k) => {
      const sign = element("canvas", { "aria-hidden": true });
      [sign.style.width, sign.style.height] = ["18px", "18px"];
      at("legend").append(element("li", { "data-category": k }, sign, name));
    });
    if (points.test.includes(true)) at("legend").append(element("li", {}, "filled: training, open: test"));
  }

  function drawLegend() {
    for (const entry of at("legend").querySelectorAll("[data-category]")) {
      const { draw } = blank(entry.firstChild);
      drawMarker(draw, [9, 9], Number(entry.dataset.category), false, 5);
    }
  }

  function listen() {
    at("map").addEventListener("change", (event) => {
      state.map = Number(event.target.value);
      refresh();
    });
    const typed = () => {
      const [low, high] = [Number(at("from").value), Number(at("to").value)];
      if (high > low) state.range = [Math.max(low, grid.start), Math.min(high, last)];
      refresh();
    };
    at("from").addEventListener("change", typed);
    at("to").addEventListener("change", typed);
    at("whole").addEventListener("click", () => {
      state.range = [grid.start, last];
      refresh();
    });
    at("root").addEventListener("change", (event) => {
      state.root = event.target.checked;
      refresh();
    });
    at("relevance").addEventListener("change", (event) => {
      state.relevance = event.target.checked;
      if (shown[0]) weigh(shown[0]);
      refresh();
    });
    window.addEventListener("hashchange", recall);
    new ResizeObserver(redraw).observe(document.body);
  }

  function redraw() {
    plane.draw(state);
    pattern.draw(state);
    losses();
    drawLegend();
    if (!at("scale").hidden) drawScale();
  }

  const { origin } = about.study.dataset ?? {};
  at("subtitle").textContent = `${points.x.length} patterns: ${origin}. Network of seed ${about.study.seed}, xrd ${about.study.versions?.xrd}.`;
  at("main").hidden = false;
  fillControls();
  showEstimates(study, (name) => {
    const index = points.name.indexOf(name);
    if (index >= 0) choose(0, study.placeOf(index));
    at("pattern").scrollIntoView({ block: "center" });
  });
  showSheets(study);
  showRun(about);
  showFiles(study);
  listen();
  recall();
  state.range = busy(main(shown[0]));
  refresh();
  onTheme(redraw);
  // For the console of the browser: window.xrd.decode([x, y]) returns the pattern of a point.
  window.xrd = {
    decode: study.decode,
    encode: study.encode,
    shown: () => shown,
    screenOf: plane.screenOf,
    points,
  };
}

function refuse(error) {
  at("wrong").hidden = false;
  at("wrong").textContent = `This page cannot be shown: ${error.message}. Use a browser of 2023 or later.`;
  console.error(error);
}

load().then(run).catch(refuse);
