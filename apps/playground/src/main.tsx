import { render } from "preact";
import { App } from "./app.js";
import "./style/colors.css";
import "./style/base.css";
import "./style/setup.css";
import "./style/training.css";
import "./style/windows.css";

const place = document.getElementById("app");
if (place === null) throw new Error("the page has no element #app");
render(<App />, place);
// Once the page has what it needs for itself.
addEventListener("load", () => setTimeout(() => void keepForOffline(), 2000));

/** Has the page kept for when there is no network. Nothing of it is needed for training. */
async function keepForOffline(): Promise<void> {
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
