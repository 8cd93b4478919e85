import {
  conformanceCases,
  findFailingArchitecture,
  runConformance,
  type SearchResult,
} from "@nin/conformance";
import { entry } from "@nin/spec";
import { createBrowserWebGpuBackend } from "../browser.js";

/** What the test puts into the page, and what it calls there. */
interface PageGlobals {
  fixtureTexts: ReadonlyMap<string, string>;
  runInPage: (ids: readonly string[]) => Promise<unknown>;
  searchInPage: (count: number, seed: number) => Promise<SearchResult>;
}

const page = globalThis as unknown as PageGlobals;

page.runInPage = (ids) =>
  runConformance(createBrowserWebGpuBackend(), {
    cases: conformanceCases().filter(({ id }) => ids.includes(id)),
    host: { readFixture: async (path) => entry(page.fixtureTexts, path) },
  });

page.searchInPage = (count, seed) => findFailingArchitecture(createBrowserWebGpuBackend(), { count, seed });
