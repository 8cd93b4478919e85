// Keeps the page for when there is no network, and isolates it from other origins where its server does not: threads
// share memory only there. The build puts the two lists and the version in front.

const CACHE = `${PREFIX}${VERSION}`;
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

addEventListener("install", (event) => {
  const kept = caches.open(CACHE).then((cache) => cache.addAll(SHELL));
  event.waitUntil(kept.then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  );
});

// The page asks for the rest when it has nothing else to do.
addEventListener("message", (event) => {
  if (event.data !== "keep the rest") return;
  const missing = caches.open(CACHE).then(async (cache) => {
    for (const path of LATER) if ((await cache.match(path)) === undefined) await cache.add(path);
  });
  event.waitUntil(missing.catch(() => undefined));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const scope = new URL(registration.scope).pathname;
  const isOwn = request.method === "GET" && origin === location.origin && pathname.startsWith(scope);
  // The server's data are the server's.
  if (!isOwn || pathname.startsWith(`${scope}data/`)) return;
  event.respondWith(request.mode === "navigate" ? newestPage(request) : keptFile(request));
});

/** The server's page where there is a server, else the one that is kept. */
async function newestPage(request) {
  try {
    return isolated(await fetch(request));
  } catch (error) {
    const kept = await caches.match("./index.html", { cacheName: CACHE });
    if (kept === undefined) throw error;
    return isolated(kept);
  }
}

/** Files have their content's hash in their names: one that is kept is the right one. */
async function keptFile(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return isolated(kept);
  const response = await fetch(request);
  if (response.ok && new URL(request.url).pathname.includes("/assets/")) {
    // A full storage only means that it has to be fetched again.
    await cache.put(request, response.clone()).catch(() => undefined);
  }
  return isolated(response);
}

function isolated(response) {
  if (response.status === 0 || response.type === "opaqueredirect") return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
