// Queries of a study: description, estimate, pattern and lines of a point.

/** Colours of the references: those of the slots that are used last. */
const REFERENCE_SLOTS = [3, 5, 7, 4, 8, 9, 6, 10, 11];

/** Returns the study with its queries. */
function studyOf(study) {
  const { about, levels, network, files } = study;
  const { points, labels, classes, grid, patterns } = about;
  const rowOfPoint = new Map(patterns.rows.map((point, row) => [point, row]));
  const estimates = estimatesOf(files["estimates.csv"]);
  const lines = linesOf(files["reflections.csv"], "composition");
  const angleOf = (i) => grid.start + i * grid.step;
  const composition = (values) => labels.map((label, k) => `${label} ${values[k] === null ? "–" : short(values[k])}`).join(", ");

  function estimatesOf(csv) {
    if (!csv) return new Map();
    const [header, ...rows] = rowsOf(csv);
    return new Map(rows.map((row) => [row[0], Object.fromEntries(header.map((name, k) => [name, row[k]]))]));
  }

  /** Reflections by the texts of a column: indices, spacing, multiplicity, angle, intensity. */
  function linesOf(csv, column) {
    const [header, ...rows] = rowsOf(csv ?? column);
    const found = new Map();
    for (const row of rows) {
      const cell = Object.fromEntries(header.map((name, k) => [name, row[k]]));
      const [twoTheta, d, multiplicity, intensity] =
        ["two_theta", "d_angstrom", "multiplicity", "intensity"].map((name) => Number(cell[name]));
      const hkl = [cell.h, cell.k, cell.l].join(" ").replaceAll("-", "−");
      const list = found.get(cell[column]) ?? [];
      list.push({ hkl, twoTheta, d, multiplicity, intensity });
      found.set(cell[column], list);
    }
    return found;
  }

  study.placeOf = (index) => ({ index, point: [points.x[index], points.y[index]] });

  /** Returns the estimate at a point: by the study for a test pattern, by the other points for a training pattern. */
  study.estimateOf = ({ index, point, guest }) => {
    if (guest) return guest.about.join("\n");
    if (!labels.length) return "";
    const row = index === null ? undefined : estimates.get(points.name[index]);
    if (row) {
      const one = (label) => {
        const [low, high] = [row[`${label}_low`], row[`${label}_high`]];
        const interval = low && high ? ` (${short(+low)} to ${short(+high)})` : "";
        return `${label} ${short(+row[`${label}_estimated`])}${interval}`;
      };
      const flags = [
        [row.inside === "false", "outside the known points"],
        [row.far === "true", "far from the known points (farther than any of them from its nearest neighbour)"],
        [row.unlike === "true", "unlike the training patterns (the network reproduces it worse than any of them)"],
      ];
      const marks = flags.filter(([set]) => set).map(([, words]) => `; ${words}`);
      return `estimated ${labels.map(one).join(", ")}${marks.join("")}`;
    }
    const others = index === null ? null : points.from_others[index];
    if (others) return `estimated from the other points: ${composition(others)}`;
    const values = labels.map((_, k) => mapValue(study, k, point));
    return values.every((v) => v === null) ? "outside the known points" : `estimated ${composition(values)}`;
  };

  /** Returns lines of text that describe a point. */
  study.describe = (place) => {
    const { index, point, guest } = place;
    const here = `(${point.map((v) => short(v)).join(", ")})`;
    const lines = (...all) => all.filter((line) => line);
    if (guest) return lines(`${guest.name}, new pattern at ${here}`, ...guest.about);
    if (index === null) return lines(`decoded at ${here}`, study.estimateOf(place));
    const kind = points.test[index] ? "test pattern" : "training pattern";
    const own = labels.length ? composition(points.labels[index]) : "";
    const others = [...seriesText(index), ...classText(index)].join(", ");
    return lines(`${points.name[index]}, ${kind} at ${here}`, own, others, study.estimateOf(place));
  };

  /** Returns the measured pattern of a point, of a guest, or null if the page has none. */
  study.given = ({ index, guest }) => {
    if (guest) return guest.pattern;
    const row = rowOfPoint.get(index);
    if (row === undefined) return null;
    return study.patternOfRow(row);
  };

  /** Returns the pattern in a row of the block of patterns. */
  study.patternOfRow = (row) => patternOf(levels, row, grid.points, patterns.low[row], patterns.level[row]);

  study.decode = (point) => decode(network, point);
  study.encode = (pattern) => encode(network, pattern);

  /** Returns the reflections of the composition of a point, or of the nearest known point. */
  study.linesAt = ({ index, point }) => {
    if (!lines.size) return [];
    const near = index ?? nearestPoint(point);
    return lines.get(points.formula[near]) ?? [];
  };

  function nearestPoint([x, y]) {
    let [best, least] = [0, Infinity];
    for (let i = 0; i < points.x.length; i++) {
      const away = (points.x[i] - x) ** 2 + (points.y[i] - y) ** 2;
      if (away < least) [best, least] = [i, away];
    }
    return best;
  }

  study.textOf = (place, pattern) => {
    const head = study.describe(place).map((line) => `# ${line}\n`).join("");
    return head + Array.from(pattern, (v, i) => `${angleOf(i).toFixed(6)} ${v}\n`).join("");
  };
  /** The classes of a point as texts, such as "group 1". */
  const classText = (index) =>
    classes.map(({ title, names, of }) => {
      const name = names[of[index]] ?? "–";
      return name.startsWith(title) ? name : `${title} ${name}`;
    });
  /** The variable of a series at a point, unless it is a label. */
  const seriesText = (index) => {
    const { title, values } = study.series ?? {};
    return values && Number.isFinite(values[index]) && !labels.includes(title) ? [`${title} ${short(values[index])}`] : [];
  };

  study.references = [...linesOf(files["references.csv"], "reference")].map(([name, list], k) => ({
    name, lines: list, color: slotInk(REFERENCE_SLOTS[k % REFERENCE_SLOTS.length]), shown: true,
  }));
  study.series = seriesOf(study);
  study.places = placesOf(study);
  study.colourings = colouringsOf(study);
  study.orders = ordersOf(study);
  const plane = { key: "plane", title: "latent plane", heading: "Latent plane", x: points.x, y: points.y };
  study.views = [plane, ternaryOf(study), study.places].filter(Boolean);
  return study;
}
