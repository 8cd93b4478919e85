#!/usr/bin/env node
import { endInterrupted } from "../dist/interrupt.js";
import { main } from "../dist/main.js";
import { handleOutputErrors } from "../dist/output-errors.js";

handleOutputErrors();
process.exitCode = await main(process.argv.slice(2));
await endInterrupted(process.exitCode);
