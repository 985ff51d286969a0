// The section of new files: a place to drop them, and their table.

/** Largest number of patterns of one file that are shown. */
const MOST_NEW = 500;

/** Makes the section work, and returns a function that lists the new patterns. */
function newFilesView(study) {
  if (!at("data-reader")) {
    at("new-place").textContent = "This study is too large for a page that reads new files: xrd estimate reads them.";
    return () => [];
  }
  const reader = readerOf(study.about);
  const newcomers = [];
  const labelEnds = new Set(study.about.labels.flatMap((label) => [`${label}_low`, `${label}_high`]));
  let queue = Promise.resolve();

  const say = (text) => (at("new-status").textContent = text);
  const complain = (text) => at("new-errors").append(element("li", { class: "wrong" }, text));
  const isNew = (text) => [...at("new-errors").children].every((line) => line.textContent !== text);
  const note = (text) => isNew(text) && at("new-errors").append(element("li", { class: "help" }, text));
  const pause = () => new Promise((resolve) => setTimeout(resolve));

  /** Reads files one after the other, and shows the first pattern. */
  async function take(files) {
    at("new-errors").replaceChildren();
    const before = newcomers.length;
    for (const file of files) {
      say(`Reading ${file.name} …`);
      await pause();
      try {
        await takeOne(file);
      } catch (error) {
        complain(error.message);
      }
      fill();
    }
    say(newcomers.length ? `${newcomers.length} new pattern${newcomers.length > 1 ? "s" : ""}.` : "");
    if (newcomers.length > before) show(newcomers[before]);
  }

  async function takeOne(file) {
    const { patterns, notes } = await reader.read(file);
    notes.forEach(note);
    if (patterns.length > MOST_NEW) note(`${file.name}: the first ${MOST_NEW} of ${patterns.length} patterns are shown (xrd encode takes all)`);
    let paused = performance.now();
    for (const [row, pattern] of patterns.slice(0, MOST_NEW).entries()) {
      if (pattern.error) complain(`${file.name}: ${pattern.error}`);
      else newcomers.push(newcomerOf(study, reader, file, pattern, row));
      if (performance.now() - paused > 100) {
        await pause();
        paused = performance.now();
      }
    }
    showMethod();
  }

  function show(one, alone = true) {
    const { name, pattern, point, decoded } = one;
    study.addGuest({ name, pattern, point, decoded, about: linesAbout(study, one), alone });
  }

  function fill() {
    const { header, rows } = tableOf(study, newcomers);
    // The ends of the intervals are on the cards and in the downloaded table.
    const kept = [...header.keys()].filter((k) => !labelEnds.has(header[k]));
    const narrow = rows.map((row, i) => Object.assign(kept.map((k) => row[k]), { newcomer: newcomers[i] }));
    const link = ({ newcomer }) => () => {
      show(newcomer);
      at("pattern").scrollIntoView({ block: "center" });
    };
    at("new-table").replaceChildren(...(rows.length ? [sortable(kept.map((k) => header[k]), narrow, { link })] : []));
    at("new-tools").hidden = !rows.length;
  }

  /** Says how labels are estimated and groups are found. */
  function showMethod() {
    const { estimator } = reader.facts().study.known;
    const { labels } = study.about;
    const isAuto = study.about.study.estimation?.estimator === "auto";
    const auto = " The study itself estimates by regression on the patterns (auto), which is not on the page: xrd estimate gives these values.";
    const words = [
      labels.length ? `Labels are estimated from the known points of the latent space, as by xrd estimate --estimator ${estimator}.${isAuto ? auto : ""}` : "",
      reader.facts().study.groups.length ? "The group is the one whose mean lines are nearest." : "",
      "residual is R = |pattern − reconstruction| / |pattern|, and residual_percentile the percentage of the training patterns with a smaller one. " +
        "inside, far and unlike are as in estimates.csv. nearest is the nearest point, and most_similar the pattern on the page with the largest correlation.",
    ];
    at("new-method").textContent = words.filter((text) => text).join(" ");
  }

  function download() {
    const { header, rows } = tableOf(study, newcomers);
    const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    keep("new-patterns.csv", [header, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join(""));
  }

  const enqueue = (files) => {
    const list = [...files];
    if (list.length) queue = queue.then(() => take(list));
  };

  function listen() {
    at("new-choose").addEventListener("click", () => at("new-input").click());
    at("new-input").addEventListener("change", (event) => {
      enqueue(event.target.files);
      event.target.value = "";
    });
    const isFiles = (event) => event.dataTransfer?.types.includes("Files");
    const mark = (over) => at("new-section").classList.toggle("over", over);
    document.addEventListener("dragover", (event) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      mark(true);
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
    document.addEventListener("drop", (event) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      mark(false);
      enqueue(event.dataTransfer.files);
    });
    at("new-save").addEventListener("click", download);
    at("new-all").addEventListener("click", () => newcomers.slice(0, LAST_SLOT + 1).forEach((one, k) => show(one, k === 0)));
    at("new-clear").addEventListener("click", () => {
      newcomers.length = 0;
      at("new-errors").replaceChildren();
      say("");
      fill();
    });
  }

  listen();
  return () => newcomers;
}
