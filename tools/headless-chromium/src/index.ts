export { Browser, type BrowserPage } from "./browser.js";
export { useBrowser } from "./use-browser.js";
