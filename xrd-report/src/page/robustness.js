// Section of the robustness test: estimates of disturbed patterns.

/** Shows the verdicts of a robustness test. Without a test, the section stays hidden. */
function showRobustness({ about }) {
  const found = about.robustness;
  if (!found) return;
  at("robustness-section").hidden = false;
  const { label, splits, estimator, verdicts, undisturbed } = found;
  const count = (is) => verdicts.filter((verdict) => verdict[is]).length;
  const sentences = [
    `Held-out patterns were disturbed by one effect at a time, and ${label} was estimated from undisturbed training patterns, over ${splits} random splits.`,
    `The plane of a network trained with effects (${estimator}) has an R² of 0.95 or more under ${count("holds")} of ${verdicts.length} disturbances, ` +
      `and is better than both methods on raw patterns under ${count("better_than_raw")}.`,
  ];
  if (undisturbed) {
    const { with_effects: own, without_effects: other } = undisturbed;
    sentences.push(`Undisturbed patterns: R² ${own.toFixed(3)} with effects in training, ${other.toFixed(3)} without.`);
  }
  at("robustness-summary").textContent = sentences.join(" ");
  const header = ["disturbance", "size", "R² on the plane", "standard error", "R² of raw neighbours", "R² of PCA + ridge", "better than both"];
  const cell = (value) => (value === null ? "" : value.toFixed(3));
  const rows = verdicts.map((v) => [v.name, v.size, cell(v.r2), cell(v.r2_se), cell(v.neighbours), cell(v.ridge), v.better_than_raw ? "yes" : "no"]);
  at("robustness-verdicts").append(sortable(header, rows));
}
