// The chart library formats numbers in the browser's language, which may not be a valid tag (`en-US@posix`); this page is
// in English.
Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
