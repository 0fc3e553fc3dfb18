/* How long ago a day is, for whoever points at it: the day itself stands on the page. Days are UTC, as everywhere. */
(() => {
  "use strict";
  const DAY = 86_400_000;
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  const dayOf = (moment) => Math.floor(moment / DAY);
  const told = (days) => {
    if (Math.abs(days) < 60) return words.format(days, "day");
    if (Math.abs(days) < 730) return words.format(Math.round(days / 30.44), "month");
    return words.format(Math.round(days / 365.25), "year");
  };
  const tell = () => {
    for (const time of document.querySelectorAll("time[datetime]:not([title])")) {
      const days = dayOf(Date.parse(time.dateTime)) - dayOf(Date.now());
      if (!Number.isNaN(days)) time.title = told(days);
    }
  };

  tell();
  document.addEventListener("htmx:afterSettle", tell);
})();
