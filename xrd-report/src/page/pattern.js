// Patterns against the angle: the selected patterns, their difference, and the relevance of angles.

/** Smallest fraction of the axis that can be magnified. */
const LEAST_SPAN = 1 / 2000;

/** Width of an index along the axis. */
const INDEX_ROOM = 40;

/** Draws the panels on a canvas. Calls `changed(range)` when the user zooms. */
function patternView(canvas, tip, study, changed) {
  const { grid, wavelength } = study.about;
  const last = grid.start + (grid.points - 1) * grid.step;
  const view = { state: null, panels: [], drag: null };

  /** Returns the panels, one below the other: intensities, difference, relevance. */
  function panels(width, height, state, curves) {
    const parts = [{ kind: "intensity", share: 1 }];
    if (curves.difference) parts.push({ kind: "difference", share: 0.28 });
    if (state.relevance) parts.push({ kind: "relevance", share: 0.38 });
    const room = height - 52 - 10 * (parts.length - 1);
    const whole = parts.reduce((sum, part) => sum + part.share, 0);
    let top = 8;
    return parts.map((part) => {
      const bottom = top + (part.share / whole) * room;
      const box = { left: 62, right: width - 16, top, bottom };
      top = bottom + 10;
      return { kind: part.kind, ...panelOf(box, state.range, rangeOf(part.kind, curves, state.range)) };
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
    const names = { intensity, difference: "A − B", relevance: "Dev of A" };
    for (const panel of view.panels) {
      const isLast = panel === view.panels.at(-1);
      const marks = panel.kind === "intensity" ? undefined : ticks(...panel.y, 3);
      drawFrame(draw, panel, [isLast ? "2θ (degrees)" : null, names[panel.kind]], marks);
      const one = (values, color, thick) => drawCurve(draw, panel, values, grid.start, grid.step, color, thick);
      if (panel.kind === "intensity") {
        for (const line of curves.lines) one(line.shown, ink(line.color), line.thick);
        drawIndices(draw, panel, curves);
      } else if (panel.kind === "difference") {
        one(curves.difference, ink("soft"), 1.1);
      } else if (curves.relevance) {
        one(curves.relevance, ink("second"), 1.1);
      } else {
        draw.fillText("computing …", (panel.box.left + panel.box.right) / 2, (panel.box.top + panel.box.bottom) / 2);
      }
    }
    if (view.drag) drawDrag(draw);
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

  function drawDrag(draw) {
    const { box } = view.panels[0];
    const [a, b] = view.drag.map((x) => Math.min(Math.max(x, box.left), box.right));
    draw.fillStyle = ink("focus");
    draw.globalAlpha = 0.18;
    draw.fillRect(Math.min(a, b), box.top, Math.abs(b - a), view.panels.at(-1).box.bottom - box.top);
    draw.globalAlpha = 1;
  }

  function zoom(low, high) {
    const least = LEAST_SPAN * (last - grid.start);
    if (!(high - low >= least)) return;
    const from = Math.max(low, grid.start);
    changed([Math.min(from, last - least), Math.min(high, last)]);
  }

  function showTip(px) {
    const angle = view.panels[0].back(px, 0)[0];
    const i = Math.round((angle - grid.start) / grid.step);
    if (i < 0 || i >= grid.points) return;
    const at = grid.start + i * grid.step;
    const lines = [`2θ ${at.toFixed(3)}°`];
    if (wavelength) lines[0] += `, d ${(wavelength / (2 * Math.sin((at * Math.PI) / 360))).toFixed(4)} Å`;
    for (const line of view.curves.lines) lines.push(`${line.name}: ${short(line.values[i])}`);
    if (view.curves.relevance) lines.push(`Dev of A: ${short(view.curves.relevance[i])}`);
    const near = view.curves.indices.filter((r) => Math.abs(r.twoTheta - at) < 0.1);
    const strongest = near.sort((a, b) => b.intensity - a.intensity).slice(0, 3);
    for (const r of strongest) lines.push(`(${r.hkl}) d ${r.d.toFixed(4)} Å, ×${r.multiplicity}`);
    tip.textContent = lines.join("\n");
    tip.hidden = false;
    const left = px + 14 + tip.offsetWidth > canvas.clientWidth ? px - 14 - tip.offsetWidth : px + 14;
    tip.style.left = `${Math.max(0, left)}px`;
    tip.style.top = "12px";
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    view.drag = [event.offsetX, event.offsetX];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    showTip(event.offsetX);
    if (!view.drag) return;
    view.drag[1] = event.offsetX;
    draw();
  });
  canvas.addEventListener("pointerup", () => {
    if (!view.drag) return;
    const [a, b] = view.drag.sort((p, q) => p - q);
    view.drag = null;
    if (b - a > 6) zoom(view.panels[0].back(a, 0)[0], view.panels[0].back(b, 0)[0]);
    else draw();
  });
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  canvas.addEventListener("dblclick", () => changed([grid.start, last]));
  canvas.addEventListener("keydown", (event) => {
    const [low, high] = view.state.range;
    const span = high - low;
    const by = { ArrowLeft: -0.1, ArrowRight: 0.1 }[event.key] * span;
    if (by) {
      const step = by < 0 ? Math.max(by, grid.start - low) : Math.min(by, last - high);
      zoom(low + step, high + step);
    } else if (event.key === "+" || event.key === "=") zoom(low + span / 4, high - span / 4);
    else if (event.key === "-") zoom(low - span / 2, high + span / 2);
    else if (event.key === "0") changed([grid.start, last]);
    else return;
    event.preventDefault();
  });

  return { draw };
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
