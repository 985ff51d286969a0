// The variable of a series, such as a temperature: its values, its transitions, and its chart. Places on
// a sample.

/** Largest number of lines that are named at a transition. */
const MOST_ONSETS = 4;

/** Returns the rows of series.csv as numbers by column, with the index of the pattern; none without the column. */
function seriesRows({ about, files }, column) {
  const [header, ...rows] = rowsOf(files["series.csv"] ?? "name");
  if (!header.includes(column)) return [];
  const indexOf = new Map(about.points.name.map((name, i) => [name, i]));
  const cells = (row) => header.slice(1).map((name, k) => [name, row[k + 1] ? Number(row[k + 1]) : NaN]);
  const all = rows.map((row) => ({ index: indexOf.get(row[0]), ...Object.fromEntries(cells(row)) }));
  return all.filter((row) => row.index !== undefined && Number.isFinite(row[column]));
}

/** Returns the series of a study along one variable, or null. */
function seriesOf(study) {
  const { points, study: report } = study.about;
  const steps = seriesRows(study, "value").sort((a, b) => a.value - b.value);
  if (!steps.length) return null;
  const values = new Float64Array(points.name.length).fill(NaN);
  for (const { index, value } of steps) values[index] = value;
  const { variables: [title = "series"] = [], sequence } = report.series ?? {};
  const transitions = (sequence?.transitions ?? []).filter((t) => Number.isFinite(t.value));
  return { title, steps, values, transitions };
}

/** Returns the places on the sample as coordinates of the points, with the steps to the neighbours, or null. */
function placesOf(study) {
  const { points, study: report } = study.about;
  const rows = seriesRows(study, "y");
  if (!rows.length) return null;
  const filled = (column) => {
    const values = new Array(points.name.length).fill(NaN);
    for (const row of rows) values[row.index] = row[column];
    return values;
  };
  const titles = report.series?.variables ?? ["x", "y"];
  return { key: "places", title: `sample: ${titles.join(", ")}`, heading: "Places on the sample", titles, x: filled("x"), y: filled("y"), step: filled("step") };
}

/** Returns a transition as text, with its uncertainty and the lines that appear and disappear. */
function transitionText({ value, from, to, appear = [], disappear = [] }) {
  const at = Number.isFinite(from) && Number.isFinite(to) ? `${short(value)} (95 %: ${short(from)} to ${short(to)})` : short(value);
  const angles = (lines) => lines.slice(0, MOST_ONSETS).map((line) => `${line.two_theta_deg.toFixed(2)}°`).join(", ");
  const gone = disappear.length ? `lines gone at ${angles(disappear)}` : "";
  return [at, appear.length ? `new lines at ${angles(appear)}` : "", gone].filter(Boolean).join("; ");
}

/** The change between neighbours and the residual against the variable. */
function seriesView(canvas, tip, study, choose) {
  const { series } = study;
  const nextOf = new Map();
  const different = [...new Set(series?.steps.map((s) => s.value))];
  different.forEach((value, k) => nextOf.set(value, different[k + 1] ?? value));
  const kinds = [
    // A step leads to the next value, so that it is drawn between both.
    { key: "step", title: "Step", at: (s) => (s.value + nextOf.get(s.value)) / 2 },
    { key: "residual", title: "Residual", at: (s) => s.value },
  ].filter(({ key }) => series?.steps.some((s) => Number.isFinite(s[key])));
  at("series-section").hidden = !kinds.length;
  let panels = [];

  function draw() {
    if (!kinds.length) return;
    const { draw, width, height } = blank(canvas);
    const [first, last] = [series.steps[0].value, series.steps.at(-1).value];
    const margin = 0.02 * (last - first) || 0.5;
    const room = (height - 52 - 10 * (kinds.length - 1)) / kinds.length;
    panels = kinds.map((kind, k) => {
      const values = series.steps.map((s) => s[kind.key]).filter(Number.isFinite);
      const most = Math.max(...values, 0) || 1;
      const top = 8 + k * (room + 10);
      const box = { ...MARGINS, right: width - MARGINS.right, top, bottom: top + room };
      return { ...kind, ...panelOf(box, [first - margin, last + margin], [Math.min(0, ...values), 1.08 * most]) };
    });
    panels.forEach((panel, k) => {
      drawTransitions(draw, panel);
      drawFrame(draw, panel, [k === panels.length - 1 ? series.title : null, panel.title], ticks(...panel.y, 3));
      draw.strokeStyle = draw.fillStyle = ink("first");
      draw.lineWidth = 1.4;
      draw.beginPath();
      const shown = series.steps.filter((s) => Number.isFinite(s[panel.key]));
      shown.forEach((s) => draw.lineTo(panel.across(panel.at(s)), panel.up(s[panel.key])));
      draw.stroke();
      if (shown.length > 200) return;
      for (const s of shown) draw.fillRect(panel.across(panel.at(s)) - 2, panel.up(s[panel.key]) - 2, 4, 4);
    });
  }

  function drawTransitions(draw, panel) {
    const { box } = panel;
    for (const { value, from = value, to = value } of series.transitions) {
      draw.fillStyle = ink("second");
      draw.globalAlpha = 0.2;
      draw.fillRect(panel.across(from), box.top, Math.max(1, panel.across(to) - panel.across(from)), box.bottom - box.top);
      draw.globalAlpha = 1;
      draw.fillRect(panel.across(value) - 0.75, box.top, 1.5, box.bottom - box.top);
    }
  }

  function stepAt(px) {
    const value = panels[0].back(px, 0)[0];
    return series.steps.reduce((best, s) => (Math.abs(s.value - value) < Math.abs(best.value - value) ? s : best));
  }

  canvas.addEventListener("pointermove", (event) => {
    if (!panels.length) return;
    const step = stepAt(event.offsetX);
    const lines = [study.about.points.name[step.index], `${series.title} ${short(step.value)}`];
    for (const { key, title } of kinds) lines.push(`${title} ${short(step[key])}`);
    showTip(tip, canvas, lines, [event.offsetX, event.offsetY]);
  });
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  canvas.addEventListener("click", (event) => choose(stepAt(event.offsetX).index, event.shiftKey));
  return draw;
}
