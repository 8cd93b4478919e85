import { describeConformance } from "@nin/conformance/vitest";
import { expectedFailures } from "./expected-failures.mjs";
import { createToyBackend } from "./toy-backend.mjs";

await describeConformance(createToyBackend, { quick: true, expectedFailures });
