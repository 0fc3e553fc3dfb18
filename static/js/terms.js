/* The meaning of a word opens by a press; with this it opens on hover and on keyboard focus too. Escape closes it. */
(() => {
  "use strict";
  if (!HTMLElement.prototype.showPopover) return;
  const PAUSE = 250; /* long enough to cross the gap between the word and its meaning, or to pass over it */
  let timer = 0;
  const meaningOf = (term) => document.getElementById(term.getAttribute("popovertarget"));
  const termOf = (meaning) => document.querySelector(`[popovertarget="${meaning.id}"]`);
  const show = (term) => {
    const meaning = meaningOf(term);
    if (term.isConnected && !meaning.matches(":popover-open")) meaning.showPopover({ source: term });
  };
  const hide = (meaning) => {
    if (meaning.matches(":popover-open")) meaning.hidePopover();
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    clearTimeout(timer);
    const term = event.target.closest?.(".term");
    const shown = document.querySelector(".meaning:popover-open");
    if (term) timer = setTimeout(show, PAUSE, term);
    else if (shown && !shown.contains(event.target) && termOf(shown) !== document.activeElement) {
      timer = setTimeout(hide, PAUSE, shown);
    }
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".term:focus-visible")) show(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches(".term")) hide(meaningOf(event.target));
  });
})();
