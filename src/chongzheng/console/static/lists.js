// Choosing rows of a list, by mouse and by keyboard. Lists work without this file.
"use strict";
(function () {
  const boxes = () => Array.from(document.querySelectorAll("[data-pick]"));
  const bar = document.querySelector("[data-picked]");
  const all = document.querySelector("[data-pick-all]");
  const tab = document.querySelector(".tabs .active");
  if (tab) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  const first = document.querySelector("[data-first] input, [data-first] textarea, [data-first] select");
  if (first) first.focus();
  if (!bar) return;
  const count = bar.querySelector("[data-picked-count]");
  const hint = count.textContent;

  function shown() {
    const picked = boxes().filter((one) => one.checked);
    for (const one of boxes()) one.closest("tr").classList.toggle("picked-row", one.checked);
    bar.hidden = picked.length === 0;
    count.textContent = picked.length ? hint.replace("0", String(picked.length)) : hint;
    all.checked = picked.length > 0 && picked.length === boxes().length;
    all.indeterminate = picked.length > 0 && !all.checked;
  }

  const typing = (node) => node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) && node.type !== "checkbox");

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "x") {
      const row = document.querySelector("tr.chosen") || document.querySelector("tr[data-row]");
      const box = row && row.querySelector("[data-pick]");
      if (box) { event.preventDefault(); box.checked = !box.checked; shown(); }
    } else if (event.key === "b" && !bar.hidden) {
      event.preventDefault();
      bar.requestSubmit();
    }
  });
  document.addEventListener("change", function (event) {
    if (event.target === all) for (const one of boxes()) one.checked = all.checked;
    if (event.target === all || event.target.matches("[data-pick]")) shown();
  });
  window.addEventListener("pageshow", shown);
  shown();
})();
