// Colours and markers of the points: by a class, by a number, or all alike.

/** Largest number of different values that are classes of their own. */
const MOST_VALUES = 7;

/** Shape of the dots in the legend: a square. */
const DOT_SHAPE = 1;

/** Number of ranges of a label with more values, beside zero. */
const RANGES = 5;

/**
 * Returns the colourings of a study. Each has a `title`, the `map` of its label or -1, and by point
 * `color(i)`, `classOf(i)` for the marker, and `order(i)` for sorting. `entries` are for the legend,
 * `range` for the scale of a number.
 */
function colouringsOf(study) {
  const { points, labels, classes, maps } = study.about;
  const numbers = labels.map((title, k) => byNumber(`label ${title}`, title, k, (i) => points.labels[i][k], maps?.ranges[k]));
  const named = classes.map(({ title, names, of }) => byClass(`class ${title}`, title, names, of));
  const { series } = study;
  const along = series ? [byNumber("series", `${series.title} (series)`, -1, (i) => series.values[i])] : [];
  const { places } = study;
  const steps = places ? [byNumber("step", "step to the neighbours", -1, (i) => places.step[i])] : [];
  return [...numbers, ...named, ...along, ...steps, byClass("none", "none", [], points.x.map(() => 0))];

  function byClass(key, title, names, of) {
    return {
      key, title, map: -1, range: null,
      color: (i) => (of[i] === null ? ink("soft") : categoryColor(of[i])),
      classOf: (i) => of[i] ?? 0,
      order: (i) => of[i] ?? Infinity,
      entries: names.map((name, k) => ({ name, shape: k, color: () => categoryColor(k) })),
    };
  }

  function byNumber(key, title, map, valueOf, ofMap) {
    const coloring = { key, title, map, order: (i) => valueOf(i) ?? NaN };
    // Many points take a moment, so that only colourings that are looked at are prepared.
    let found = null;
    const prepared = () => (found ??= cut(points.x.map((_, i) => valueOf(i) ?? NaN), ofMap));
    const shade = (value, [low, high]) => css(viridis(high > low ? (value - low) / (high - low) : 0.5));
    const color = (value) => (Number.isFinite(value) ? shade(value, prepared().range) : ink("soft"));
    return Object.defineProperties(coloring, {
      range: { get: () => prepared().range },
      entries: { get: () => prepared().classes.map((c, k) => ({ name: c.name, shape: k, color: () => color(c.middle) })) },
      color: { value: (i) => color(valueOf(i)) },
      classOf: { value: (i) => prepared().classAt(valueOf(i)) },
    });
  }
}

/** Cuts numbers into classes: each value if they are few, else zero and ranges with equally many points. */
function cut(values, ofMap) {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  const ends = [known[0], known.at(-1), ...(ofMap ?? [])];
  const range = known.length ? [Math.min(...ends), Math.max(...ends)] : [0, 1];
  const different = known.filter((v, i) => i === 0 || v !== known[i - 1]);
  if (different.length <= MOST_VALUES) {
    const classes = different.map((v) => ({ middle: v, name: short(v) }));
    return { range, classes, classAt: (value) => Math.max(0, different.indexOf(value)) };
  }
  const zero = known.filter((v) => v === 0).length > 1 ? [{ middle: 0, name: "0" }] : [];
  const parts = ranges(zero.length ? known.filter((v) => v !== 0) : known);
  const classAt = (value) => (zero.length && value === 0 ? 0 : zero.length + Math.max(0, parts.findLastIndex((c) => value >= c.low)));
  return { range, classes: [...zero, ...parts], classAt };
}

/** Returns ranges of sorted numbers with equally many numbers each. */
function ranges(sorted) {
  const edges = Array.from({ length: RANGES }, (_, k) => sorted[Math.floor((k * sorted.length) / RANGES)]);
  const lows = edges.filter((edge, k) => k === 0 || edge > edges[k - 1]);
  return lows.map((low, k) => {
    const high = lows[k + 1] ?? sorted.at(-1);
    return { low, middle: (low + high) / 2, name: rangeName(low, high) };
  });
}

/** Names a range with as few digits as show that its ends differ. */
function rangeName(low, high) {
  for (const digits of [2, 3, 4]) {
    const [a, b] = [low, high].map((v) => String(+v.toPrecision(digits)).replace("-", "−"));
    if (a !== b && Math.abs(high - low) > 10 ** -digits * Math.abs(high)) return `${a} to ${b}`;
  }
  return `${short(low)} to ${short(high)}`;
}

/** Fills the legend of a colouring: its classes, and the scale of a number. */
function showLegend(colouring, points) {
  const entries = colouring.entries.map((entry) => {
    const sign = element("canvas", { "aria-hidden": true });
    [sign.style.width, sign.style.height] = ["18px", "18px"];
    return { entry, item: element("li", {}, sign, entry.name) };
  });
  const isDots = points.x.length > MOST_MARKERS;
  const note = points.test.includes(true) && !isDots ? [element("li", {}, "filled: training, open: test")] : [];
  at("legend").replaceChildren(...entries.map(({ item }) => item), ...note);
  for (const { entry, item } of entries) {
    const { draw } = blank(item.firstChild);
    drawMarker(draw, [9, 9], { color: entry.color(), shape: isDots ? DOT_SHAPE : entry.shape, open: false, size: 5 });
  }
  at("scale").hidden = !colouring.range;
  if (!colouring.range) return;
  const [low, high] = colouring.range;
  at("scale-low").textContent = `${colouring.title} ${short(low)}`;
  at("scale-high").textContent = short(high);
  const { draw, width, height } = blank(at("scale-bar"));
  for (let x = 0; x < width; x++) {
    draw.fillStyle = css(viridis(x / width));
    draw.fillRect(x, 0, 1.5, height);
  }
}
