// Keeps the whole site on this device, so that the page opens without a network. `cargo xtask build` writes the version
// and the list of files here; in development there is no worker.
const VERSION = "@VERSION@";
const FILES = ["@FILES@"];

const PREFIX = `jobscope ${registration.scope} `;
const CACHE = PREFIX + VERSION;
// trunk puts a hash of the contents into these names, so they never change.
const HASHED = /-[0-9a-f]{8,}(_bg)?\.\w+$/;

// A new version waits until no page of the old one is open. So a page and its parts are always of one version, and a
// cache holds all of a version or is not there.
addEventListener("install", (event) => {
  const request = (file) => new Request(file, { cache: HASHED.test(file) ? "default" : "no-cache" });
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map(request))));
});

addEventListener("activate", (event) => {
  event.waitUntil(forgetOldVersions().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.href.startsWith(registration.scope)) {
    event.respondWith(HASHED.test(url.pathname) ? cacheFirst(event.request) : networkFirst(event.request));
  }
});

async function forgetOldVersions() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function cacheFirst(request) {
  return (await kept(request)) ?? fetch(request);
}

async function networkFirst(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok || answer.type === "opaqueredirect") return answer;
    return (await kept(request)) ?? answer;
  } catch (offline) {
    const answer = await kept(request);
    if (answer) return answer;
    throw offline;
  }
}

// Whatever the query, the page is the same.
async function kept(request) {
  const cache = await caches.open(CACHE);
  return cache.match(request.mode === "navigate" ? registration.scope : request, { ignoreSearch: true, ignoreVary: true });
}
