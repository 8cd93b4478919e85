import type { Backend } from "@nin/backend";
import { conformanceCases, runCase } from "@nin/conformance";
import { createNodeHost } from "@nin/conformance/node";
import { loadBackend } from "@nin/registry";
import { at } from "@nin/spec";
import { Command } from "commander";
import { outOption, type Place, placesOption, placesOr } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";

const DEVICES = ["reference:cpu", "onnxruntime:cpu", "webgpu:lavapipe", "tfjs:cpu"];

/** A device with its backend. */
interface LoadedPlace extends Place {
  readonly loaded: Backend;
}

/** The cases of one ordered pair of devices. */
interface PairResult {
  readonly from: string;
  readonly to: string;
  readonly passed: number;
  readonly cases: number;
  readonly failed?: readonly string[];
}

export function checkpointPairsCommand(): Command {
  return new Command("checkpoint-pairs")
    .description(
      "whether a training that begins on one backend and ends on another ends as an uninterrupted one",
    )
    .addOption(placesOption(DEVICES))
    .addOption(outOption())
    .action(async ({ device, out }: { device?: readonly Place[]; out?: string }) => {
      const places = await Promise.all(
        placesOr(device, DEVICES).map(
          async (place): Promise<LoadedPlace> => ({ ...place, loaded: await loadBackend(place.backend) }),
        ),
      );
      const pairs = places.flatMap((from) =>
        places.filter((to) => to !== from).map((to) => [from, to] as const),
      );
      const rows: PairResult[] = [];
      for (const [from, to] of pairs) rows.push(await tryPair(from, to));
      if (out !== undefined) {
        await writeResult(out, { environment: await environment(), cases: cases.map(({ id }) => id), rows });
      }
      if (rows.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
    });
}

/** The suite's cases of a checkpoint that is continued by another model. */
const cases = conformanceCases().filter(({ id }) => id.startsWith("files/checkpoint/to-another-model"));

async function tryPair(from: LoadedPlace, to: LoadedPlace): Promise<PairResult> {
  const host = createNodeHost();
  const results = [];
  for (const entry of cases) results.push(await runCase(entry, relay(from, to), { host }));
  const failed = results
    .filter(({ status }) => status !== "passed")
    .map(({ id, detail }) => `${id}: ${detail}`);
  const passed = results.length - failed.length;
  console.log(`${from.name} to ${to.name}: ${passed} of ${results.length}`);
  for (const line of failed) console.log(`  ${line}`);
  return {
    from: from.name,
    to: to.name,
    passed,
    cases: results.length,
    ...(failed.length === 0 ? {} : { failed }),
  };
}

/** A backend whose models are of one place and of the other in turn: the case compiles one of each. */
function relay(...turns: readonly LoadedPlace[]): Backend {
  const name = turns.map((place) => place.name).join(" to ");
  let compiled = 0;
  return {
    id: "relay",
    versions: async () => ({}),
    devices: async () => [{ id: "relay", name, available: true }],
    compile(architecture, options) {
      const { loaded, device } = at(turns, compiled % turns.length);
      compiled += 1;
      return loaded.compile(architecture, { ...options, device });
    },
  };
}
