/* What a swap takes away with it comes back: the focus, and what was open in a part that follows by itself. */
(() => {
  "use strict";
  let focused, opened;

  /* The page that comes has other elements: one is told by the part around it, which has an id, and among its like. */
  const like = (part, { tag, text }) =>
    [...part.querySelectorAll(tag)].filter((each) => each.textContent === text);
  const placeOf = (element) => {
    const part = element.parentElement?.closest("[id]");
    if (!part) return;
    const place = { id: part.id, tag: element.localName, text: element.textContent };
    return { ...place, nth: like(part, place).indexOf(element) };
  };
  const partOf = (place) => document.getElementById(place.id);
  const at = (place) => partOf(place) && like(partOf(place), place)[place.nth];

  document.addEventListener("htmx:beforeSwap", () => {
    focused = placeOf(document.activeElement);
    opened = [...document.querySelectorAll("[data-keeps] details[open] > summary")].map(placeOf);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const summary of (opened ?? []).map(at)) summary?.parentElement.setAttribute("open", "");
  });
  document.addEventListener("htmx:afterSettle", () => {
    const lost = () => !document.activeElement || document.activeElement === document.body;
    if (!focused || !lost()) return;
    at(focused)?.focus({ preventScroll: true });
    if (!lost()) return;
    /* It is gone, or closed away: then to the first one there. */
    const instead = partOf(focused)?.querySelector("summary, a, button:not([tabindex='-1'])");
    instead?.focus({ preventScroll: true });
  });
})();
