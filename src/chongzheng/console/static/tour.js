// The tour by keyboard: arrows go on and back, Escape ends it. Without this file its links do the same.
"use strict";
(function () {
  const WAYS = { ArrowRight: "next", ArrowLeft: "back", Escape: "end" };
  const tour = document.getElementById("tour");
  if (!tour) return;
  const next = tour.querySelector('[data-tour="next"]');
  if (next) next.focus({ preventScroll: true });
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || document.querySelector("dialog[open]")) return;
    const link = WAYS[event.key] && tour.querySelector('[data-tour="' + WAYS[event.key] + '"]');
    if (link) { event.preventDefault(); link.click(); }
  });
})();
