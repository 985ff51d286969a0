// Patterns against the angle: the chosen patterns, the lines of references, the difference of two
// patterns, and the relevance of angles.

/** Width of an index along the axis. */
const INDEX_ROOM = 40;

/** Height of the ticks of a reference. */
const REFERENCE_ROOM = 17;

/** Draws the panels on a canvas. Calls `changed(range)` when the user zooms. */
function patternView(canvas, tip, study, changed) {
  const { grid, wavelength } = study.about;
  const view = { state: null, panels: [] };
  const control = zoomable(canvas, grid, { panel: () => view.panels[0], redraw: () => draw(), changed });

  /** Returns the panels, one below the other: intensities, references, difference, relevance. */
  function panels(width, height, state, curves) {
    const references = study.references.filter((reference) => reference.shown);
    const parts = [{ kind: "intensity", share: 1 }];
    if (references.length) parts.push({ kind: "references", fixed: REFERENCE_ROOM * references.length });
    if (curves.difference) parts.push({ kind: "difference", share: 0.28 });
    if (state.relevance) parts.push({ kind: "relevance", share: 0.38 });
    const sum = (of) => parts.reduce((all, part) => all + (part[of] ?? 0), 0);
    const room = height - 52 - 10 * (parts.length - 1) - sum("fixed");
    let top = 8;
    return parts.map(({ kind, share, fixed }) => {
      const bottom = top + (fixed ?? (share / sum("share")) * room);
      const box = { left: MARGINS.left, right: width - MARGINS.right, top, bottom };
      top = bottom + 10;
      const y = kind === "references" ? [references.length, 0] : rangeOf(kind, curves, state.range);
      return { kind, references, ...panelOf(box, state.range, y) };
    });
  }

  function rangeOf(kind, curves, range) {
    const shown = { intensity: curves.lines.map((l) => l.shown), difference: [curves.difference], relevance: [curves.relevance] };
    const from = Math.max(0, Math.floor((range[0] - grid.start) / grid.step));
    const to = Math.min(grid.points - 1, Math.ceil((range[1] - grid.start) / grid.step));
    let [low, high] = [0, 0];
    for (const values of shown[kind].filter(Boolean)) {
      for (let i = from; i <= to; i++) {
        if (values[i] < low) low = values[i];
        if (values[i] > high) high = values[i];
      }
    }
    if (high === low) high = low + 1;
    const headroom = kind === "intensity" && curves.indices.length ? 0.16 : 0.05;
    return [low - (low < 0 ? 0.05 * (high - low) : 0), high + headroom * (high - low)];
  }

  function draw(state = view.state) {
    view.state = state;
    const curves = study.curves(state);
    const { draw, width, height } = blank(canvas);
    view.panels = panels(width, height, state, curves);
    view.curves = curves;
    const intensity = state.root ? "√ intensity" : "Intensity";
    const names = { intensity, references: null, difference: "A − B", relevance: "Dev of A" };
    for (const panel of view.panels) {
      const isLast = panel === view.panels.at(-1);
      if (panel.kind === "references") drawReferences(draw, panel);
      drawFrame(draw, panel, [isLast ? "2θ (degrees)" : null, names[panel.kind]], marksOf(panel));
      const one = (values, color, thick) => drawCurve(draw, panel, values, grid.start, grid.step, color, thick);
      if (panel.kind === "intensity") {
        for (const line of curves.lines) one(line.shown, ink(line.color), line.thick);
        drawIndices(draw, panel, curves);
      } else if (panel.kind === "difference") one(curves.difference, ink("soft"), 1.1);
      else if (panel.kind === "relevance" && curves.relevance) one(curves.relevance, ink("soft"), 1.1);
      else if (panel.kind === "relevance") {
        draw.fillText("computing …", (panel.box.left + panel.box.right) / 2, (panel.box.top + panel.box.bottom) / 2);
      }
    }
    drawBand(draw, control, view.panels[0].box, [view.panels[0].box.top, view.panels.at(-1).box.bottom]);
  }

  function marksOf({ kind, y }) {
    if (kind === "intensity") return undefined;
    return kind === "references" ? [] : ticks(...y, 3);
  }

  /** Draws a tick per line, as long as the root of its intensity, and the names of the references. */
  function drawReferences(draw, panel) {
    const { box, references } = panel;
    draw.save();
    clipTo(draw, box);
    references.forEach((reference, k) => {
      const [top, bottom] = [panel.up(k) + 2, panel.up(k + 1) - 1];
      const most = reference.lines.reduce((all, line) => Math.max(all, line.intensity || 0), 0) || 1;
      draw.strokeStyle = ink(reference.color);
      draw.lineWidth = 1.3;
      draw.beginPath();
      for (const line of reference.lines) {
        const length = 0.25 + 0.75 * Math.sqrt(Math.max(0, line.intensity || 0) / most);
        const x = panel.across(line.twoTheta);
        draw.moveTo(x, bottom);
        draw.lineTo(x, bottom - length * (bottom - top));
      }
      draw.stroke();
    });
    draw.restore();
    draw.textAlign = "right";
    draw.textBaseline = "middle";
    references.forEach((reference, k) => {
      draw.fillStyle = ink(reference.color);
      draw.fillText(fitted(draw, reference.name, MARGINS.left - 8), box.left - 5, panel.up(k + 0.5));
    });
  }

  /** Draws indices above the strongest visible lines, as many as fit. */
  function drawIndices(draw, panel, curves) {
    const { box } = panel;
    const inSight = curves.indices.filter((r) => r.twoTheta > panel.x[0] && r.twoTheta < panel.x[1]);
    const taken = [];
    draw.textAlign = "center";
    draw.textBaseline = "bottom";
    draw.font = "11px system-ui, sans-serif";
    draw.fillStyle = ink("ink");
    for (const line of inSight.sort((a, b) => b.intensity - a.intensity)) {
      const x = panel.across(line.twoTheta);
      if (x < box.left + 14 || x > box.right - 14 || taken.some((t) => Math.abs(t - x) < INDEX_ROOM)) continue;
      taken.push(x);
      const i = Math.round((line.twoTheta - grid.start) / grid.step);
      const around = curves.lines[0].shown.subarray(Math.max(0, i - 8), i + 9);
      const top = around.reduce((most, v) => Math.max(most, v), 0);
      draw.fillText(line.hkl, x, Math.max(panel.up(top) - 3, box.top + 13));
    }
  }

  /** The strongest line of each shown reference within a few pixels of a place. */
  function referencesAt(px) {
    const panel = view.panels[0];
    return study.references.filter((r) => r.shown).flatMap(({ name, lines }) => {
      const near = lines.filter((line) => Math.abs(panel.across(line.twoTheta) - px) < 5);
      const strongest = near.sort((a, b) => b.intensity - a.intensity)[0];
      return strongest ? [`${name} ${lineText(strongest)}, I ${short(strongest.intensity)}`] : [];
    });
  }

  const lineText = (r) => `(${r.hkl}) d ${r.d.toFixed(4)} Å${r.multiplicity ? `, ×${r.multiplicity}` : ""}`;

  function describe(px) {
    const angle = view.panels[0].back(px, 0)[0];
    const i = Math.round((angle - grid.start) / grid.step);
    if (i < 0 || i >= grid.points) return;
    const at = grid.start + i * grid.step;
    const lines = [angleText(at, wavelength), ...referencesAt(px)];
    for (const line of view.curves.lines) lines.push(`${line.name}: ${short(line.values[i])}`);
    if (view.curves.relevance) lines.push(`Dev of A: ${short(view.curves.relevance[i])}`);
    const near = view.curves.indices.filter((r) => Math.abs(r.twoTheta - at) < 0.1);
    lines.push(...near.sort((a, b) => b.intensity - a.intensity).slice(0, 3).map(lineText));
    showTip(tip, canvas, lines, [px, 0]);
  }

  canvas.addEventListener("pointermove", (event) => describe(event.offsetX));
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  canvas.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && control.key(event)) event.preventDefault();
  });

  return { draw, screenOf: (angle) => view.panels[0].across(angle) };
}

/** Fills the switches of the references. */
function showReferences(study, redraw) {
  at("references").hidden = !study.references.length;
  for (const reference of study.references) {
    const box = element("input", { type: "checkbox", checked: true, onchange: () => {
      reference.shown = box.checked;
      redraw();
    } });
    const name = element("span", { class: "key" }, reference.name);
    name.style.color = `var(--${reference.color})`;
    at("references").append(element("label", {}, box, name));
  }
}

/** Returns Pearson's correlation and R = |a − b| / |b| of two patterns. */
function compared(a, b) {
  const n = a.length;
  let [sumA, sumB, square, lengthB] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    sumA += a[i];
    sumB += b[i];
    square += (a[i] - b[i]) ** 2;
    lengthB += b[i] ** 2;
  }
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [p, q] = [a[i] - sumA / n, b[i] - sumB / n];
    [ab, aa, bb] = [ab + p * q, aa + p * p, bb + q * q];
  }
  return { pearson: ab / Math.sqrt(aa * bb), r: Math.sqrt(square / lengthB) };
}
