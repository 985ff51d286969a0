// The latent plane: maps, contours and points, with mouse and keyboard.

/** How near, in units of the style, one must click to mean a point. */
const NEAR = 9;

/** Largest number of points with a marker each; more points are dots. */
const MOST_MARKERS = 2000;

/** Shape of a pattern that is not of the study: a star. */
const GUEST_SHAPE = 6;

/** Level of a node of a map without a value. */
const NO_VALUE = 65535;

/** The range of the plane that is shown. */
function planeRange(about) {
  const { maps, points } = about;
  if (maps) return [[maps.low[0], maps.high[0]], [maps.low[1], maps.high[1]]];
  return [points.x, points.y].map(extentOf);
}

/** The range of the known numbers, with a margin. */
function extentOf(all) {
  const known = all.filter(Number.isFinite);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const margin = 0.05 * (high - low) || 0.5;
  return [low - margin, high + margin];
}

/** The value of a map at the node nearest to a point; none off the map. */
function mapValue(study, label, [x, y]) {
  const { low, high, columns, rows, ranges } = study.about.maps ?? {};
  if (!ranges?.[label]) return null;
  const i = Math.round(((x - low[0]) / (high[0] - low[0])) * (columns - 1));
  const j = Math.round(((y - low[1]) / (high[1] - low[1])) * (rows - 1));
  if (!(i >= 0 && i < columns && j >= 0 && j < rows)) return null;
  const word = study.maps[(label * rows + j) * columns + i];
  const [least, most] = ranges[label];
  return word === NO_VALUE ? null : least + (word / 65534) * (most - least);
}

/** A map as a picture, upright, with the colours of a range. */
function mapPicture(study, label, [low, high]) {
  const { columns, rows, ranges } = study.about.maps;
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [columns, rows];
  const draw = picture.getContext("2d");
  const image = draw.createImageData(columns, rows);
  const [least, most] = ranges[label] ?? [0, 1];
  for (let k = 0; k < columns * rows; k++) {
    const word = study.maps[label * columns * rows + k];
    if (word === NO_VALUE) continue;
    const value = least + (word / 65534) * (most - least);
    const row = rows - 1 - Math.floor(k / columns);
    image.data.set([...viridis(high > low ? (value - low) / (high - low) : 0.5), 255], 4 * (row * columns + (k % columns)));
  }
  draw.putImageData(image, 0, 0);
  return picture;
}

