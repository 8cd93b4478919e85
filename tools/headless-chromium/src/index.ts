export type { BrowserContext, Locator, Page } from "playwright-core";
export { Browser, type BrowserOptions, type OpenedPage, visitIn } from "./browser.js";
export { type FolderServer, type ServeOptions, serveFolder } from "./serve-folder.js";
export { useBrowser } from "./use-browser.js";
