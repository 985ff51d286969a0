// The page of answers alone.

unpackedJson("answers")
  .then((found) => {
    const { patterns, version } = found.answers;
    at("subtitle").textContent = `${patterns.length.toLocaleString("en")} patterns, xrd ${version}.`;
    at("main").hidden = false;
    showAnswers(found);
    onTheme(() => {});
  })
  .catch(refuse);
