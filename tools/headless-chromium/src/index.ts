export { Browser, type BrowserPage } from "./browser.js";
