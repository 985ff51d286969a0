// Axes, lines and colours on a canvas.

/** Colours of Okabe and Ito (2008). Black is replaced with the colour of the text. */
const CATEGORIES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", null];

/** The viridis map (van der Walt and Smith, 2015) at nine equally spaced values. */
const VIRIDIS = ["440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725"].map(
  (hex) => [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16)),
);

function viridis(share) {
  const place = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const k = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return VIRIDIS[k].map((c, i) => Math.round(c + (VIRIDIS[k + 1][i] - c) * (place - k)));
}

/** Colours of the theme by name, as far as they were asked for. */
const inks = new Map();

/** Returns a colour of the theme by its name in the style sheet. */
function ink(name) {
  if (!inks.has(name)) inks.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return inks.get(name);
}

/** Returns the name of the colour of a chosen pattern: A is 0. */
function slotInk(slot) {
  return `slot-${slot}`;
}

function css([r, g, b]) {
  return `rgb(${r}, ${g}, ${b})`;
}

/** Clears a canvas and sets its resolution to that of the screen. Returns its context and its size in CSS pixels. */
function blank(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const draw = canvas.getContext("2d");
  draw.scale(ratio, ratio);
  draw.font = "12px system-ui, sans-serif";
  draw.lineJoin = "round";
  return { draw, width, height };
}

/** Returns about `count` round numbers from `low` to `high`. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step && found.length < 50; k++) {
    found.push(k * step);
  }
  return found.map((value) => ({ value, text: plain(value, step) }));
}

/** Formats a multiple of `step` without needless digits. */
function plain(value, step) {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const small = Math.abs(step) < 1e-4 || Math.abs(value) >= 1e6;
  return small && value !== 0 ? value.toExponential(1).replaceAll("-", "−") : value.toFixed(Math.min(digits, 12)).replace("-", "−");
}

/** Formats a number with few digits. */
function short(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1).replaceAll("-", "−");
  return String(+value.toPrecision(4)).replace("-", "−");
}

/** Formats a setting, such as an angle, without the errors of binary fractions. */
function neat(value) {
  return Number.isFinite(value) ? String(+Number(value).toPrecision(7)).replace("-", "−") : "–";
}

/** Returns a panel: `box` is its rectangle on the canvas, `x` and `y` are the ranges of its axes. */
function panelOf(box, x, y) {
  const across = (v) => box.left + ((v - x[0]) / (x[1] - x[0])) * (box.right - box.left);
  const up = (v) => box.bottom - ((v - y[0]) / (y[1] - y[0])) * (box.bottom - box.top);
  const back = (px, py) => [
    x[0] + ((px - box.left) / (box.right - box.left)) * (x[1] - x[0]),
    y[0] + ((box.bottom - py) / (box.bottom - box.top)) * (y[1] - y[0]),
  ];
  const holds = (px, py) => px >= box.left && px <= box.right && py >= box.top && py <= box.bottom;
  return { box, x, y, across, up, back, holds };
}

/** Draws the frame of a panel with ticks. `names` are the titles of its axes, `marks` optional y ticks. */
function drawFrame(draw, panel, names, marks) {
  const { box } = panel;
  draw.strokeStyle = ink("soft");
  draw.fillStyle = ink("soft");
  draw.lineWidth = 1;
  draw.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  draw.textAlign = "center";
  draw.textBaseline = "top";
  draw.beginPath();
  for (const { value, text } of ticks(...panel.x, (box.right - box.left) / 60)) {
    const x = panel.across(value);
    draw.moveTo(x, box.bottom);
    draw.lineTo(x, box.bottom - 5);
    if (names[0] !== null) draw.fillText(text, x, box.bottom + 5);
  }
  draw.textAlign = "right";
  draw.textBaseline = "middle";
  for (const { value, text } of marks ?? ticks(...panel.y, (box.bottom - box.top) / 45)) {
    const y = panel.up(value);
    draw.moveTo(box.left, y);
    draw.lineTo(box.left + 5, y);
    draw.fillText(text, box.left - 5, y);
  }
  draw.stroke();
  draw.textAlign = "center";
  draw.textBaseline = "bottom";
  if (names[0]) draw.fillText(names[0], (box.left + box.right) / 2, box.bottom + 36);
  draw.save();
  draw.translate(13, (box.top + box.bottom) / 2);
  draw.rotate(-Math.PI / 2);
  draw.textBaseline = "middle";
  if (names[1]) draw.fillText(fitted(draw, names[1], box.bottom - box.top + 30), 0, 0);
  draw.restore();
}

