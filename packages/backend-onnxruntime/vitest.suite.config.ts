import { defineConfig, mergeConfig } from "vitest/config";
import tests from "./vitest.config.js";

/** The whole conformance suite in a browser, for `measure browser-conformance`: hours, so that it is no test. */
export default mergeConfig(tests, defineConfig({ test: { include: ["src/testing/browser-suite.ts"] } }));
