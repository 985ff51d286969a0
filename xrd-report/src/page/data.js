// Blocks of data: gzipped, in Base64, in elements that browsers do not run.

const at = (id) => document.getElementById(id);

async function unpacked(name) {
  const holder = at(`data-${name}`);
  const text = atob(holder.textContent);
  holder.remove();
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unpackedJson(name) {
  return JSON.parse(new TextDecoder().decode(await unpacked(name)));
}

/** Decodes 16-bit numbers: all low bytes, then all high bytes. */
async function unpackedWords(name) {
  const bytes = await unpacked(name);
  const count = bytes.length / 2;
  const words = new Uint16Array(count);
  for (let i = 0; i < count; i++) words[i] = bytes[i] | (bytes[count + i] << 8);
  return words;
}

/** Decodes 32-bit floats. The data is little-endian, as all machines with browsers. */
async function unpackedFloats(name) {
  return new Float32Array((await unpacked(name)).buffer);
}

/** Values of the 65,536 half-precision numbers (IEEE 754-2019, binary16). */
function halves() {
  const values = new Float32Array(65536);
  for (let bits = 0; bits < values.length; bits++) {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
    values[bits] = bits >> 15 ? -size : size;
  }
  return values;
}

/** Decodes a pattern from its levels, each stored as the difference from the previous level. */
function patternOf(levels, row, points, low, level) {
  const pattern = new Float32Array(points);
  let sum = 0;
  for (let i = 0; i < points; i++) {
    sum = (sum + levels[row * points + i]) & 65535;
    pattern[i] = low + level * sum;
  }
  return pattern;
}

/** Parses a CSV text. Quoted cells may contain commas, quotes and line ends. */
function rowsOf(csv) {
  const rows = [[]];
  for (const [, cell, end] of csv.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    const quoted = cell.startsWith('"');
    rows.at(-1).push(quoted ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 1 || row[0] !== "");
}

/** Says on the page why it cannot be shown. */
function refuse(error) {
  at("wrong").hidden = false;
  at("wrong").textContent = `This page cannot be shown: ${error.message}. Use a browser of 2023 or later.`;
  console.error(error);
}
