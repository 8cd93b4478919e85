/** Has the page kept for when there is no network. Nothing of it is needed for training. */
export async function keepForOffline(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("./service-worker.js");
    const { active } = await navigator.serviceWorker.ready;
    const { saveData = false } =
      (navigator as { readonly connection?: { readonly saveData?: boolean } }).connection ?? {};
    if (!saveData) active?.postMessage("keep the rest");
  } catch {
    // Storage may be denied or full: the page then needs its server.
  }
}
