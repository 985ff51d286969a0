// All patterns: an intensity map with one row per pattern, or curves with an offset.

/** Largest number of curves with an offset. */
const MOST_CURVES = 40;

/** Largest number of rows of the map. */
const MOST_LINES = 600;

/** Width of the strips of colours at the left edge. */
const STRIP = 8;

/** Draws the patterns on a canvas. Calls `choose(index, adds)` for a click and `changed(range)` for a zoom. */
function waterfallView(canvas, tip, study, { choose, changed }) {
  const { points, grid, wavelength, patterns } = study.about;
  const view = { state: null, rows: [], panel: null, key: "", picture: null, cursor: null };
  const control = zoomable(canvas, grid, { panel: () => view.panel, redraw: () => draw(), changed });

  function draw(state = view.state) {
    view.state = state;
    const { draw, width, height } = blank(canvas);
    const box = { left: MARGINS.left, right: width - MARGINS.right, top: 6, bottom: height - 24 };
    const ordered = rowsInOrder(study, state.order);
    view.ordered = ordered.length;
    view.rows = evenly(ordered, state.stacked ? MOST_CURVES : MOST_LINES);
    view.panel = panelOf(box, state.range, [view.rows.length, 0]);
    draw.fillStyle = ink("none");
    draw.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    const bins = binned(Math.max(50, Math.floor(box.right - box.left)));
    if (state.stacked) drawCurves(draw, bins);
    else drawMap(draw, bins);
    drawFrame(draw, view.panel, ["", null], []);
    drawStrips(draw);
    drawRowMarks(draw);
    drawTransitions(draw);
    drawChosen(draw);
    if (view.cursor !== null) drawCursor(draw);
    drawBand(draw, control, box, [box.top, box.bottom]);
  }

  /** The largest intensity of each row in each column of the screen, computed again only if these change. */
  function binned(columns) {
    const { range, each } = view.state;
    const from = Math.max(0, Math.ceil((range[0] - grid.start) / grid.step - 0.5));
    const to = Math.min(grid.points - 1, Math.floor((range[1] - grid.start) / grid.step + 0.5));
    const count = to - from + 1;
    const used = Math.min(columns, count);
    const key = [range, each, used, view.rows.length, view.state.order, view.state.stacked].join(" ");
    if (view.key === key) return view.bins;
    const values = new Float32Array(view.rows.length * used).fill(-Infinity);
    const ends = view.rows.map((row, r) => {
      const pattern = study.patternOfRow(row);
      let low = Infinity;
      for (let i = from; i <= to; i++) {
        const at = r * used + Math.floor(((i - from) * used) / count);
        if (pattern[i] > values[at]) values[at] = pattern[i];
        if (pattern[i] < low) low = pattern[i];
      }
      let high = low;
      for (let c = r * used; c < (r + 1) * used; c++) if (values[c] > high) high = values[c];
      return [low, high];
    });
    const common = [quantile(ends.map(([low]) => low), 0.05), quantile(ends.map(([, high]) => high), 0.98)];
    const ranges = ends.map((own) => (each ? own : common));
    const angles = [from, to + 1].map((i) => grid.start + (i - 0.5) * grid.step);
    [view.key, view.picture] = [key, null];
    view.bins = { values, columns: used, ranges, angles };
    return view.bins;
  }

  function drawMap(draw, bins) {
    view.picture ??= pictureOf(bins);
    const { box, across } = view.panel;
    const [left, right] = bins.angles.map(across);
    draw.save();
    clipTo(draw, box);
    draw.imageSmoothingEnabled = view.rows.length > box.bottom - box.top;
    draw.drawImage(view.picture, left, box.top, right - left, box.bottom - box.top);
    draw.restore();
  }

  /** The root of the intensity as a colour. */
  function pictureOf({ values, columns, ranges }) {
    const picture = document.createElement("canvas");
    [picture.width, picture.height] = [columns, ranges.length];
    const draw = picture.getContext("2d");
    const image = draw.createImageData(columns, ranges.length);
    const colors = Array.from({ length: 256 }, (_, k) => viridis(k / 255));
    for (let k = 0; k < values.length; k++) {
      const [low, high] = ranges[Math.floor(k / columns)];
      const share = high > low ? Math.sqrt(Math.max(0, (values[k] - low) / (high - low))) : 0;
      image.data.set(colors[Math.min(255, Math.round(255 * share))], 4 * k);
      image.data[4 * k + 3] = 255;
    }
    draw.putImageData(image, 0, 0);
    return picture;
  }

  function drawCurves(draw, { values, columns, ranges, angles }) {
    const { box, across } = view.panel;
    const spacing = (box.bottom - box.top) / (ranges.length + 2);
    draw.save();
    clipTo(draw, box);
    draw.lineWidth = 1.1;
    ranges.forEach(([low, high], r) => {
      const height = 2.6 * spacing;
      draw.strokeStyle = view.state.colouring.color(patterns.rows[view.rows[r]]);
      draw.beginPath();
      for (let c = 0; c < columns; c++) {
        const angle = angles[0] + ((c + 0.5) / columns) * (angles[1] - angles[0]);
        const share = high > low ? Math.max(0, values[r * columns + c] - low) / (high - low) : 0;
        draw.lineTo(across(angle), baseline(r) - height * (view.state.root ? Math.sqrt(share) : share));
      }
      draw.stroke();
    });
    draw.restore();
  }

  /** The middle of a row of the map, or the zero of a curve. */
  function baseline(r) {
    const { box, up } = view.panel;
    const spacing = (box.bottom - box.top) / (view.rows.length + 2);
    return view.state.stacked ? box.top + (r + 2.8) * spacing : up(r + 0.5);
  }

  function rowAt(py) {
    const { box } = view.panel;
    const spacing = (box.bottom - box.top) / (view.rows.length + 2);
    const r = view.state.stacked ? Math.round((py - box.top) / spacing - 2.5) : Math.floor(view.panel.back(0, py)[1]);
    return Math.min(Math.max(r, 0), view.rows.length - 1);
  }

  /** The colours of the rows at the left edge. */
  function drawStrips(draw) {
    const { box } = view.panel;
    const height = (box.bottom - box.top) / view.rows.length;
    view.rows.forEach((row, r) => {
      draw.fillStyle = view.state.colouring.color(patterns.rows[row]);
      const y = view.state.stacked ? baseline(r) - height / 2 : view.panel.up(r);
      draw.fillRect(box.left - STRIP - 2, y, STRIP, Math.max(1, height + 0.5));
    });
  }

  /** What the rows are, at the left: values of the order, classes, or names. */
  function drawRowMarks(draw) {
    const { order } = view.state;
    const room = MARGINS.left - STRIP - 28;
    let lowest = -Infinity;
    let before = null;
    draw.fillStyle = ink("soft");
    draw.textAlign = "right";
    draw.textBaseline = "middle";
    view.rows.forEach((row, r) => {
      const text = order.nameOf(patterns.rows[row]);
      const y = Math.max(baseline(r), 12);
      if (text === before || y < lowest + 15) return;
      draw.fillText(fitted(draw, text, room), view.panel.box.left - STRIP - 5, y);
      [before, lowest] = [text, y];
    });
    draw.save();
    draw.translate(9, (view.panel.box.top + view.panel.box.bottom) / 2);
    draw.rotate(-Math.PI / 2);
    draw.textAlign = "center";
    draw.fillText(fitted(draw, order.title, view.panel.box.bottom - view.panel.box.top), 0, 0);
    draw.restore();
  }

  /** The transitions of a series, between the rows of neighbouring values. */
  function drawTransitions(draw) {
    if (view.state.order.key !== "series") return;
    const { box } = view.panel;
    const heightOf = (value) => {
      const after = view.rows.findIndex((row) => study.series.values[patterns.rows[row]] > value);
      if (after < 1) return after < 0 ? box.bottom : box.top;
      const [a, b] = [after - 1, after].map((r) => study.series.values[patterns.rows[view.rows[r]]]);
      return baseline(after - 1) + ((value - a) / (b - a)) * (baseline(after) - baseline(after - 1));
    };
    for (const { value, from = value, to = value } of study.series.transitions) {
      const y = heightOf(value);
      draw.setLineDash([6, 4]);
      for (const [color, thick] of [["#000000", 3], ["#ffffff", 1.4]]) {
        [draw.strokeStyle, draw.lineWidth] = [color, thick];
        draw.beginPath();
        draw.moveTo(box.left, y);
        draw.lineTo(box.right, y);
        draw.stroke();
      }
      draw.setLineDash([]);
      draw.fillStyle = ink("second");
      draw.fillRect(box.right + 2, heightOf(from), 3, Math.max(2, heightOf(to) - heightOf(from)));
    }
  }

  function drawChosen(draw) {
    draw.font = "bold 12px system-ui, sans-serif";
    draw.textAlign = "left";
    draw.textBaseline = "middle";
    view.state.chosen.forEach(({ place }, slot) => {
      const r = view.rows.findIndex((row) => patterns.rows[row] === place.index);
      if (place.index === null || r < 0) return;
      draw.fillStyle = ink(slotInk(slot));
      draw.fillText(slotName(slot), view.panel.box.right + 6, baseline(r));
      draw.fillRect(view.panel.box.right, baseline(r) - 1, 5, 2);
    });
  }

  function drawCursor(draw) {
    const { box } = view.panel;
    for (const [color, thick] of [["#000000", 3], ["#ffffff", 1]]) {
      [draw.strokeStyle, draw.lineWidth] = [color, thick];
      draw.beginPath();
      draw.moveTo(box.left, baseline(view.cursor));
      draw.lineTo(box.right, baseline(view.cursor));
      draw.stroke();
    }
  }

  const pointOf = (r) => patterns.rows[view.rows[r]];

  function describe(r, angle) {
    const [row, i] = [view.rows[r], Math.round((angle - grid.start) / grid.step)];
    const index = pointOf(r);
    const { order, colouring } = view.state;
    const lines = [points.name[index]];
    if (angle !== null) lines.push(angleText(angle, wavelength), `intensity ${short(study.patternOfRow(row)[i])}`);
    for (const one of new Set([order, study.orders.find((o) => o.key === colouring.key)])) {
      if (one && one.key !== "name" && one.key !== "file") lines.push(`${one.title}: ${one.nameOf(index)}`);
    }
    return lines;
  }

  canvas.addEventListener("pointermove", ({ offsetX: x, offsetY: y }) => {
    if (!view.panel.holds(x, y) || !view.rows.length) return void (tip.hidden = true);
    showTip(tip, canvas, describe(rowAt(y), view.panel.back(x, y)[0]), [x, y]);
  });
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  canvas.addEventListener("click", ({ offsetX: x, offsetY: y, shiftKey }) => {
    if (!control.moved && view.rows.length && view.panel.holds(x, y)) choose(pointOf(rowAt(y)), shiftKey);
  });
  canvas.addEventListener("blur", () => {
    view.cursor = null;
    tip.hidden = true;
    draw();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by && view.rows.length) {
      const now = view.cursor ?? view.rows.findIndex((row) => patterns.rows[row] === view.state.chosen[0]?.place.index);
      view.cursor = Math.min(Math.max(now + by, 0), view.rows.length - 1);
      draw();
      showTip(tip, canvas, describe(view.cursor, null), [view.panel.box.left, baseline(view.cursor)]);
    } else if (event.key === "Enter" && view.cursor !== null) choose(pointOf(view.cursor), event.shiftKey);
    else if (!control.key(event)) return;
    event.preventDefault();
  });

  return {
    draw,
    /** The number of rows that are drawn, and of patterns that the page has. */
    shown: () => [view.rows.length, view.ordered],
    placeOf: (r) => [view.panel.box.left + 30, baseline(r)],
    names: () => view.rows.map((_, r) => points.name[pointOf(r)]),
  };
}
