// Zoom over the angle, the same for all drawings over 2θ.

/** Smallest fraction of the axis that can be magnified. */
const LEAST_SPAN = 1 / 2000;

/**
 * Lets the mouse and the keys zoom a canvas over angles. `view.panel()` is the panel with the axis,
 * `view.redraw()` draws the dragged band, and `view.changed(range)` gets the new range. Returns the
 * control, whose `band` is the dragged part of the canvas, and whose `moved` says if a click ended a drag.
 */
function zoomable(canvas, grid, view) {
  const last = grid.start + (grid.points - 1) * grid.step;
  const control = { band: null, moved: false, key };

  function zoom(low, high) {
    const least = Math.max(LEAST_SPAN * (last - grid.start), 4 * grid.step);
    if (!(high - low >= least)) return;
    const from = Math.max(low, grid.start);
    view.changed([Math.min(from, last - least), Math.min(high, last)]);
  }

  /** Zooms or moves by a key. Returns whether the key was one of these. */
  function key({ key }) {
    const [low, high] = view.panel().x;
    const span = high - low;
    const by = { ArrowLeft: -0.1, ArrowRight: 0.1 }[key] * span;
    if (by) {
      const step = by < 0 ? Math.max(by, grid.start - low) : Math.min(by, last - high);
      zoom(low + step, high + step);
    } else if (key === "+" || key === "=") zoom(low + span / 4, high - span / 4);
    else if (key === "-") zoom(low - span / 2, high + span / 2);
    else if (key === "0") view.changed([grid.start, last]);
    else return false;
    return true;
  }

  canvas.addEventListener("pointerdown", (event) => {
    control.moved = false;
    if (event.button !== 0 || event.pointerType === "touch") return;
    control.band = [event.offsetX, event.offsetX];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!control.band) return;
    control.band[1] = event.offsetX;
    control.moved ||= Math.abs(control.band[1] - control.band[0]) > 6;
    if (control.moved) view.redraw();
  });
  canvas.addEventListener("pointerup", () => {
    if (!control.band) return;
    const [a, b] = control.band.sort((p, q) => p - q);
    control.band = null;
    if (b - a > 6) zoom(view.panel().back(a, 0)[0], view.panel().back(b, 0)[0]);
    else if (control.moved) view.redraw();
  });
  canvas.addEventListener("pointercancel", () => (control.band = null));
  canvas.addEventListener("dblclick", () => view.changed([grid.start, last]));
  return control;
}

/** Draws the dragged band of a control between two heights. */
function drawBand(draw, { band, moved }, { left, right }, [top, bottom]) {
  if (!band || !moved) return;
  const [a, b] = band.map((x) => Math.min(Math.max(x, left), right));
  draw.fillStyle = ink("focus");
  draw.globalAlpha = 0.25;
  draw.fillRect(Math.min(a, b), top, Math.abs(b - a), bottom - top);
  draw.globalAlpha = 1;
}

/** Returns 2θ and, with a wavelength, d as a line of a tip. */
function angleText(angle, wavelength) {
  const text = `2θ ${angle.toFixed(3)}°`;
  return wavelength ? `${text}, d ${(wavelength / (2 * Math.sin((angle * Math.PI) / 360))).toFixed(4)} Å` : text;
}
