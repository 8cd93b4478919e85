/**
 * uPlot writes numbers in the browser's language; the page is in English. It also ends with a `RangeError` where that
 * language is no valid tag, as `en-US@posix` in a headless Chromium is. It looks when it is loaded.
 */
Object.defineProperty(navigator, "language", { value: "en-US" });
