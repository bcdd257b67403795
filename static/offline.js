// Asks for the worker that keeps the site on this device, when the page is there and has nothing more urgent to load.
if ("serviceWorker" in navigator && isSecureContext) {
  addEventListener("load", () => {
    // It may be forbidden; then the page needs a network each time.
    navigator.serviceWorker.register("service-worker.js").catch(() => {});
  });
}
