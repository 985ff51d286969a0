// Patterns of new files: their points, estimates, residuals and neighbours.

/** Number of neighbours that are named. */
const NEIGHBOURS = 3;

/** Encodes a pattern, and returns its point in the latent space, on the plane, and its reconstruction. */
function reconstructed(network, pattern) {
  const { encoder, decoder, mean, deviation, shift, project } = network;
  const latent = through(encoder, scaled(network, pattern));
  const values = Float32Array.from(through(decoder, latent), (y, i) => y * deviation[i] + shift * mean[i]);
  return { latent: Array.from(latent), point: Array.from(project(latent)), values };
}

/** Returns |pattern − other| / |pattern|. */
function residualOf(pattern, other) {
  let [away, size] = [0, 0];
  for (let i = 0; i < pattern.length; i++) {
    away += (pattern[i] - other[i]) ** 2;
    size += pattern[i] ** 2;
  }
  return away > 0 ? Math.sqrt(away / size) : 0;
}

/** Returns the percentage of the training patterns with a smaller residual, or null if those are unknown. */
function percentile(quantiles, residual) {
  if (!quantiles.length) return null;
  const below = quantiles.filter((q) => q < residual).length;
  return Math.round((100 * below) / quantiles.length);
}

/** Returns the indices of the points nearest to a point of the plane. */
function nearestPoints({ x, y }, [px, py]) {
  const away = x.map((v, i) => [i, Math.hypot(v - px, y[i] - py)]);
  return away.sort((a, b) => a[1] - b[1]).slice(0, NEIGHBOURS).map(([i]) => i);
}

/** Returns the patterns on the page with the largest correlation, as pairs of index and correlation. */
function mostAlike(study, pattern) {
  const { rows } = study.about.patterns;
  const all = rows.map((index, row) => [index, compared(study.patternOfRow(row), pattern).pearson]);
  return all.filter(([, r]) => Number.isFinite(r)).sort((a, b) => b[1] - a[1]).slice(0, NEIGHBOURS);
}

/** Returns what the page knows about a pattern of a new file. */
function newcomerOf(study, reader, file, { name }, row) {
  const { points, grid } = study.about;
  const pattern = reader.intensities(row, grid.points);
  const { latent, point, values } = reconstructed(study.network, pattern);
  const residual = residualOf(pattern, values);
  return {
    file: file.name, name, pattern, point, latent, decoded: values, residual,
    percentile: percentile(reader.facts().residuals, residual),
    near: nearestPoints(points, point),
    alike: mostAlike(study, pattern),
    ...reader.estimate(row, latent, residual),
  };
}

/** Returns lines of text about a new pattern, for its card. */
function linesAbout(study, one) {
  const { points, labels } = study.about;
  const names = (indices) => indices.map((i) => points.name[i]).join(", ");
  const value = (label, k) => {
    const interval = one.intervals[k];
    return `${label} ${short(one.values[k])}${interval ? ` (${short(interval[0])} to ${short(interval[1])})` : ""}`;
  };
  const flags = [
    [labels.length && !one.inside, "outside the known points"],
    [one.far, "far from the known points"],
    [one.unlike, "unlike the training patterns"],
  ];
  const marks = flags.filter(([set]) => set).map(([, words]) => `; ${words}`).join("");
  const estimate = labels.length ? `estimated ${labels.map(value).join(", ")}` : "on the plane";
  const share = one.percentile === null ? "" : `, larger than that of ${one.percentile} % of the training patterns`;
  const alike = one.alike.map(([i, r]) => `${points.name[i]} (r ${short(r)})`).join(", ");
  return [
    `${estimate}${marks}`,
    groupText(one.group),
    `R = ${short(one.residual)}${share}`,
    `nearest on the plane: ${names(one.near)}`,
    `most similar: ${alike}`,
  ].filter((line) => line);
}

/** Position between two groups from which the program calls a pattern a mixture of both. */
const BETWEEN = 0.12;

function groupText(group) {
  if (!group) return "";
  const { number, other, position } = group;
  return `group ${number}${other && position >= BETWEEN ? `, between groups ${number} and ${other} (position ${short(position)})` : ""}`;
}

/** Returns the head and the rows of the table of new patterns. Numbers have seven digits. */
function tableOf(study, newcomers) {
  const { labels, points } = study.about;
  const ends = labels.flatMap((label) => [`${label}_estimated`, `${label}_low`, `${label}_high`]);
  const header = [
    "name", "file", "x", "y", ...ends, "group", "residual", "residual_percentile", "inside", "far", "unlike",
    "nearest", "most_similar", "correlation",
  ];
  const number = (v) => (Number.isFinite(v) ? String(+v.toPrecision(7)) : "");
  const text = (v) => String(v ?? "");
  const row = (one) => [
    one.name, one.file, ...one.point.map(number),
    ...labels.flatMap((_, k) => [one.values[k], ...(one.intervals[k] ?? ["", ""])].map(number)),
    text(one.group?.number), number(one.residual), text(one.percentile),
    labels.length ? text(one.inside) : "", text(one.far), text(one.unlike),
    points.name[one.near[0]], text(points.name[one.alike[0]?.[0]]), number(one.alike[0]?.[1]),
  ];
  return { header, rows: newcomers.map(row) };
}
