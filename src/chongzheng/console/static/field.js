// Fault slips and site surveys on a phone, with or without a network: kept here until the desk has them, then gone.
"use strict";
(function () {
  const NAME = "field";
  const VERSION = 1;
  const AGAIN_MS = 30000;
  const ENTRIES_MAX = 200;
  const PHOTOS_MAX = 10;
  const main = document.getElementById("main");
  const words = main.dataset;
  const by = (id) => document.getElementById(id);
  let who = null;      // {actor, name, token} while we are signed in and have a network
  let signedOut = false;
  let sending = null;
  let again = false;
  let shown = "";      // the surveys that the form offers
  let picked = false;  // whether somebody chose one of them

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
  const titled = (entry) => `${words[entry.kind]} · ${entry.title}`;

  function row(entry, writer) {
    const item = document.createElement("li");
    item.dataset.key = entry.key;
    item.append(made("span", "what", titled(entry)), made("span", "when", `${words.kept} ${clock(entry.made_at)}`));
    if (entry.why) item.append(made("p", "why", `${words.refused} ${entry.why}`));
    else if (writer && entry.by !== writer) item.append(made("p", "why", `${words.other} ${entry.by}`));
    const acts = made("div", "acts", "");
    for (const photo of entry.photos) {
      const link = made("a", "", `${words.save} ${photo.name}`);
      link.href = URL.createObjectURL(photo.picture);
      link.download = photo.name;
      acts.append(link);
    }
    if (entry.why) {
      const button = made("button", "", words.drop);
      button.type = "button";
      button.addEventListener("click", async () => {
        if (!window.confirm(words.sure)) return;
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
    const list = by("waiting");
    for (const link of list.querySelectorAll("a[download]")) URL.revokeObjectURL(link.href);
    list.replaceChildren(...all.map((one) => row(one, who && who.actor)));
    if (!all.length) list.append(made("li", "when", words.none));
    by("send").hidden = !all.some((one) => !one.why);
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
    by("done").prepend(item);
  }

  async function showSurveys() {
    const surveys = (await kept("surveys")) || [];
    const select = by("matter");
    const now = JSON.stringify(surveys);
    if (shown === now) return;  // whoever is typing an answer goes on typing
    shown = now;
    const chosen = picked ? select.value : null;
    select.replaceChildren(...surveys.map((one) => new Option(`${one.id} · ${one.site}${one.filled ? ` (${words.filled})` : ""}`, one.id)));
    select.append(new Option(words.unplanned, ""));
    if ([...select.options].some((one) => one.value === chosen)) select.value = chosen;
    ask(surveys);
  }

  function ask(surveys) {
    const one = surveys.find((each) => each.id === by("matter").value);
    by("site-field").hidden = Boolean(one);
    by("site").required = !one;
    const had = new Map([...by("questions").querySelectorAll("textarea")].map((each) => [each.dataset.question, each.value]));
    const asked = one ? one.questions : [words.planned];
    by("questions").replaceChildren(...asked.map((text, number) => {
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
      if (entry.why || entry.by !== who.actor) continue;
      if (!(await sent(entry))) break;
    }
    await refresh();
  }

  // Whether the next one may follow: only a network that is gone, or a session that is over, holds the others up.
  async function sent(entry) {
    const said = { ...entry, photos: entry.photos.map(({ picture, ...photo }) => photo) };
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
    const matter = form.elements.matter.value;
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
      if (form === by("survey")) { shown = ""; picked = false; }
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
  by("matter").addEventListener("change", async () => { picked = true; ask((await kept("surveys")) || []); });
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
  showSurveys().then(show).then(send);
})();
