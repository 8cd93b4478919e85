#!/usr/bin/env node
import { endInterrupted } from "../dist/process/interrupt.js";
import { main } from "../dist/main.js";
import { handleOutputErrors } from "../dist/process/output-errors.js";

handleOutputErrors();
process.exitCode = await main(process.argv.slice(2));
await endInterrupted(process.exitCode);
