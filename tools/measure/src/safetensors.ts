import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseSafetensors } from "@nin/safetensors";
import { at } from "@nin/spec";
import { Command } from "commander";
import { runPython } from "./support/child-process.js";
import { outOption, positiveInteger, pythonOption } from "./support/options.js";
import { writeResult } from "./support/result.js";

/** The cases of packages/safetensors, whose verdicts a test of that package holds our parser to. */
const FIXTURE = join(
  dirname(createRequire(import.meta.url).resolve("@nin/safetensors/package.json")),
  "fixtures/reference-verdicts.json",
);

/** A case of the fixture, as far as it is read here. */
interface FixtureCase {
  readonly name: string;
  readonly reference: "accepted" | "refused";
  /** Why our parser refuses what the reference accepts. */
  readonly refusedBecause?: string;
}

/** A file that Python made, and whether the format's own parser accepts it. */
interface JudgedFile {
  readonly bytes: Buffer;
  readonly accepted: boolean;
}

/** Our parser's verdict. */
type Verdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: string; readonly message: string };

interface Options {
  readonly python: string;
  readonly files: number;
  readonly out?: string;
}

export function safetensorsCommand(): Command {
  return new Command("safetensors")
    .description("whether our safetensors parser accepts nothing that the format's own parser refuses")
    .option("--files <n>", "number of damaged files", positiveInteger, 20_000)
    .addOption(pythonOption())
    .addOption(outOption())
    .action(async ({ python, files: count, out }: Options) => {
      const cases = JSON.parse(await readFile(FIXTURE, "utf8")) as readonly FixtureCase[];
      const args = [FIXTURE, "--files", `${count}`];
      const output = await runPython(python, "safetensors_verdicts.py", args);
      const { reference, seed, files } = readAnswer(output);
      const compared = compareFiles(files.slice(cases.length));
      const wrong = [...compareCases(cases, files), ...compared.wrong];
      const result = { reference, seed, cases: cases.length, files: count, ...compared, wrong };
      console.log(JSON.stringify(result, undefined, 2));
      if (out !== undefined) await writeResult(out, result);
      if (wrong.length > 0) process.exitCode = 1;
    });
}

/** A line of JSON; then each file after its length (4 bytes, little-endian) and the verdict on it (1 byte). */
function readAnswer(output: Buffer) {
  const headerEnd = output.indexOf("\n");
  const { reference, seed } = JSON.parse(output.toString("utf8", 0, headerEnd)) as {
    reference: string;
    seed: number;
  };
  const files: JudgedFile[] = [];
  for (let offset = headerEnd + 1; offset < output.length; ) {
    const start = offset + 5;
    const end = start + output.readUInt32LE(offset);
    files.push({ bytes: output.subarray(start, end), accepted: output.readUInt8(offset + 4) === 1 });
    offset = end;
  }
  return { reference, seed, files };
}

/** Where a verdict is not the one that the fixture says. */
function compareCases(cases: readonly FixtureCase[], files: readonly JudgedFile[]): readonly string[] {
  return files.slice(0, cases.length).flatMap(({ bytes, accepted }, index) => {
    const { name, reference, refusedBecause } = at(cases, index);
    const wrong: string[] = [];
    if (accepted !== (reference === "accepted")) wrong.push(`${name}: the fixture says ${reference}`);
    const ours = verdictOn(bytes).accepted;
    if (ours !== (accepted && refusedBecause === undefined)) wrong.push(`${name}: accepted here: ${ours}`);
    return wrong;
  });
}

function compareFiles(files: readonly JudgedFile[]) {
  const counts = { acceptedByBoth: 0, refusedByBoth: 0, acceptedHereAlone: 0, refusedHereAlone: 0 };
  const reasons = new Map<string, number>();
  const wrong: string[] = [];
  for (const { bytes, accepted } of files) {
    const verdict = verdictOn(bytes);
    if (verdict.accepted) counts[accepted ? "acceptedByBoth" : "acceptedHereAlone"] += 1;
    else counts[accepted ? "refusedHereAlone" : "refusedByBoth"] += 1;
    if (verdict.accepted && !accepted) wrong.push(`accepted here alone: ${bytes.toString("hex")}`);
    if (!verdict.accepted && verdict.code !== "NIN_SAFETENSORS") {
      wrong.push(`${verdict.message}: ${bytes.toString("hex")}`);
    }
    if (!verdict.accepted && accepted) {
      const reason = verdict.message.replace(/column \d+|"[^"]*"|tensor \S+|-?\d[\d.e]*/g, "_");
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  const refusedHereAloneBecause = Object.fromEntries([...reasons].toSorted((a, b) => b[1] - a[1]));
  return { ...counts, refusedHereAloneBecause, wrong };
}

function verdictOn(bytes: Buffer): Verdict {
  try {
    parseSafetensors(bytes, "file");
    return { accepted: true };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { accepted: false, code: code ?? "none", message };
  }
}
