// The page: its state, and updates when the state changes.

async function load() {
  const [about, maps, levels, words, numbers, files, answers] = await Promise.all([
    unpackedJson("about"),
    unpackedWords("maps"),
    unpackedWords("patterns"),
    unpackedWords("weights"),
    unpackedFloats("numbers"),
    unpackedJson("files"),
    at("data-answers") && unpackedJson("answers"),
  ]);
  const network = networkOf(about.network, words, numbers);
  return Object.assign(studyOf({ about, maps, levels, network, files }), { answers });
}

function run(study) {
  const { about } = study;
  const { points, labels, grid } = about;
  const last = grid.start + (grid.points - 1) * grid.step;
  const chosen = chosenOf(study, () => {
    weigh(chosen.list[0]);
    refresh();
  });
  const { list, main } = chosen;
  const state = {
    chosen: list,
    colouring: firstColouring(),
    order: study.orders[0],
    view: study.views[0],
    line: Boolean(study.series),
    range: [grid.start, last],
    stacked: false,
    each: false,
    root: false,
    relevance: true,
  };

  /** What the study was asked to colour by, else the label whose contours it has, the first label, the series or the first class. */
  function firstColouring() {
    const asked = about.study.experiment?.color_by;
    const keys = [`label ${asked}`, `class ${asked}`, `label ${labels[about.contours[0]?.label ?? 0]}`, "series"];
    const known = keys.map((key) => study.colourings.find((colouring) => colouring.key === key));
    return known.find(Boolean) ?? study.colourings[0];
  }

  study.curves = ({ root }) => {
    const onScreen = (values) => (root ? values.map((v) => Math.sign(v) * Math.sqrt(Math.abs(v))) : values);
    const lines = [];
    const add = (name, values, color, thick) => lines.push({ name, values, color, thick, shown: onScreen(values) });
    list.forEach((one, slot) => {
      const name = slotName(slot);
      if (one.shown) add(one.given ? name : `${name}, decoded`, main(one), slotInk(slot), slot ? 1.2 : 1.5);
    });
    const [a, b] = list;
    if (list.length === 1 && a.given && a.shown) add("A, reconstructed by the network", a.decoded, "third", 1);
    const isPair = list.length === 2 && a.shown && b.shown;
    const difference = isPair ? onScreen(main(a)).map((v, i) => v - onScreen(main(b))[i]) : null;
    return { lines, difference, relevance: a.dev, indices: a.shown ? study.linesAt(a.place) : [] };
  };

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
    const index = list[0].place.index ?? -1;
    if (key === "n" || key === "p") {
      const next = index + (key === "n" ? 1 : -1);
      chosen.choose(study.placeOf((next + points.x.length) % points.x.length), false);
    } else if (key === "x") chosen.swap();
    else if (key === "escape") chosen.onlyFirst();
    else return false;
    return true;
  };

  /**
   * Shows a pattern that is not of the study: `pattern` on the grid of the study (Float32Array of
   * `grid.points` values), `point` on the plane (default: the encoded pattern), `about` lines of text
   * for its card, `decoded` its reconstruction (default: the decoded point). It is added to the chosen
   * patterns, or replaces all if `alone`. Its place is returned.
   */
  study.addGuest = ({ name, pattern, point = study.encode(pattern), decoded = null, about: lines = [], alone = false }) => {
    const place = { index: null, point, guest: { name, pattern, decoded, about: lines } };
    if (alone) list.splice(1);
    chosen.choose(place, !alone);
    return place;
  };

  const adds = () => at("adds").checked;
  const pick = (place, shift) => chosen.choose(place, shift || adds());
  const pickIndex = (index, shift = false) => pick(study.placeOf(index), shift);
  const showName = (name) => {
    const index = points.name.indexOf(name);
    if (index >= 0) chosen.choose(study.placeOf(index), false);
  };
  const zoom = (range) => {
    state.range = range;
    refresh();
  };
  const waterfall = waterfallView(at("waterfall"), at("waterfall-tip"), study, { choose: pickIndex, changed: zoom });
  const plane = planeView(at("plane"), at("plane-tip"), study, pick);
  const pattern = patternView(at("pattern"), at("pattern-tip"), study, zoom);
  const losses = lossView(at("loss"), study);
  const series = seriesView(at("series"), at("series-tip"), study, pickIndex);
  const finder = finderOf(points.name, pickIndex);

  /** Computes the relevance of what A shows. */
  async function weigh(one) {
    if (!state.relevance || one.dev) return;
    const width = Math.max(1, Math.round((about.study.relevance?.window_deg ?? grid.step) / grid.step));
    const dev = await relevanceOf(study.network, main(one), width, () => list[0] === one && state.relevance);
    if (!dev) return;
    one.dev = dev;
    pattern.draw();
  }

  function refresh() {
    drawAll();
    chosen.showCards();
    showCompared();
    showControls();
    remember();
  }

  function drawAll() {
    waterfall.draw(state);
    plane.draw(state);
    pattern.draw(state);
  }

  function showCompared() {
    const [a, ...others] = list;
    const score = (x, y) => {
      const { pearson, r } = compared(x, y);
      return `R = ${short(r)}, Pearson ${short(pearson)}`;
    };
    const each = others.map((one, k) => `${slotName(k + 1)}: ${score(main(a), main(one))}`);
    at("compared").textContent = others.length
      ? `A compared with ${each.join("; ")}. R = |A − ${others.length > 1 ? "X" : "B"}| / |${others.length > 1 ? "X" : "B"}|.`
      : a.given ? `Reconstruction error of A: ${score(a.decoded, a.given)}.` : "";
    const curves = study.curves(state).lines;
    if (state.relevance) curves.push({ name: "Dev: distance that the point moves when a window at this angle is masked", color: "soft" });
    legend(at("curves"), curves);
  }

  function showControls() {
    const index = list[0].place.index;
    finder.show(index);
    at("plane-title").textContent = state.view.heading;
    at("from").value = state.range[0].toFixed(2);
    at("to").value = state.range[1].toFixed(2);
    at("waterfall-note").textContent = rowsText(...waterfall.shown());
    for (const row of document.querySelectorAll("#estimates tbody tr")) {
      row.classList.toggle("chosen", index !== null && row.dataset.name === points.name[index]);
    }
  }

  /** Says which patterns the map shows, if not all. */
  function rowsText(rows, known) {
    const all = points.x.length;
    if (rows === all) return "";
    const text = `${rows} of ${all.toLocaleString("en")} patterns`;
    if (rows < known) return `${text}, evenly spaced in this order${known < all ? ` among the ${known} that the page contains` : ""}.`;
    return `${text}: those that the page contains.`;
  }

  /** Keeps what is chosen in the address, so that it can be passed on. */
  function remember() {
    const words = new URLSearchParams();
    chosen.remember(words);
    words.set("colours", state.colouring.key);
    try {
      history.replaceState(null, "", `#${words}`);
    } catch {
      // Some browsers forbid a page from disk to change its address.
    }
  }

  /** Restores the state that the address of the page holds. */
  function recall() {
    const words = new URLSearchParams(location.hash.slice(1));
    state.colouring = study.colourings.find(({ key }) => key === words.get("colours")) ?? state.colouring;
    at("colours").value = state.colouring.key;
    chosen.recall(words, Math.max(0, points.name.indexOf(about.study.relevance?.pattern)));
    weigh(list[0]);
  }

  function fillControls() {
    const options = (id, all) => at(id).append(...all.map(({ key, title }) => element("option", { value: key }, title)));
    // A series over a label is listed once: as the label for colours, in its order for rows.
    const isTwin = labels.includes(study.series?.title);
    options("colours", study.colourings.filter(({ key }) => !(isTwin && key === "series")));
    options("order", study.orders.filter(({ key }) => !(isTwin && key === `label ${study.series.title}`)));
    options("view", study.views);
    at("view-label").hidden = study.views.length < 2;
    at("line-label").hidden = !study.series;
    at("line").checked = state.line;
    finder.fill();
    showReferences(study, refresh);
  }

  /** Keeps a switch and a part of the state equal. */
  function onSwitch(id, set) {
    at(id).addEventListener("change", (event) => {
      set(event.target);
      refresh();
    });
  }

  function listen() {
    onSwitch("colours", ({ value }) => {
      state.colouring = study.colourings.find(({ key }) => key === value);
      showLegend(state.colouring, points);
    });
    onSwitch("order", ({ value }) => (state.order = study.orders.find(({ key }) => key === value)));
    onSwitch("view", ({ value }) => (state.view = study.views.find(({ key }) => key === value)));
    onSwitch("stacked", ({ value }) => {
      state.stacked = value === "curves";
      at("waterfall").classList.toggle("tall", state.stacked);
    });
    for (const name of ["each", "root", "line", "relevance"]) onSwitch(name, ({ checked }) => (state[name] = checked));
    at("relevance").addEventListener("change", () => weigh(list[0]));
    const typed = () => {
      const [low, high] = [Number(at("from").value), Number(at("to").value)];
      if (high > low) state.range = [Math.max(low, grid.start), Math.min(high, last)];
      refresh();
    };
    at("from").addEventListener("change", typed);
    at("to").addEventListener("change", typed);
    at("whole").addEventListener("click", () => zoom([grid.start, last]));
    window.addEventListener("hashchange", () => {
      recall();
      refresh();
    });
    new ResizeObserver(redraw).observe(document.body);
  }

  function redraw() {
    drawAll();
    losses();
    series();
    drawGroupSigns();
    showLegend(state.colouring, points);
  }

  const { origin } = about.study.dataset ?? {};
  at("subtitle").textContent = `${points.x.length.toLocaleString("en")} patterns: ${origin}. Network of seed ${about.study.seed}, xrd ${about.study.versions?.xrd}.`;
  at("main").hidden = false;
  fillControls();
  showSummary(study, showName);
  const showAndScroll = (name) => {
    showName(name);
    at("pattern").scrollIntoView({ block: "center" });
  };
  showEstimates(study, showAndScroll);
  showRobustness(study);
  showAnswers(study.answers);
  showSheets(study, showAndScroll);
  showRun(about);
  showFiles(study);
  listen();
  recall();
  state.range = busy(main(list[0]));
  refresh();
  onTheme(redraw);
  // For the console of the browser: window.xrd.decode([x, y]) returns the pattern of a point.
  window.xrd = {
    decode: study.decode,
    encode: study.encode,
    addGuest: study.addGuest,
    shown: () => list,
    screenOf: plane.screenOf,
    spotOf: (index) => plane.spotOf(study.placeOf(index)),
    rows: { names: waterfall.names, placeOf: waterfall.placeOf },
    state: () => state,
    screenOfAngle: pattern.screenOf,
    points,
    newcomers: newFilesView(study),
  };
}

load().then(run).catch(refuse);
