// The autoencoder: decoding, encoding, and relevance of masked windows.

const ACTIVATIONS = { relu: (z) => (z < 0 ? 0 : z), tanh: Math.tanh, linear: (z) => z };

/** Builds the network from its shape, its weights in half precision, and biases, means and standard deviations. */
function networkOf(shape, words, numbers) {
  const half = halves();
  const layers = [];
  let [from, at] = [0, 0];
  const take = (count) => numbers.subarray(at, (at += count));
  for (let k = 0; k + 1 < shape.widths.length; k++) {
    const [inputs, outputs] = [shape.widths[k], shape.widths[k + 1]];
    const weights = new Float32Array(inputs * outputs);
    for (let i = 0; i < weights.length; i++) weights[i] = shape.scales[k] * half[words[from + i]];
    from += weights.length;
    layers.push({ inputs, outputs, weights, bias: take(outputs), f: ACTIVATIONS[shape.activations[k]] });
  }
  const points = shape.widths[0];
  const [mean, deviation] = [take(points), take(points)];
  const middle = layers.length / 2;
  const [encoder, decoder] = [layers.slice(0, middle), layers.slice(middle)];
  return { encoder, decoder, mean, deviation, shift: +shape.centred, ...planeOf(shape.plane) };
}

/** Maps latent coordinates to the latent plane and back: the identity in two dimensions. */
function planeOf(numbers) {
  if (!numbers) return { project: (z) => z, lift: (p) => p };
  const dimensions = numbers.length / 3;
  const part = (k) => numbers.slice(k * dimensions, (k + 1) * dimensions);
  const [centre, ...axes] = [part(0), part(1), part(2)];
  const project = (z) => Float64Array.from(axes, (axis) => axis.reduce((sum, a, i) => sum + a * (z[i] - centre[i]), 0));
  const lift = (p) => Float64Array.from(centre, (c, i) => c + p[0] * axes[0][i] + p[1] * axes[1][i]);
  return { project, lift };
}

/** Returns x·W + b, without the activation. */
function sums(layer, x) {
  const { inputs, outputs, weights } = layer;
  const z = Float64Array.from(layer.bias);
  for (let i = 0; i < inputs; i++) {
    const value = x[i];
    if (value === 0) continue;
    for (let j = 0, w = i * outputs; j < outputs; j++, w++) z[j] += value * weights[w];
  }
  return z;
}

function through(layers, x) {
  return layers.reduce((y, layer) => sums(layer, y).map(layer.f), x);
}

/** Decodes a point to a pattern. */
function decode(network, point) {
  const { mean, deviation, shift } = network;
  const answer = through(network.decoder, network.lift(Float64Array.from(point)));
  return Float32Array.from(answer, (y, i) => y * deviation[i] + shift * mean[i]);
}

function scaled(network, pattern) {
  const { mean, deviation, shift } = network;
  return Float64Array.from(pattern, (v, i) => (v - shift * mean[i]) / deviation[i]);
}

/** Encodes a pattern to a point. */
function encode(network, pattern) {
  return Array.from(network.project(through(network.encoder, scaled(network, pattern))));
}

/** Number of windows between pauses for other work of the browser. */
const AT_ONCE = 800;

/**
 * Returns the distance that the point moves when the intensities of `width` points are set to zero, from every
 * point on. A mask changes a few inputs, so only their share is taken from the first layer's sums.
 * Returns null if `wanted` becomes false in the meantime.
 */
async function relevanceOf(network, pattern, width, wanted) {
  const [first, ...rest] = network.encoder;
  const whole = sums(first, scaled(network, pattern));
  const base = network.project(through(rest, whole.map(first.f)));
  const dev = new Float32Array(pattern.length);
  for (let start = 0; start < dev.length; start++) {
    if (start % AT_ONCE === 0) {
      await new Promise((resolve) => setTimeout(resolve));
      if (!wanted()) return null;
    }
    const z = whole.slice();
    for (let i = start; i < Math.min(start + width, dev.length); i++) {
      const share = pattern[i] / network.deviation[i];
      if (share === 0) continue;
      for (let j = 0, w = i * first.outputs; j < first.outputs; j++, w++) z[j] -= share * first.weights[w];
    }
    const moved = network.project(through(rest, z.map(first.f)));
    dev[start] = Math.hypot(...moved.map((y, k) => y - base[k]));
  }
  return dev;
}
