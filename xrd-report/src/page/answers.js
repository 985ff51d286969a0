// Section of space groups: what was found in each pattern, and the pattern above the lines of the nearest structure.

/** Columns of the table. */
const ANSWER_COLUMNS = ["pattern", "answer", "crystal system", "probability", "space group", "of the group", "extinction group", "nearest structure", "similarity", "lines found", "decided by lines at"];

/** Shows answers about space groups. Without answers, the section stays hidden. */
function showAnswers(found) {
  if (!found) return;
  at("answers-section").hidden = false;
  const { answers, figures } = found;
  const { patterns, model, threshold } = answers;
  const known = patterns.filter((one) => !one.error);
  const figure = element("figure", { class: "answer", hidden: true });
  const show = (one) => {
    const svg = figures[one.figure];
    const text = answerText(one, figures);
    figure.hidden = false;
    figure.replaceChildren(element("figcaption", {}, text));
    if (!svg) return;
    figure.prepend(element("img", { alt: `Figure ${one.figure}`, src: URL.createObjectURL(blobOf(one.figure, svg)) }));
    figure.lastChild.append(element("button", { type: "button", onclick: () => keep(one.figure, svg) }, "Download"));
  };
  const rows = patterns.map(answerRow);
  const link = (row) => () => {
    show(patterns.find(({ pattern }) => pattern === row[0]));
    figure.scrollIntoView({ block: "nearest" });
  };
  const table = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": "answers-title" }, sortable(ANSWER_COLUMNS, rows, { link }));
  at("answers").append(element("p", {}, answersSummary(patterns, known, threshold, model)), table, figure);
  if (known.length) show(known[0]);
}

function answersSummary(patterns, known, threshold, model) {
  const of = (reason) => known.filter((one) => one.refused_because === reason).length;
  const refused = known.filter((one) => one.refused).length, unexplained = of("unexplained"), uncertain = refused - unexplained;
  const counts = new Map();
  for (const { refused, crystal_system: { name } } of known) if (!refused) counts.set(name, (counts.get(name) ?? 0) + 1);
  const systems = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count} ${name}`);
  const sentences = [`${known.length - refused} of ${patterns.length} patterns are answered${systems.length ? `: ${systems.join(", ")}` : ""}.`];
  if (uncertain) sentences.push(`${uncertain} ${uncertain === 1 ? "is" : "are"} not certain enough: the likeliest group has a probability below ${threshold}.`);
  if (unexplained) sentences.push(`${unexplained} ${unexplained === 1 ? "has" : "have"} many peaks that no known structure has alone, perhaps of a mixture.`);
  if (known.length < patterns.length) sentences.push(`${patterns.length - known.length} could not be read.`);
  sentences.push(`Model: ${model}. Click the name of a pattern to see it.`);
  return sentences.join(" ");
}

/** Lines without which the likeliest space group is less probable, the most important first. */
function deciding({ lines = [] }) {
  return lines.filter((line) => line.space_group_change <= -0.01).slice(0, 5);
}

function answerRow(one) {
  if (one.error) return [one.pattern, "not read", ...Array(ANSWER_COLUMNS.length - 2).fill("")];
  const { crystal_system: system, space_groups: [group], extinction_group: extinction, nearest } = one;
  const angles = deciding(one).map((line) => `${line.two_theta_deg.toFixed(2)}°`).join(" ");
  const structure = nearest ? [nearest.name || nearest.formula, one.similarity.toFixed(3), `${nearest.lines.filter((l) => l.found).length} of ${nearest.lines.length}`] : ["", "", ""];
  const share = (p) => p.toFixed(3);
  return [one.pattern, one.refused ? "refused" : "answered", system.name, share(system.probability), `${group.number} ${group.symbol}`, share(group.probability), extinction.symbol, ...structure, angles];
}

/** Why a pattern is refused. */
function refusedWords({ refused, refused_because: reason, unexplained }) {
  if (!refused) return "";
  if (reason === "unexplained") return `not answered, as the nearest known structure does not have ${(100 * unexplained).toFixed(0)} % of the peaks by height, perhaps a mixture; perhaps `;
  return "not certain enough; perhaps ";
}

/** Sentences about one pattern. */
function answerText(one, figures) {
  if (one.error) return `${one.pattern}: ${one.error}`;
  const percent = (p) => `${(100 * p).toFixed(0)} %`;
  const groups = one.space_groups.map((g) => `${g.number} ${g.symbol} ${percent(g.probability)}`).join(", ");
  const whole = one.space_groups[0].probability;
  const lines = deciding(one).map((l) => `${l.two_theta_deg.toFixed(2)}° (${percent(whole + l.space_group_change)} without it)`);
  const decided = lines.length ? `Decided by lines at ${lines.join(", ")}.` : "Decided by no single line.";
  const missing = figures[one.figure] ? "" : " The figure is in the folder of the answers.";
  return `${one.pattern}: ${refusedWords(one)}${groups}. ${decided}${missing} `;
}
