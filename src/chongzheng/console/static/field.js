// Fault slips and site surveys on a phone, with or without a network: kept here until the desk has them, then gone.
"use strict";
(function () {
  const NAME = "field";
  const VERSION = 1;
  const AGAIN_MS = 30000;
  const ENTRIES_MAX = 200;
  const PHOTOS_MAX = 10;
  const NEW = "new";  // a survey that nobody planned
  const main = document.getElementById("main");
  const words = main.dataset;
  const by = (id) => document.getElementById(id);
  let who = null;      // {actor, name, token} while we are signed in and have a network
  let signedOut = false;
  let sending = null;
  let again = false;
  const over = [];     // what was sent since the page was opened, and left nothing here
  let shown = "";      // the surveys that the form offers

  // What is kept on the phone

  const opened = new Promise((good, bad) => {
    const ask = indexedDB.open(NAME, VERSION);
    ask.onupgradeneeded = () => {
      ask.result.createObjectStore("entries", { keyPath: "key" });
      ask.result.createObjectStore("kept");
    };
    ask.onsuccess = () => good(ask.result);
    ask.onerror = () => bad(ask.error);
  });

  async function store(name, mode, ask) {
    const db = await opened;
    return new Promise((good, bad) => {
      const turn = db.transaction(name, mode);
      const asked = ask(turn.objectStore(name));
      turn.oncomplete = () => good(asked.result);
      turn.onabort = turn.onerror = () => bad(turn.error);
    });
  }
  const entries = async () => (await store("entries", "readonly", (one) => one.getAll())).sort((a, b) => a.made_at - b.made_at);
  const keep = (entry) => store("entries", "readwrite", (one) => one.put(entry));
  const drop = (key) => store("entries", "readwrite", (one) => one.delete(key));
  const kept = (name) => store("kept", "readonly", (one) => one.get(name));
  const remember = (name, value) => store("kept", "readwrite", (one) => one.put(value, name));

  // What is shown

  function made(tag, className, text) {
    const one = document.createElement(tag);
    one.className = className;
    one.textContent = text;
    return one;
  }
  const clock = (at) => new Date(at).toLocaleString(document.documentElement.lang, { hour12: false });
  const titled = (entry) => `${words[entry.kind]} · ${entry.title}${entry.sent ? ` · ${entry.sent}` : ""}`;

  const saved = (entry) => entry.photos.every((photo) => photo.saved);

  function row(entry, writer) {
    const item = document.createElement("li");
    item.dataset.key = entry.key;
    item.append(made("span", "what", titled(entry)), made("span", "when", `${words.kept} ${clock(entry.made_at)}`));
    if (entry.sent) item.append(made("p", "when", words.only));
    else if (entry.why) item.append(made("p", "why", `${words.refused} ${entry.why}`));
    else if (writer && entry.by !== writer) item.append(made("p", "why", `${words.other} ${entry.by}`));
    const acts = made("div", "acts", "");
    for (const photo of entry.photos) {
      const link = made("a", "", `${words.save} ${photo.name}`);
      link.href = URL.createObjectURL(photo.picture);
      link.download = photo.name;
      link.addEventListener("click", () => { photo.saved = true; keep(entry); });
      acts.append(link);
    }
    if (entry.why || entry.sent) {
      const button = made("button", "", words.drop);
      button.type = "button";
      button.addEventListener("click", async () => {
        if (!(entry.sent && saved(entry)) && !window.confirm(words.sure)) return;
        await drop(entry.key);
        show();
      });
      acts.append(button);
    }
    if (acts.childElementCount) item.append(acts);
    return item;
  }

  async function show() {
    const all = await entries();
    for (const link of document.querySelectorAll(".entries a[download]")) URL.revokeObjectURL(link.href);
    const waiting = all.filter((one) => !one.sent);
    by("waiting").replaceChildren(...waiting.map((one) => row(one, who && who.actor)));
    by("done").replaceChildren(...all.filter((one) => one.sent).map((one) => row(one)).reverse(), ...over);
    if (!waiting.length) by("waiting").append(made("li", "when", words.none));
    by("send").hidden = !waiting.some((one) => !one.why);
    by("signin").hidden = !signedOut;
    const state = by("net");
    state.classList.toggle("away", !who);
    state.textContent = who ? words.online : signedOut ? words.signin : words.offline;
    const name = await kept("name");
    if (name) by("who").textContent = name;
  }

  function told(entry, matter) {
    const item = document.createElement("li");
    item.append(made("span", "what", `${titled(entry)} · ${matter}`), made("span", "when", words.sent));
    over.unshift(item);
  }

  async function showSurveys() {
    const surveys = (await kept("surveys")) || [];
    const select = by("matter");
    const now = JSON.stringify(surveys);
    if (shown === now) return;  // whoever is typing an answer goes on typing
    shown = now;
    const had = select.selectedOptions[0];
    const planned = surveys.map((one) => option(`${one.id} · ${one.site}${one.filled ? ` (${words.filled})` : ""}`, one.id, one.questions));
    const offered = [option(words.choose, "", []), ...planned, option(words.unplanned, NEW, [words.planned])];
    if (had && !offered.some((one) => one.value === had.value)) {
      had.text = had.dataset.gone ? had.text : `${had.text} (${words.gone})`;
      had.dataset.gone = "yes";
      offered.push(had);
    }
    const chosen = had ? had.value : "";  // only whoever holds the phone chooses
    select.replaceChildren(...offered);
    select.value = chosen;
    ask();
  }

  function option(text, value, questions) {
    const one = new Option(text, value);
    one.dataset.questions = JSON.stringify(questions);
    return one;
  }

  function ask() {
    const chosen = by("matter").selectedOptions[0];
    by("site-field").hidden = chosen.value !== NEW;
    by("site").required = chosen.value === NEW;
    if (by("questions").dataset.asked === chosen.dataset.questions) return;  // the cursor stays where it is
    by("questions").dataset.asked = chosen.dataset.questions;
    const had = new Map([...by("questions").querySelectorAll("textarea")].map((each) => [each.dataset.question, each.value]));
    by("questions").replaceChildren(...JSON.parse(chosen.dataset.questions).map((text, number) => {
      const field = by("question").content.firstElementChild.cloneNode(true);
      const [label, area] = field.children;
      label.textContent = text;
      label.htmlFor = area.id = `question-${number}`;
      area.dataset.question = text;
      area.value = had.get(text) || "";
      return field;
    }));
  }

  // What answers for us while there is no network; where the network was too bad to fetch it, the next time it is good.
  function settle() {
    navigator.serviceWorker.register("/field/worker.js", { scope: "/field/" }).catch(() => {});
  }

  // What the network says

  async function refresh() {
    try {
      const answer = await fetch("/field/state", { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(15000) });
      signedOut = answer.type === "opaqueredirect" || answer.status === 403;
      who = answer.ok ? await answer.json() : null;
    } catch (gone) {
      who = null;
    }
    if (who) {
      if (navigator.serviceWorker && !navigator.serviceWorker.controller) settle();
      await remember("surveys", who.surveys);
      await remember("name", who.name);
      await remember("actor", who.actor);
      await showSurveys();
    }
    await show();
    return Boolean(who);
  }

  async function send() {
    if (sending) { again = true; return sending; }  // asked while it is being done: once more behind it
    const turn = async (lock) => { if (lock) await sendAll(); };
    sending = navigator.locks.request("field send", { ifAvailable: true }, turn).finally(() => {
      sending = null;
      if (!again) return;
      again = false;
      send();
    });
    return sending;
  }

  async function sendAll() {
    if (!(await refresh())) return;
    for (const entry of await entries()) {
      if (entry.why || entry.sent || entry.by !== who.actor) continue;
      if (!(await sent(entry))) break;
    }
    await refresh();
  }

  // Whether the next one may follow: only a network that is gone, or a session that is over, holds the others up.
  async function sent(entry) {
    const said = { ...entry, photos: entry.photos.map(({ picture, saved, ...photo }) => photo) };
    let answer, heard;
    try {
      answer = await fetch("/field/sync", {
        method: "POST", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(30000),
        headers: { "Content-Type": "application/json", "X-CSRFToken": who.token }, body: JSON.stringify(said),
      });
      heard = answer.headers.get("content-type") === "application/json" ? await answer.json() : null;
    } catch (gone) {
      who = null;
      return false;
    }
    if (answer.ok && heard && heard.done) {
      if (entry.photos.length) {  // only a picture's hash has left: nobody but this phone has the picture
        await keep({ ...entry, sent: heard.matter });
        return true;
      }
      await drop(entry.key);
      told(entry, heard.matter);
      return true;
    }
    if (heard && [400, 404, 409].includes(answer.status)) {
      await keep({ ...entry, why: [heard.where, heard.why].filter(Boolean).join(": ") });
      return true;
    }
    return false;
  }

  // What people write

  async function hashed(file) {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  async function photosOf(input) {
    const files = [...input.files].slice(0, PHOTOS_MAX);
    return Promise.all(files.map(async (file, number) => ({
      name: `${number + 1}-${file.name}`.slice(0, 80), hash: await hashed(file), taken_at: file.lastModified || Date.now(), picture: file,
    })));
  }

  const filled = (form, names) => Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]).filter(([, text]) => text));
  const fen = (text) => { const [yuan, rest = ""] = text.split("."); return Number(yuan) * 100 + Number(rest.padEnd(2, "0")); };

  async function slipOf(form) {
    const said = filled(form, ["merchant", "terminal", "batch", "trace", "code", "rrn"]);
    const { yuan, printed } = filled(form, ["yuan", "printed"]);
    const photos = await photosOf(form.elements.photo);
    if (yuan && fen(yuan) > 0) said.fen = fen(yuan);
    if (printed) said.at_raw = new Date(printed).getTime();
    if (photos.length) said.hash = photos[0].hash;
    return { kind: "slip", title: `${said.terminal} · ${said.trace.padStart(6, "0")}`, words: said, photos };
  }

  async function surveyOf(form) {
    const chosen = form.elements.matter.value;
    const matter = chosen === NEW ? "" : chosen;
    const areas = [...by("questions").querySelectorAll("textarea")];
    const answers = Object.fromEntries(areas.map((one) => [one.dataset.question, one.value.trim()]));
    const said = { answers, taken_at: Date.now(), ...filled(form, ["present", "goods"]) };
    const { site, result = "" } = filled(form, ["site", "result"]);
    const plan = matter ? {} : { site, questions: areas.map((one) => one.dataset.question) };
    return { kind: "survey", title: matter || site, matter, words: plan, form: said, result, photos: await photosOf(form.elements.photos) };
  }

  async function write(event, of) {
    event.preventDefault();
    const form = event.target;
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    try {
      const actor = (who && who.actor) || (await kept("actor")) || "";
      if ((await entries()).length >= ENTRIES_MAX) throw new RangeError(words.full);
      await keep({ key: crypto.randomUUID(), by: actor, made_at: Date.now(), why: "", ...(await of(form)) });
      form.reset();
      if (form === by("survey")) shown = "";
      form.closest("details").open = false;
      await showSurveys();
      await show();
    } catch (wrong) {
      window.alert(`${words.full} ${wrong.name}`);
    } finally {
      delete form.dataset.busy;
    }
    send();
  }

  by("slip").addEventListener("submit", (event) => write(event, slipOf));
  by("survey").addEventListener("submit", (event) => write(event, surveyOf));
  by("matter").addEventListener("change", ask);
  by("send").addEventListener("click", send);
  window.addEventListener("online", send);
  window.addEventListener("offline", () => { who = null; show(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  window.setInterval(send, AGAIN_MS);

  if ("serviceWorker" in navigator) {
    settle();
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  } else {
    main.prepend(made("p", "said bad", words.insecure));
  }
  // Pictures that were saved are dropped when the page is opened again: a download may take a while.
  async function tidy() {
    for (const entry of await entries()) if (entry.sent && saved(entry)) await drop(entry.key);
  }
  tidy().then(showSurveys).then(show).then(send);
})();
