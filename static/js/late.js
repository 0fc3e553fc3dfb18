/* An answer whose place another answer has taken meanwhile comes too late: what it says is on the page, or is asked again. */
(() => {
  "use strict";
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    /* On the place itself: once out of the page, its events reach nobody else. */
    detail.target.addEventListener("htmx:beforeSwap", (event) => {
      if (!event.currentTarget.isConnected) event.detail.shouldSwap = false;
    }, { once: true });
  });
})();
