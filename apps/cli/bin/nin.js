#!/usr/bin/env node
import { main } from "../dist/main.js";
import { endInterrupted } from "../dist/process/interrupt.js";
import { handleOutputErrors } from "../dist/process/output-errors.js";

handleOutputErrors();
process.exitCode = await main(process.argv.slice(2));
await endInterrupted(process.exitCode);
