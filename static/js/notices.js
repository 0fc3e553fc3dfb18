/* What htmx could not swap in still has to be said: a lost connection, a refusal, a fault of the server. */
(() => {
  "use strict";
  const texts = document.querySelector("[data-notices]");
  if (!texts) return;

  const say = (text) => {
    /* A page that asks each second would say it each second, and scroll away what is being read. */
    if (texts.textContent.trim() === text) return;
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.textContent = text;
    texts.replaceChildren(notice);
    texts.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("htmx:sendError", () => say(texts.dataset.offline));
  document.addEventListener("htmx:timeout", () => say(texts.dataset.offline));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const { refused, waits, failed } = texts.dataset;
    say({ 403: refused, 404: refused, 503: waits }[status] ?? failed);
  });
})();