/** Draws the latent plane on a canvas. Calls `choose(place, adds)` when the user selects a point. */
function planeView(canvas, tip, study, choose) {
  const { points } = study.about;
  const [x, y] = planeRange(study.about);
  const pictures = new Map();
  const view = { cursor: null, state: null, panel: null, points: null };

  /** Whether the plane itself is shown, where each place can be decoded. */
  const isPlane = () => view.state.view.key === "plane";

  function panelFor(width, height) {
    const { view: shown } = view.state;
    if (shown.key === "ternary") return ternaryPanel(width, height);
    const box = { left: 62, right: width - 16, top: 8, bottom: height - 44 };
    return isPlane() ? panelOf(box, x, y) : panelOf(box, extentOf(shown.x), extentOf(shown.y));
  }

  function draw(state = view.state) {
    view.state = state;
    const { draw, width, height } = blank(canvas);
    view.panel = panelFor(width, height);
    if (state.view.key === "ternary") drawTernary(draw, view.panel, state.view);
    else drawPlane(draw, view.panel);
    draw.save();
    clipTo(draw, view.panel.box);
    if (state.line) drawSeries(draw, view.panel);
    draw.drawImage(pointsPicture(view.panel, width, height), 0, 0, width, height);
    state.chosen.forEach((one, slot) => drawChosen(draw, one, slot));
    if (view.cursor) drawCursor(draw, view.panel, view.cursor);
    draw.restore();
  }

  function drawPlane(draw, panel) {
    const { box } = panel;
    draw.fillStyle = ink("none");
    draw.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    if (isPlane() && view.state.colouring.map >= 0) drawMap(draw, panel, view.state.colouring);
    drawFrame(draw, panel, view.state.view.titles ?? ["Latent coordinate 1", "Latent coordinate 2"]);
  }

  /** All points, which are drawn again only if the size, the colours or the coordinates change. */
  function pointsPicture(panel, width, height) {
    const key = [canvas.width, canvas.height, ink("paper"), view.state.colouring.key, view.state.view.key].join(" ");
    if (view.points?.key === key) return view.points.picture;
    const picture = document.createElement("canvas");
    [picture.width, picture.height] = [canvas.width, canvas.height];
    const draw = picture.getContext("2d");
    draw.scale(canvas.width / width, canvas.height / height);
    draw.lineJoin = "round";
    for (const test of [false, true]) drawPoints(draw, panel, test);
    view.points = { key, picture };
    return picture;
  }

  /** The training or the test points: markers, or dots that shrink and fade with their number. */
  function drawPoints(draw, panel, open) {
    const { colouring } = view.state;
    const share = Math.sqrt(MOST_MARKERS / points.x.length);
    const side = Math.max(1, 5 * share) * (open ? 1.5 : 1);
    const size = points.x.length > 400 ? 3.5 : 5;
    draw.globalAlpha = share < 1 && !open ? Math.max(0.3, share) : 1;
    const { x: across, y: up } = view.state.view;
    across.forEach((px, i) => {
      if (points.test[i] !== open || !Number.isFinite(px)) return;
      const at = [panel.across(px), panel.up(up[i])];
      const color = colouring.color(i);
      if (share >= 1) return drawMarker(draw, at, { color, shape: colouring.classOf(i), open, size });
      draw.fillStyle = color;
      draw.fillRect(at[0] - side / 2, at[1] - side / 2, side, side);
    });
  }

  function drawMap(draw, panel, { map, range }) {
    if (!pictures.has(map)) pictures.set(map, mapPicture(study, map, range));
    const { left, right, top, bottom } = panel.box;
    draw.drawImage(pictures.get(map), left, top, right - left, bottom - top);
    for (const line of study.about.contours.filter((c) => c.label === map)) {
      draw.beginPath();
      line.points.forEach(([px, py]) => draw.lineTo(panel.across(px), panel.up(py)));
      if (line.closed) draw.closePath();
      outlined(draw, [["#ffffff", 4], ["#000000", 1.6]]);
    }
  }

  /** The points of a series in its order. */
  function drawSeries(draw, panel) {
    const { x: across, y: up } = view.state.view;
    draw.beginPath();
    for (const { index } of study.series?.steps ?? []) draw.lineTo(panel.across(across[index]), panel.up(up[index]));
    outlined(draw, [[ink("paper"), 3], [ink("soft"), 1.2]]);
  }

  /** Returns the place of a chosen pattern on the canvas, or null if it has none. */
  function spotOf({ index, point }) {
    if (isPlane()) return [view.panel.across(point[0]), view.panel.up(point[1])];
    const { x: across, y: up } = view.state.view;
    return index === null || !Number.isFinite(across[index]) ? null : [view.panel.across(across[index]), view.panel.up(up[index])];
  }

  function drawChosen(draw, { place }, slot) {
    const at = spotOf(place);
    if (!at) return;
    if (place.guest) drawMarker(draw, at, { color: ink(slotInk(slot)), shape: GUEST_SHAPE, open: false, size: 6 });
    draw.beginPath();
    draw.arc(...at, 10, 0, 7);
    outlined(draw, [[ink("paper"), 6], [ink(slotInk(slot)), 3]]);
    const toTheLeft = at[0] > view.panel.box.right - 30;
    draw.font = "bold 14px system-ui, sans-serif";
    draw.textAlign = toTheLeft ? "right" : "left";
    draw.textBaseline = "middle";
    const spot = [at[0] + (toTheLeft ? -15 : 15), at[1]];
    [draw.strokeStyle, draw.lineWidth, draw.fillStyle] = [ink("paper"), 4, ink(slotInk(slot))];
    draw.strokeText(slotName(slot), ...spot);
    draw.fillText(slotName(slot), ...spot);
  }

  function drawCursor(draw, panel, point) {
    const [px, py] = [panel.across(point[0]), panel.up(point[1])];
    draw.setLineDash([4, 3]);
    draw.beginPath();
    draw.moveTo(panel.box.left, py);
    draw.lineTo(panel.box.right, py);
    draw.moveTo(px, panel.box.top);
    draw.lineTo(px, panel.box.bottom);
    outlined(draw, [[ink("paper"), 3], [ink("ink"), 1]]);
    draw.setLineDash([]);
  }

  /** The point of a pattern near a place of the canvas, else that place of the plane. */
  function placeAt(px, py) {
    const { x: across, y: up } = view.state.view;
    let [best, least] = [null, NEAR ** 2];
    for (let i = 0; i < across.length; i++) {
      const away = (view.panel.across(across[i]) - px) ** 2 + (view.panel.up(up[i]) - py) ** 2;
      if (away < least) [best, least] = [i, away];
    }
    if (best !== null) return study.placeOf(best);
    return isPlane() ? { index: null, point: view.panel.back(px, py) } : null;
  }

  function tipAt(px, py) {
    const place = placeAt(px, py);
    if (place) showTip(tip, canvas, study.describe(place), [px, py]);
    else tip.hidden = true;
  }

  function chooseAt(px, py, adds) {
    const place = placeAt(px, py);
    if (place) choose(place, adds);
  }

  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    if (view.panel.holds(offsetX, offsetY)) tipAt(offsetX, offsetY);
    else tip.hidden = true;
  });
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  canvas.addEventListener("click", ({ offsetX, offsetY, shiftKey }) => {
    if (!view.panel.holds(offsetX, offsetY)) return;
    view.cursor = null;
    chooseAt(offsetX, offsetY, shiftKey);
  });
  canvas.addEventListener("blur", () => {
    view.cursor = null;
    tip.hidden = true;
    draw();
  });

  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  /** Moves the cursor of the keyboard from the point of A, or from the middle. */
  function moveCursor([dx, dy], far) {
    const { x: across, y: up } = view.panel;
    const first = view.state.chosen[0] && spotOf(view.state.chosen[0].place);
    const from = view.cursor ?? (first ? view.panel.back(...first) : [(across[0] + across[1]) / 2, (up[0] + up[1]) / 2]);
    const clamp = (v, [low, high]) => Math.min(Math.max(v, low), high);
    view.cursor = [clamp(from[0] + dx * far * (across[1] - across[0]), across), clamp(from[1] + dy * far * (up[1] - up[0]), up)];
    draw();
    tipAt(view.panel.across(view.cursor[0]), view.panel.up(view.cursor[1]));
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) moveCursor(move, event.shiftKey ? 0.05 : 0.01);
    else if (event.key === "Enter" && view.cursor) {
      chooseAt(view.panel.across(view.cursor[0]), view.panel.up(view.cursor[1]), event.shiftKey);
    } else if (!study.planeKey(event)) return;
    event.preventDefault();
  });

  return { draw, screenOf: (point) => [view.panel.across(point[0]), view.panel.up(point[1])], spotOf };
}

/** Strokes the path with several colours and widths, one above the other. */
function outlined(draw, strokes) {
  for (const [color, thick] of strokes) {
    [draw.strokeStyle, draw.lineWidth] = [color, thick];
    draw.stroke();
  }
}
