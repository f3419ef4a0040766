// Keys for everything, never while somebody types, never inside a Chinese input. Pages work without this file.
"use strict";
(function () {
  const GO = { q: "/queues/my", a: "/queues/approvals", m: "/money", l: "/live", r: "/registers", o: "/open" };
  const GO_WAIT_MS = 1200;
  let goes = 0;
  let chosen = -1;

  const rows = () => Array.from(document.querySelectorAll("[data-row]"));
  const typing = (node) => node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));
  const addressOf = (row) => row.matches("a") ? row : row.querySelector("a[href]");

  function choose(step) {
    const all = rows();
    if (!all.length) return;
    if (all[chosen]) all[chosen].classList.remove("chosen");
    chosen = Math.min(all.length - 1, Math.max(0, chosen + step));
    const row = all[chosen];
    row.classList.add("chosen");
    row.scrollIntoView({ block: "nearest" });
    const link = addressOf(row);
    if (link) link.focus({ preventScroll: true });
  }

  function openAction(selector) {
    const action = document.querySelector(selector);
    if (!action) return;
    action.open = true;
    const first = action.querySelector("textarea, input:not([type=hidden]), select, button");
    if (first) first.focus();
  }

  function help() {
    const dialog = document.getElementById("keys");
    if (dialog && !dialog.open) dialog.showModal();
  }

  const KEYS = {
    j: () => choose(1),
    k: () => choose(-1),
    "/": () => { const box = document.getElementById("q"); if (box) { box.focus(); box.select(); } },
    "?": help,
    g: () => { goes = Date.now(); },
    a: () => openAction(".action:not(.minor)"),
    r: () => openAction('[data-fact="Taken"]'),
    n: () => openAction('[data-fact="Noted"]'),
  };

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest && event.target.closest("form");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.key === "Escape") {
      if (typing(event.target)) event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (goes && Date.now() - goes < GO_WAIT_MS && GO[event.key]) {
      goes = 0;
      window.location.assign(GO[event.key]);
      return;
    }
    goes = 0;
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-keys]")) { help(); return; }
    if (event.target.closest("[data-print]")) { window.print(); return; }
    if (event.target.closest("a, button, summary, input, select, textarea, form")) return;
    const row = event.target.closest("tr[data-row]");
    if (row && !window.getSelection().toString()) addressOf(row).click();
  });

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") form.dataset.sent = "yes";
    if (form.method === "get") for (const one of form.elements) if (!one.value) one.disabled = true;
  });
  window.addEventListener("pageshow", function () {
    for (const form of document.querySelectorAll("form")) {
      delete form.dataset.sent;
      for (const one of form.elements) one.disabled = false;
    }
  });
})();
