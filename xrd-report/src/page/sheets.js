// Sections below the drawings: tables, losses, figures, and the experiment.

/** Tables with a section of their own: title and help. */
const SHEETS = {
  "groups.csv": [
    "Groups",
    "The group of each pattern, found without labels. medoid: the most representative pattern of its group. between: the pattern " +
      "lies between its group and other_group, as a mixture does. position: 0 at the mean of its group, 0.5 in the middle between both.",
  ],
  "outliers.csv": [
    "Outliers",
    "Patterns that differ from all others, the most conspicuous first. score: deviation over the threshold of the set. from_deg and " +
      "to_deg: the range of angles that deviates most. nearest: the most similar other pattern.",
  ],
  "classes.csv": [
    "Estimated classes of the test patterns",
    "Classes that are text, estimated from the patterns themselves. share: estimated share of this class; the shares of all classes sum to 1. unlike: the pattern is unlike the training patterns.",
  ],
  "series.csv": [
    "Series",
    "The patterns in the order of the variable. position: place along the path of the patterns, from 0 to 1. step: difference to the " +
      "next value, of the patterns. point_step: the same of the points. residual: distance from the line between the patterns of the neighbouring values.",
  ],
  "robustness.csv": [
    "Estimates of disturbed patterns",
    "R² of each label and method for held-out patterns with one disturbance: zero shift in degrees, displacement in mm, background and " +
      "impurity as shares of the highest line, counts at the maximum, line width as a factor. delta: the sum over the labels of the " +
      "squared errors, median over the held-out patterns. _se: standard error over the splits.",
  ],
  "references.csv": [
    "Lines of the references",
    "Calculated lines of each reference. two_theta is in degrees, and intensity is relative to the strongest line.",
  ],
  "peaks.csv": [
    "Peaks: intensity and relevance",
    "One row per family of lattice planes of the pattern shown first, with the whole line masked. two_theta is in degrees. dev is " +
      "the distance that the point moves, and dx and dy are its displacement; set_… are means over all patterns. relative_… are " +
      "relative to the largest value. ratio is relevance over intensity: at most 0.1 for a strong line that does not matter, at least 2 for a weak line that matters.",
  ],
};

/** Shows the estimates in a sortable table, the worst first. A click on a name shows the pattern. */
function showEstimates(study, show) {
  if (!study.about.labels.length) {
    at("estimates-section").hidden = true;
    return;
  }
  const csv = study.files["estimates.csv"];
  const holder = at("estimates");
  if (!csv) {
    const isLarge = study.about.omitted.some(([name]) => name === "estimates.csv");
    return holder.append(isLarge ? "estimates.csv is too large for the page. It is in the folder of the study." : "The folder of the study has no estimates.csv.");
  }
  const [header, ...rows] = rowsOf(csv);
  const link = (row) => () => show(row[0]);
  holder.append(sortable(header, rows, { sort: "delta", link }));
  showScores(study.about.study.estimation ?? {});
  const { count, inside, delta_median: median, delta_worst: worst } = study.about.study.estimation ?? {};
  at("estimates-summary").textContent =
    count === undefined ? "" :
    `${inside} of ${count} test patterns lie inside the known points. δ is the sum over the labels of the squared errors: median ${short(median)}, worst ${short(worst)}.` +
      (count < 20 ? " These are few test patterns; xrd score tests every pattern in turn." : "");
}

/** Shows how the labels were estimated, and the scores of each label beside those of the plane. */
function showScores({ methods = [], on_plane: plane = {}, per_label: scores = {} }) {
  const chosen = methods.filter((method) => method.averaged);
  const groups = [...new Set(chosen.map((method) => method.labels.join(", ")))];
  const sentences = groups.map((group) => {
    const own = chosen.filter((method) => method.labels.join(", ") === group).map((method) => method.method);
    return `${group}: ${own.length > 1 ? "mean of " : ""}${own.join("; ")}.`;
  });
  at("estimates-methods").textContent = sentences.length
    ? `Estimated from the patterns themselves by the methods with the smallest cross-validated errors. ${sentences.join(" ")}`
    : "";
  const header = ["label", "R²", "mean error", ...(chosen.length ? ["R² on the plane", "mean error on the plane"] : [])];
  const cells = (score) => [score?.r2, score?.mae].map((v) => String(v ?? ""));
  const rows = Object.entries(scores).map(([label, score]) => [label, ...cells(score), ...(chosen.length ? cells(plane[label]) : [])]);
  if (rows.length) at("scores").append(sortable(header, rows));
}

/** Shows further tables of the study, folded. A click on the name of a pattern shows the pattern. */
function showSheets(study, show) {
  const isPattern = new Set(study.about.points.name);
  const link = (row) => (isPattern.has(row[0]) ? () => show(row[0]) : null);
  for (const [name, [title, help]] of Object.entries(SHEETS)) {
    if (!study.files[name]) continue;
    const [header, ...rows] = rowsOf(study.files[name]);
    if (!rows.length) continue;
    const scroll = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title });
    const fill = () => {
      if (!scroll.firstChild) scroll.append(sortable(header, rows, { link }));
    };
    const head = element("summary", {}, element("strong", {}, title), ` (${rows.length.toLocaleString("en")} rows)`);
    at("tables").append(element("details", { ontoggle: fill }, head, element("p", { class: "help" }, help), scroll));
  }
  at("tables-section").hidden = !at("tables").firstChild;
}

