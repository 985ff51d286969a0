// The reader of files: the code of the program, as a WebAssembly module on the page.

/** Largest file in bytes. The module holds a file and its patterns in memory. */
const MOST_BYTES = 200e6;

/** Returns the reader of a study. The module is unpacked when the first file comes. */
function readerOf({ points }) {
  let [facts, compiled, exports] = [null, null, null];

  /** Unpacks the facts that the module needs, and adds the known points. */
  async function unpackedFacts() {
    const found = await unpackedJson("new-files");
    const { known } = found.study;
    const training = [...points.x.keys()].filter((i) => !points.test[i]);
    known.labels = training.flatMap((i) => points.labels[i]);
    known.coordinates ??= training.flatMap((i) => [points.x[i], points.y[i]]);
    return found;
  }

  async function start() {
    facts ??= await unpackedFacts();
    compiled ??= await WebAssembly.compile(await unpacked("reader"));
    exports = (await WebAssembly.instantiate(compiled)).exports;
    call("reader_study", [bytesOf(JSON.stringify(facts.study))]);
    return facts;
  }

  const bytesOf = (text) => new TextEncoder().encode(text);

  /** Calls a function of the module with bytes, and returns its answer. A refusal is thrown, in one line. */
  function call(name, parts, ...numbers) {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    let place = exports.reader_input(length) >>> 0;
    for (const part of parts) {
      new Uint8Array(exports.memory.buffer).set(part, place);
      place += part.length;
    }
    const answered = exports[name](...numbers);
    const answer = new Uint8Array(exports.memory.buffer, exports.reader_output() >>> 0, answered);
    const { Ok, Err } = JSON.parse(new TextDecoder().decode(answer));
    if (Err !== undefined) throw new Error(Err);
    return Ok;
  }

  /** Reads a file: the names of its patterns, with the errors of those that cannot be used, and notes. */
  async function read(file) {
    if (file.size > MOST_BYTES) {
      throw new Error(`${file.name}: ${(file.size / 1e6).toFixed(0)} MB (expected at most ${MOST_BYTES / 1e6} MB on the page; xrd encode reads larger files)`);
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (!exports) await start();
    const name = bytesOf(file.name);
    try {
      return call("reader_read", [name, bytes], name.length);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
      // The memory of the module is lost. The next file gets a new one.
      exports = null;
      throw new Error(`${file.name}: cannot be read on the page (xrd info says more)`);
    }
  }

  /** Returns the intensities of a pattern of the last file, on the grid of the study. */
  function intensities(row, points) {
    const place = exports.reader_intensities(row) >>> 0;
    return new Float32Array(exports.memory.buffer, place, points).slice();
  }

  /** Estimates the labels of a pattern of the last file at a latent point, and finds its group. */
  const estimate = (row, point, residual) => call("reader_estimate", [bytesOf(JSON.stringify({ row, point, residual }))]);

  return { start, read, intensities, estimate, facts: () => facts };
}
