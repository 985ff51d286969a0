// The latent plane: maps, contours and points, with mouse and keyboard.

/** How near, in units of the style, one must click to mean a point. */
const NEAR = 9;

/** Largest number of points with a marker each; more points are dots. */
const MOST_MARKERS = 2000;

/** Level of a node of a map without a value. */
const NO_VALUE = 65535;

/** The range of the plane that is shown. */
function planeRange(about) {
  const { maps, points } = about;
  if (maps) return [[maps.low[0], maps.high[0]], [maps.low[1], maps.high[1]]];
  return [points.x, points.y].map((all) => {
    const low = all.reduce((a, b) => Math.min(a, b), Infinity);
    const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
    const margin = 0.05 * (high - low) || 0.5;
    return [low - margin, high + margin];
  });
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

/** A map as a picture, upright. */
function mapPicture(study, label) {
  const { columns, rows } = study.about.maps;
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [columns, rows];
  const draw = picture.getContext("2d");
  const image = draw.createImageData(columns, rows);
  for (let k = 0; k < columns * rows; k++) {
    const word = study.maps[label * columns * rows + k];
    if (word === NO_VALUE) continue;
    const row = rows - 1 - Math.floor(k / columns);
    image.data.set([...viridis(word / 65534), 255], 4 * (row * columns + (k % columns)));
  }
  draw.putImageData(image, 0, 0);
  return picture;
}

/** Draws the latent plane on a canvas. Calls `choose(slot, place)` when the user selects a point. */
function planeView(canvas, tip, study, choose) {
  const { points } = study.about;
  const [x, y] = planeRange(study.about);
  const pictures = new Map();
  const view = { cursor: null, state: null, panel: null, points: null };

  function draw(state = view.state) {
    view.state = state;
    const { draw, width, height } = blank(canvas);
    const panel = panelOf({ left: 56, right: width - 16, top: 8, bottom: height - 44 }, x, y);
    view.panel = panel;
    const { box } = panel;
    draw.fillStyle = ink("none");
    draw.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    if (state.map >= 0) drawMap(draw, panel, state.map);
    drawFrame(draw, panel, ["Latent coordinate 1", "Latent coordinate 2"]);
    draw.save();
    draw.beginPath();
    draw.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    draw.clip();
    draw.drawImage(pointsPicture(panel, width, height), 0, 0, width, height);
    state.slots.forEach((slot, k) => slot && drawChosen(draw, panel, slot.point, k));
    if (view.cursor) drawCursor(draw, panel, view.cursor);
    draw.restore();
  }

  /** All points, which are drawn again only if the size or the colors of the page change. */
  function pointsPicture(panel, width, height) {
    const key = [canvas.width, canvas.height, ink("paper"), categoryColor(0)].join(" ");
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
  function drawPoints(draw, panel, test) {
    const share = Math.sqrt(MOST_MARKERS / points.x.length);
    const side = Math.max(1, 5 * share) * (test ? 1.5 : 1);
    const size = points.x.length > 400 ? 3 : 5;
    draw.globalAlpha = share < 1 && !test ? Math.max(0.3, share) : 1;
    points.x.forEach((px, i) => {
      if (points.test[i] !== test) return;
      const at = [panel.across(px), panel.up(points.y[i])];
      if (share >= 1) return drawMarker(draw, at, points.category[i], test, size);
      draw.fillStyle = categoryColor(points.category[i]);
      draw.fillRect(at[0] - side / 2, at[1] - side / 2, side, side);
    });
  }

  function drawMap(draw, panel, label) {
    if (!pictures.has(label)) pictures.set(label, mapPicture(study, label));
    const { left, right, top, bottom } = panel.box;
    draw.drawImage(pictures.get(label), left, top, right - left, bottom - top);
    for (const line of study.about.contours.filter((c) => c.label === label)) {
      draw.beginPath();
      line.points.forEach(([px, py]) => draw.lineTo(panel.across(px), panel.up(py)));
      if (line.closed) draw.closePath();
      for (const [color, thick] of [["#ffffff", 4], ["#000000", 1.6]]) {
        [draw.strokeStyle, draw.lineWidth] = [color, thick];
        draw.stroke();
      }
    }
  }

  function drawChosen(draw, panel, point, slot) {
    const at = [panel.across(point[0]), panel.up(point[1])];
    for (const [color, thick] of [[ink("paper"), 6], [ink(slot ? "second" : "first"), 3]]) {
      [draw.strokeStyle, draw.lineWidth] = [color, thick];
      draw.beginPath();
      draw.arc(...at, 10, 0, 7);
      draw.stroke();
    }
    const toTheLeft = at[0] > panel.box.right - 30;
    draw.font = "bold 14px system-ui, sans-serif";
    draw.textAlign = toTheLeft ? "right" : "left";
    draw.textBaseline = "middle";
    const place = [at[0] + (toTheLeft ? -15 : 15), at[1]];
    [draw.strokeStyle, draw.lineWidth, draw.fillStyle] = [ink("paper"), 4, ink(slot ? "second" : "first")];
    draw.strokeText("AB"[slot], ...place);
    draw.fillText("AB"[slot], ...place);
  }

  function drawCursor(draw, panel, point) {
    const [px, py] = [panel.across(point[0]), panel.up(point[1])];
    draw.setLineDash([4, 3]);
    for (const [color, thick] of [[ink("paper"), 3], [ink("ink"), 1]]) {
      [draw.strokeStyle, draw.lineWidth] = [color, thick];
      draw.beginPath();
      draw.moveTo(panel.box.left, py);
      draw.lineTo(panel.box.right, py);
      draw.moveTo(px, panel.box.top);
      draw.lineTo(px, panel.box.bottom);
      draw.stroke();
    }
    draw.setLineDash([]);
  }

  /** The point of a pattern near a place of the canvas, else that place of the plane. */
  function placeAt(px, py) {
    let [best, least] = [null, NEAR ** 2];
    for (let i = 0; i < points.x.length; i++) {
      const away = (view.panel.across(points.x[i]) - px) ** 2 + (view.panel.up(points.y[i]) - py) ** 2;
      if (away < least) [best, least] = [i, away];
    }
    return best === null ? { index: null, point: view.panel.back(px, py) } : study.placeOf(best);
  }

  function showTip(place, px, py) {
    tip.textContent = study.describe(place).join("\n");
    tip.hidden = false;
    const left = px + 14 + tip.offsetWidth > canvas.clientWidth ? px - 14 - tip.offsetWidth : px + 14;
    tip.style.left = `${Math.max(0, left)}px`;
    tip.style.top = `${Math.min(py + 12, canvas.clientHeight - tip.offsetHeight)}px`;
  }

  function hideTip() {
    tip.hidden = true;
  }

  function tipAtCursor() {
    const [px, py] = [view.panel.across(view.cursor[0]), view.panel.up(view.cursor[1])];
    showTip(placeAt(px, py), px, py);
  }

  canvas.addEventListener("pointermove", (event) => {
    const inside = view.panel.holds(event.offsetX, event.offsetY);
    if (inside) showTip(placeAt(event.offsetX, event.offsetY), event.offsetX, event.offsetY);
    else hideTip();
  });
  canvas.addEventListener("pointerleave", hideTip);
  canvas.addEventListener("click", (event) => {
    if (!view.panel.holds(event.offsetX, event.offsetY)) return;
    view.cursor = null;
    choose(event.shiftKey ? 1 : null, placeAt(event.offsetX, event.offsetY));
  });
  canvas.addEventListener("blur", () => {
    view.cursor = null;
    hideTip();
    draw();
  });

  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) {
      const from = view.cursor ?? view.state.slots[0]?.point ?? [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
      const far = event.shiftKey ? 0.05 : 0.01;
      const clamp = (v, [low, high]) => Math.min(Math.max(v, low), high);
      view.cursor = [
        clamp(from[0] + move[0] * far * (x[1] - x[0]), x),
        clamp(from[1] + move[1] * far * (y[1] - y[0]), y),
      ];
      draw();
      tipAtCursor();
    } else if (event.key === "Enter" && view.cursor) {
      const at = [view.panel.across(view.cursor[0]), view.panel.up(view.cursor[1])];
      choose(event.shiftKey ? 1 : null, placeAt(...at));
    } else if (!study.planeKey(event)) {
      return;
    }
    event.preventDefault();
  });

  return { draw, screenOf: (point) => [view.panel.across(point[0]), view.panel.up(point[1])] };
}
