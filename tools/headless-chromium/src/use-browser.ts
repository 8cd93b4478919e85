import { lacking } from "@nin/test-support";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { Browser, type BrowserOptions } from "./browser.js";

/** Unpacking it takes some seconds, on a busy machine many. Units: milliseconds. */
const START_MS = 120_000;

/**
 * A browser for the tests of a file, or of the `describe` that this is called in: started before the first, closed after
 * the last.
 *
 * @returns the browser, for a test: where none runs on this machine, the test is skipped, or fails where one is required
 */
export function useBrowser(options: BrowserOptions = {}): (context: Pick<TestContext, "skip">) => Browser {
  let started: Browser | Error = new Error(
    "the browser is started before tests, not while they are collected",
  );
  beforeAll(async () => {
    started = await Browser.start(options).catch((error: Error) => error);
  }, START_MS);
  afterAll(async () => {
    if (started instanceof Browser) await started.close();
  });
  return ({ skip }) => {
    if (started instanceof Browser) return started;
    lacking("chromium", started.message, (reason) => skip(reason));
    throw started;
  };
}
