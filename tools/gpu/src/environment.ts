import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { environment } from "../measure/environment.mjs";

const CARD = fileURLToPath(new URL("describe-card.py", import.meta.url));
const DRIVER_FIELDS = ["name", "driver_version", "memory.total", "clocks.max.sm", "clocks.sm", "power.limit"];

/** Where and with what: the host, the packages, the card. What cannot be told is told as an error. */
export async function describeMachine({ python, pytorchDevice }) {
  const [host, card, driver] = await Promise.allSettled([
    environment(python),
    cardOf(python, pytorchDevice),
    driverOf(),
  ]);
  return { ...valueOr(host, "host"), card: valueOr(card, "card"), driver: valueOr(driver, "nvidia-smi") };
}

async function cardOf(python, device) {
  const { stdout } = await promisify(execFile)(python, [CARD, device]);
  return JSON.parse(stdout);
}

async function driverOf() {
  const args = [`--query-gpu=${DRIVER_FIELDS.join()}`, "--format=csv,noheader"];
  const { stdout } = await promisify(execFile)("nvidia-smi", args);
  const [values = []] = stdout.split("\n").map((line) => line.split(", "));
  return Object.fromEntries(DRIVER_FIELDS.map((field, at) => [field, values[at]?.trim()]));
}

function valueOr({ value, reason }, what) {
  return value ?? { error: `${what}: ${reason.message.trim().split("\n").at(-1)}` };
}
