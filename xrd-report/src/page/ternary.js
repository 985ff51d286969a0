// The triangle of three labels that are fractions: their sum is the same for all patterns.

/** Largest difference of a sum from the mean sum, as a fraction. */
const SAME_SUM = 0.02;

/** Height of a triangle with sides of length 1. */
const HEIGHT = Math.sqrt(3) / 2;

/** Returns the coordinates of the points in the triangle of three labels, or null if there are no such labels. */
function ternaryOf({ about: { labels, points } }) {
  const rows = points.labels;
  for (let a = 0; a < labels.length; a++) {
    for (let b = a + 1; b < labels.length; b++) {
      for (let c = b + 1; c < labels.length; c++) {
        const sum = commonSum(rows, [a, b, c]);
        if (!sum) continue;
        const titles = [a, b, c].map((k) => labels[k]);
        return { key: "ternary", title: `triangle ${titles.join(", ")}`, heading: "Composition", titles, sum, ...spotsOf(rows, [a, b, c]) };
      }
    }
  }
  return null;
}

/** Returns the sum of three labels if it is the same for all patterns and each of them changes, else null. */
function commonSum(rows, columns) {
  const known = rows.filter((row) => columns.every((k) => row[k] !== null));
  if (known.length < 3 || columns.some((k) => known.every((row) => row[k] === known[0][k]))) return null;
  const sums = known.map((row) => columns.reduce((sum, k) => sum + row[k], 0));
  const mean = sums.reduce((a, b) => a + b) / sums.length;
  const isSame = mean > 0 && sums.every((sum) => Math.abs(sum - mean) <= SAME_SUM * mean);
  const isPositive = known.every((row) => columns.every((k) => row[k] >= -SAME_SUM * mean));
  return isSame && isPositive ? mean : null;
}

/** The first label is 1 at the lower left corner, the second at the lower right, the third at the top. */
function spotsOf(rows, columns) {
  const spot = (row) => {
    const [a, b, c] = columns.map((k) => row[k] ?? NaN);
    return [(b + c / 2) / (a + b + c), (c / (a + b + c)) * HEIGHT];
  };
  const spots = rows.map(spot);
  return { x: spots.map(([x]) => x), y: spots.map(([, y]) => y) };
}

/** The panel of the triangle: equal scales in both directions. */
function ternaryPanel(width, height) {
  const room = { left: 4, right: width - 4, top: 4, bottom: height - 4 };
  const scale = Math.min((room.right - room.left) / 1.24, (room.bottom - room.top) / (HEIGHT + 0.22));
  const [halfX, halfY] = [(room.right - room.left) / scale / 2, (room.bottom - room.top) / scale / 2];
  return panelOf(room, [0.5 - halfX, 0.5 + halfX], [HEIGHT / 2 - halfY, HEIGHT / 2 + halfY]);
}

function drawTernary(draw, panel, { titles, sum }) {
  const at = ([a, b, c]) => [panel.across(b + c / 2), panel.up(c * HEIGHT)];
  const line = (from, to) => {
    draw.moveTo(...at(from));
    draw.lineTo(...at(to));
  };
  draw.fillStyle = ink("none");
  draw.beginPath();
  for (const corner of [[1, 0, 0], [0, 1, 0], [0, 0, 1]]) draw.lineTo(...at(corner));
  draw.closePath();
  draw.fill();
  draw.strokeStyle = ink("soft");
  draw.lineWidth = 1;
  draw.stroke();
  draw.globalAlpha = 0.4;
  draw.beginPath();
  for (const v of [0.2, 0.4, 0.6, 0.8]) {
    line([v, 1 - v, 0], [v, 0, 1 - v]);
    line([1 - v, v, 0], [0, v, 1 - v]);
    line([1 - v, 0, v], [0, 1 - v, v]);
  }
  draw.stroke();
  draw.globalAlpha = 1;
  draw.fillStyle = ink("soft");
  draw.textBaseline = "middle";
  for (const v of [0.2, 0.4, 0.6, 0.8]) {
    const text = short(v * sum);
    const label = (place, align, dx, dy) => {
      draw.textAlign = align;
      draw.fillText(text, at(place)[0] + dx, at(place)[1] + dy);
    };
    label([v, 0, 1 - v], "right", -6, 0);
    label([1 - v, v, 0], "center", 0, 11);
    label([0, 1 - v, v], "left", 6, 0);
  }
  draw.font = "bold 13px system-ui, sans-serif";
  draw.fillStyle = ink("ink");
  draw.textAlign = "center";
  const whole = (k) => `${titles[k]} ${short(sum)}`;
  draw.fillText(whole(2), at([0, 0, 1])[0], at([0, 0, 1])[1] - 12);
  draw.textAlign = "left";
  draw.fillText(whole(0), Math.max(2, at([1, 0, 0])[0] - 20), at([1, 0, 0])[1] + 26);
  draw.textAlign = "right";
  draw.fillText(whole(1), at([0, 1, 0])[0] + 20, at([0, 1, 0])[1] + 26);
}
