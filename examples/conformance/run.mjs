import { isFailure, runConformance } from "@nin/conformance";
import { createNodeHost } from "@nin/conformance/node";
import { expectedFailures } from "./expected-failures.mjs";
import { createToyBackend } from "./toy-backend.mjs";

const options = { quick: true, host: createNodeHost(), expectedFailures };
const { cases, ...counts } = await runConformance(createToyBackend(), options);
for (const { id, status, detail } of cases.filter(isFailure)) console.log(`${status} ${id}: ${detail}`);
console.log(JSON.stringify(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
