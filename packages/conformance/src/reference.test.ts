import { createReferenceBackend } from "@nin/backend-reference";
import { describeConformance } from "./vitest.js";

await describeConformance(createReferenceBackend);
