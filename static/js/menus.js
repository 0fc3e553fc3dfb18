/* A menu is a <details data-menu>: it opens and closes by itself; this closes it on Escape and on a click beside it. */
(() => {
  "use strict";
  const close = (menu) => menu.removeAttribute("open");

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) close(menu);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      close(menu);
      menu.querySelector("summary").focus();
    }
  });
})();
