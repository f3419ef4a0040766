// Answers for the field page while there is no network. It keeps files of ours on the phone, and no data.
"use strict";
const NAME = "{{ name }}";
const PLACE = "{{ place }}";
const FILES = {{ files|safe }};
const WAIT_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((one) => one.startsWith("field-") && one !== NAME).map((one) => caches.delete(one)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

async function page(request) {
  const kept = await caches.open(NAME);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT_MS) });
    if (answer.ok && !answer.redirected) await kept.put(PLACE, answer.clone());
    return answer;
  } catch (gone) {
    return (await kept.match(PLACE)) || Response.error();
  }
}

async function file(request) {
  const kept = await caches.match(request);
  return kept || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && address.pathname === PLACE) event.respondWith(page(event.request));
  else if (FILES.includes(address.pathname + address.search)) event.respondWith(file(event.request));
});