/** Draws the losses against the epoch on a logarithmic axis. */
function lossView(canvas, study) {
  const [header, ...rows] = rowsOf(study.files["history.csv"] ?? "epoch");
  const column = (name) => rows.map((row) => Number(row[header.indexOf(name)] || NaN));
  const curves = [
    ["training", "train_loss", "first"],
    ["test", "test_loss", "second"],
    ["validation", "validation_loss", "third"],
  ]
    .filter(([, name]) => header.includes(name))
    .map(([name, head, color]) => ({ name, color, values: column(head).map(Math.log10) }))
    .filter((curve) => curve.values.some(Number.isFinite));
  const epochs = column("epoch");
  legend(at("loss-curves"), curves);
  return function draw() {
    const { draw, width, height } = blank(canvas);
    const all = curves.flatMap((curve) => curve.values.filter(Number.isFinite));
    if (!all.length) return;
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const margin = 0.05 * (high - low) || 0.5;
    const box = { left: MARGINS.left, right: width - MARGINS.right, top: 8, bottom: height - 44 };
    const panel = panelOf(box, [0, Math.max(...epochs)], [low - margin, high + margin]);
    const marks = powers(...panel.y);
    drawFrame(draw, panel, ["Epoch", "Loss"], marks);
    for (const { values, color } of curves) {
      draw.strokeStyle = ink(color);
      draw.lineWidth = 1.5;
      draw.beginPath();
      values.forEach((v, i) => Number.isFinite(v) && draw.lineTo(panel.across(epochs[i]), panel.up(v)));
      draw.stroke();
    }
  };
}

/** Returns 1, 2 and 5 times the powers of ten between two logarithms, or the powers alone if there are many. */
function powers(low, high) {
  const found = [];
  for (let k = Math.floor(low); k <= Math.ceil(high); k++) {
    for (const m of high - low > 2.5 ? [1] : [1, 2, 5]) {
      const value = k + Math.log10(m);
      if (value >= low && value <= high) found.push({ value, text: short(m * 10 ** k) });
    }
  }
  return found;
}

function legend(list, curves) {
  const entry = ({ name, color }) => {
    const stroke = element("span", { class: "stroke" });
    stroke.style.color = `var(--${color})`;
    return element("li", {}, stroke, name);
  };
  list.replaceChildren(...curves.map(entry));
}

/** Lists the experiment: data, network, seeds, version. */
function showRun(about) {
  const { dataset = {}, training = {}, versions = {}, seeds = [], ...rest } = about.study;
  const list = at("run");
  const row = (name, value) => {
    if (value === undefined || value === null || value === "") return;
    list.append(element("dt", {}, name), element("dd", {}, String(value)));
  };
  row("Program", `xrd ${versions.xrd}, study.json ${versions.study_json}`);
  row("Patterns", `${dataset.patterns}: ${dataset.origin}`);
  row("Angles", `${dataset.points} from ${neat(dataset.two_theta_start)}° by ${neat(dataset.two_theta_step)}°`);
  row("Wavelength", dataset.wavelength_angstrom && `${neat(dataset.wavelength_angstrom)} Å`);
  row("Line width", dataset.fwhm_deg && `${dataset.fwhm_deg}° (FWHM)`);
  row("Seed of the series", dataset.dataset_seed);
  row("Preparation", dataset.preparation?.join(", "));
  row("Network", about.network.widths.join(" → "));
  row("Training", `${training.epochs} epochs, batch size ${training.batch}, learning rate ${training.learning_rate}, weight decay ${training.weight_decay}, loss ${training.loss}`);
  row("Split", `${training.train_patterns} training, ${training.test_patterns} test patterns`);
  row("Seed", seeds.length > 1 ? `${rest.seed} of ${seeds.length}: ${rest.seed_criterion}` : rest.seed);
  row("Explained variance", `training patterns ${short(training.explained_variance_train)}, test patterns ${short(training.explained_variance_test)}`);
  row("Saturated", `${short(100 * training.saturated_fraction)} % of the points, with a coordinate beyond ±0.99`);
  row("Quick", rest.quick ? "yes: a quick look with few epochs" : undefined);
  row("Warnings", training.warnings?.join("; "));
  row("Limits", rest.limits?.join("; ") || undefined);
  row("Notes", rest.notes?.join("; "));
}

/** Shows the figures with download buttons, and a list of the tables and patterns. */
function showFiles({ files, about }) {
  for (const [name, text] of Object.entries(files)) {
    const button = element("button", { type: "button", onclick: () => keep(name, text) }, "Download");
    button.setAttribute("aria-label", `Download ${name}`);
    if (name.endsWith(".svg")) {
      const image = element("img", { alt: `Figure ${name}`, src: URL.createObjectURL(blobOf(name, text)) });
      at(name === "robustness.svg" ? "robustness-figure" : "figures").append(
        element("figure", {}, image, element("figcaption", {}, name, button)),
      );
    } else {
      button.textContent = name;
      at("files").append(element("li", {}, button));
    }
  }
  for (const [name, bytes] of about.omitted) {
    const size = (bytes / 1e6).toFixed(1);
    at("files").append(element("li", {}, `${name}: ${size} MB, too large for the page, in the folder of the study`));
  }
}