/** Returns a text, shortened if it is wider than its room. */
function fitted(draw, text, room) {
  if (draw.measureText(text).width <= room) return text;
  let count = text.length;
  while (count > 1 && draw.measureText(`${text.slice(0, count)}…`).width > room) count--;
  return `${text.slice(0, count)}…`;
}

function clipTo(draw, box) {
  draw.beginPath();
  draw.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  draw.clip();
}

/** Margins of the drawings over the angle, which have one common axis. */
const MARGINS = { left: 70, right: 20 };

/** Shows a tip next to a place of its canvas. */
function showTip(tip, canvas, lines, [px, py]) {
  tip.textContent = lines.join("\n");
  tip.hidden = false;
  const left = px + 14 + tip.offsetWidth > canvas.clientWidth ? px - 14 - tip.offsetWidth : px + 14;
  tip.style.left = `${Math.max(0, left)}px`;
  tip.style.top = `${Math.max(0, Math.min(py + 12, canvas.clientHeight - tip.offsetHeight))}px`;
}

/**
 * Draws a curve of `values` at `first + i·step`. If many values share a column of the screen, their
 * least and their greatest are drawn, so that no peak is lost.
 */
function drawCurve(draw, panel, values, first, step, color, width = 1.2) {
  const { box, x } = panel;
  const from = Math.max(0, Math.floor((x[0] - first) / step));
  const to = Math.min(values.length - 1, Math.ceil((x[1] - first) / step));
  draw.save();
  draw.beginPath();
  draw.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  draw.clip();
  draw.strokeStyle = color;
  draw.lineWidth = width;
  draw.beginPath();
  const perColumn = Math.max(1, Math.floor((to - from) / (2 * (box.right - box.left))));
  for (let i = from; i <= to; i += perColumn) {
    let [least, most] = [i, i];
    for (let k = i; k < Math.min(i + perColumn, to + 1); k++) {
      if (values[k] < values[least]) least = k;
      if (values[k] > values[most]) most = k;
    }
    for (const k of least < most ? [least, most] : [most, least]) {
      draw.lineTo(panel.across(first + k * step), panel.up(values[k]));
    }
  }
  draw.stroke();
  draw.restore();
}

/** Corners of the marker shapes about their centre, as in the figures. The first is a circle. */
const SHAPES = [
  [],
  [[-0.89, -0.89], [0.89, -0.89], [0.89, 0.89], [-0.89, 0.89]],
  [[0, -1.28], [1.17, 0.77], [-1.17, 0.77]],
  [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  [[0, 1.28], [1.17, -0.77], [-1.17, -0.77]],
  [[1.28, 0], [-0.77, 1.17], [-0.77, -1.17]],
  [[0, -1.5], [0.38, -0.52], [1.43, -0.46], [0.61, 0.2], [0.88, 1.21], [0, 0.64], [-0.88, 1.21], [-0.61, 0.2], [-1.43, -0.46], [-0.38, -0.52]],
  [[-1.28, 0], [0.77, 1.17], [0.77, -1.17]],
];

function categoryColor(category) {
  return CATEGORIES[category % CATEGORIES.length] ?? ink("ink");
}

/** Draws a marker: filled for a training point, open for a test point, with an outline. */
function drawMarker(draw, [x, y], { color, shape, open, size }) {
  const corners = SHAPES[shape % SHAPES.length];
  draw.beginPath();
  if (!corners.length) draw.arc(x, y, size, 0, 7);
  corners.forEach(([dx, dy]) => draw.lineTo(x + dx * size, y + dy * size));
  draw.closePath();
  draw.lineWidth = open ? 4 : 2.5;
  draw.strokeStyle = ink("paper");
  draw.stroke();
  draw.fillStyle = open ? ink("paper") : color;
  draw.fill();
  if (!open) return;
  draw.lineWidth = 1.8;
  draw.strokeStyle = color;
  draw.stroke();
}
