// What is in the folder: the data, the groups, the outliers and the series.

/** Largest number of groups that are listed. */
const MOST_GROUPS = 8;

/** Largest number of outliers that are listed. */
const MOST_OUTLIERS = 5;

/** Number of angles that are listed per group. */
const MOST_ANGLES = 4;

/** Fills the section of the data. A click on a name calls `show(name)`. */
function showSummary(study, show) {
  const parts = [factsOf(study), groupsOf(study, show), outliersOf(study, show), seriesFacts(study), classFacts(study)];
  at("summary").append(...parts.filter(Boolean));
  drawGroupSigns();
}

function part(title, ...content) {
  const isWide = content.some((one) => one.className === "scroll");
  return element("div", { class: isWide ? "wide" : false }, element("h3", {}, title), ...content);
}

function nameButton(name, show) {
  return element("button", { type: "button", class: "link", onclick: () => show(name) }, name);
}

function factsOf({ about }) {
  const { study, points, grid, labels, classes, wavelength, patterns } = about;
  const { dataset = {} } = study;
  const last = grid.start + (grid.points - 1) * grid.step;
  const tests = points.test.filter((test) => test).length;
  const list = element("dl");
  const row = (name, value) => value && list.append(element("dt", {}, name), element("dd", {}, value));
  row("Patterns", `${points.x.length.toLocaleString("en")}${tests ? `, ${tests.toLocaleString("en")} of them for tests` : ""}`);
  row("2θ", `${neat(grid.start)}° to ${neat(last)}° in steps of ${neat(grid.step)}° (${grid.points} points)`);
  row("Wavelength", wavelength && `${neat(wavelength)} Å`);
  row("Prepared", dataset.preparation?.join(", "));
  row("Left out", dataset.left_out?.length ? `${dataset.left_out.length} files` : "");
  const texts = classes.filter(({ title }) => title !== "group" && title !== "composition");
  const ends = (k) => {
    const values = points.labels.map((values) => values[k]).filter((v) => v !== null);
    const [low, high] = [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
    return `${labels[k]} ${short(low)} to ${short(high)}`;
  };
  row("Labels", [...labels.map((_, k) => ends(k)), ...texts.map(({ title, names }) => `${title}: ${names.length} classes`)].join("; ") || "none");
  if (study.outliers?.searched && !study.outliers.outliers?.length) row("Outliers", "none");
  if (patterns.rows.length < points.x.length) row("On this page", `the measured patterns of ${patterns.rows.length} points; the others are shown decoded`);
  return part("Data", list);
}

/** The groups: size, most representative pattern, and angles that distinguish the group. */
function groupsOf({ about }, show) {
  const { groups: found } = about.study;
  if (!found?.groups?.length) return null;
  const { groups, silhouette, stability, between = [], agreement = [] } = found;
  const angles = ({ windows = [] }) =>
    windows.slice(0, MOST_ANGLES).flatMap(({ peak_deg: angle, difference }) => [element("span", {}, `${angle.toFixed(1)}°\u00a0${difference > 0 ? "▲" : "▼"}`), " "]);
  const rows = groups.slice(0, MOST_GROUPS).map((group, k) =>
    element("tr", {},
      element("td", {}, groups.length > 1 ? element("canvas", { class: "sign", "data-group": k, "aria-hidden": true }) : "", ` ${group.number}`),
      element("td", { class: "number" }, group.size.toLocaleString("en")),
      element("td", {}, nameButton(group.medoid, show)),
      element("td", { class: "wide" }, ...angles(group)),
    ),
  );
  const head = ["Group", "Patterns", "Representative", "Differs at"].map((text) => element("th", { scope: "col" }, text));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
  const notes = [];
  if (groups.length > MOST_GROUPS) notes.push(`${groups.length - MOST_GROUPS} more groups in the table below.`);
  if (groups.length === 1) notes.push("No division into groups is better than none.");
  else notes.push(`▲ stronger, ▼ weaker than in the other groups. Silhouette ${short(+silhouette?.toFixed(2))}, stability ${short(+stability?.toFixed(2))} (1: the same groups in each part of the patterns).`);
  if (between.length) notes.push(`${between.length} patterns lie between two groups.`);
  for (const { label, adjusted_rand_index: index, purity } of groups.length > 1 ? agreement : []) {
    notes.push(`Agreement with ${label}: adjusted Rand index ${short(+index.toFixed(2))}, purity ${short(+purity.toFixed(2))}.`);
  }
  return part(groups.length === 1 ? "One group" : `${groups.length} groups`, element("div", { class: "scroll" }, table), element("p", { class: "help" }, notes.join(" ")));
}

function drawGroupSigns() {
  for (const sign of document.querySelectorAll("canvas[data-group]")) {
    const { draw } = blank(sign);
    const shape = Number(sign.dataset.group);
    drawMarker(draw, [8, 8], { color: categoryColor(shape), shape, open: false, size: 4.5 });
  }
}

function outliersOf({ about }, show) {
  const { outliers: found } = about.study;
  if (!found?.searched) return null;
  const { outliers = [] } = found;
  const reasons = {
    apart: "apart", foreign_lines: "extra intensity", missing_lines: "missing intensity", dead_range: "constant", shifted: "shifted",
  };
  const item = ({ pattern, score, reason, from_deg: from, to_deg: to }) => {
    const shift = Number.isFinite(reason.by_deg) ? ` by ${reason.by_deg.toFixed(2)}°` : "";
    return element("li", {}, nameButton(pattern, show), ` ${reasons[reason.kind] ?? ""}${shift}, ${from.toFixed(2)}–${to.toFixed(2)}° (${score.toFixed(1)})`);
  };
  if (!outliers.length) return null;
  const list = element("ul", { class: "plain" }, ...outliers.slice(0, MOST_OUTLIERS).map(item));
  const more = outliers.length > MOST_OUTLIERS ? ` ${outliers.length - MOST_OUTLIERS} more in the table below.` : "";
  const help = element("p", { class: "help" }, `In brackets: deviation from the other patterns over the threshold of the set.${more}`);
  return part(`Outliers: ${outliers.length}`, list, help);
}

function seriesFacts({ series }) {
  if (!series) return null;
  const { title, steps, transitions } = series;
  const list = element("dl");
  list.append(element("dt", {}, title), element("dd", {}, `${short(steps[0].value)} to ${short(steps.at(-1).value)} (${steps.length} patterns)`));
  if (!transitions.length) list.append(element("dt", {}, "Transitions"), element("dd", {}, "none found"));
  for (const transition of transitions) list.append(element("dt", {}, "Transition"), element("dd", {}, transitionText(transition)));
  return part("Series", list);
}

/** How well labels that are text are estimated. */
function classFacts({ about }) {
  const found = about.study.classification ?? [];
  if (!found.length) return null;
  const percent = (share) => `${(100 * share).toFixed(0)} %`;
  const list = element("dl");
  for (const { label, accuracy, majority_accuracy: majority, count } of found) {
    const text = `${percent(accuracy)} of ${count} test patterns have the right class (${percent(majority)} if all had the most frequent one)`;
    list.append(element("dt", {}, label), element("dd", {}, text));
  }
  return part("Estimated classes", list);
}
