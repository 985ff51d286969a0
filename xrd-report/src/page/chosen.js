// The chosen patterns, A to L: their list, their cards, and the address of the page.

/** Largest slot: there are twelve. */
const LAST_SLOT = 11;

function slotName(slot) {
  return "ABCDEFGHIJKL"[slot];
}

/** Returns the list of chosen patterns. Calls `changed()` after each change. */
function chosenOf(study, changed) {
  const { points } = study.about;
  const list = [];
  const made = (place) => ({ place, given: study.given(place), decoded: place.guest?.decoded ?? study.decode(place.point), dev: null, shown: true });
  const isSame = (place) => (one) => place.index !== null && one.place.index === place.index;

  /** Shows a place as A, or adds it. A pattern that was added before is removed. */
  function choose(place, adds) {
    const known = list.findIndex(isSame(place));
    if (adds && known > 0) list.splice(known, 1);
    else if (adds && known < 0) list.splice(Math.min(list.length, LAST_SLOT), 1, made(place));
    else if (!adds) {
      if (known > 0) list.splice(known, 1);
      list.splice(0, 1, made(place));
    }
    changed();
  }

  function remove(slot) {
    if (list.length > 1) list.splice(slot, 1);
    changed();
  }

  function onlyFirst() {
    list.splice(1);
    changed();
  }

  function swap() {
    if (list.length > 1) [list[0], list[1]] = [list[1], list[0]];
    changed();
  }

  function card(one, slot) {
    const { place } = one;
    const [title, ...rest] = study.describe(place);
    const name = slotName(slot);
    const of = place.index === null ? `${place.guest?.name ?? "decoded"}-${name}` : points.name[place.index];
    const save = () => keep(`${of}.xy`, study.textOf(place, main(one)));
    const toggle = element("input", { type: "checkbox", checked: one.shown, "aria-label": `Show ${name}`, onchange: () => {
      one.shown = toggle.checked;
      changed();
    } });
    const key = element("span", { class: "key" }, name);
    key.style.color = `var(--${slotInk(slot)})`;
    const buttons = [element("button", { type: "button", onclick: save, title: "Download the pattern as .xy" }, ".xy")];
    if (list.length > 1) buttons.push(element("button", { type: "button", onclick: () => remove(slot), "aria-label": `Remove ${name}` }, "✕"));
    const head = element("div", { class: "head" }, element("label", {}, toggle, key), element("p", {}, title), ...buttons);
    const made = element("div", { class: "card" }, head, ...rest.map((line) => element("p", {}, line)));
    made.style.borderLeftColor = `var(--${slotInk(slot)})`;
    return made;
  }

  /** Keeps what is chosen in the words of the address. */
  function remember(words) {
    list.forEach(({ place }, slot) => {
      const of = slotName(slot).toLowerCase();
      if (place.guest) return;
      if (place.index === null) words.set(of, place.point.map((v) => v.toPrecision(9)).join(","));
      else words.set(`${of}-name`, points.name[place.index]);
    });
  }

  /** Restores what the words of the address hold. The pattern `first` is A if they hold none. */
  function recall(words, first) {
    const found = [];
    for (let slot = 0; slot <= LAST_SLOT; slot++) {
      const of = slotName(slot).toLowerCase();
      const index = words.has(`${of}-name`) ? points.name.indexOf(words.get(`${of}-name`)) : -1;
      const point = (words.get(of) ?? "").split(",").map(Number);
      if (index >= 0) found.push(study.placeOf(index));
      else if (words.has(of) && point.length === 2 && point.every(Number.isFinite)) found.push({ index: null, point });
    }
    if (!found.length) found.push(study.placeOf(first));
    list.splice(0, list.length, ...found.map(made));
  }

  const main = (one) => one.given ?? one.decoded;
  const showCards = () => at("cards").replaceChildren(...list.map(card));
  return { list, choose, onlyFirst, swap, showCards, remember, recall, main };
}
