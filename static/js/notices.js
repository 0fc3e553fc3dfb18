/* What htmx could not swap in still has to be said: a lost connection, a refusal, a fault of the server. */
(() => {
  "use strict";
  const say = (why) => {
    const texts = document.querySelector("[data-notices]"); /* each time: a whole page may have been swapped in */
    const text = texts?.dataset[why];
    if (!text) return;
    /* A page that asks each second would say it each second, and scroll away what is being read. */
    if (texts.textContent.trim() === text) return;
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.textContent = text;
    texts.replaceChildren(notice);
    texts.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("htmx:sendError", () => say("offline"));
  document.addEventListener("htmx:timeout", () => say("offline"));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say({ 403: "refused", 404: "refused", 503: "waits" }[status] ?? "failed");
  });
})();
