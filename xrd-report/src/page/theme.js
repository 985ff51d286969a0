// Light and dark.

/** Uses the light or dark theme of the system until the button is pressed. */
function onTheme(changed) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let asked = null;
  const apply = () => {
    const theme = asked ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    at("theme").textContent = theme === "dark" ? "Light" : "Dark";
    inks.clear();
    changed();
  };
  dark.addEventListener("change", apply);
  at("theme").onclick = () => {
    asked = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    apply();
  };
  apply();
}
