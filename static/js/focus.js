/* When a swapped row takes the focused button away with it, the focus stays in the row. */
(() => {
  "use strict";
  document.addEventListener("htmx:afterSettle", (event) => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const row = event.target.closest?.("[data-focus]");
    row?.querySelector("button, summary, a")?.focus({ preventScroll: true });
  });
})();
