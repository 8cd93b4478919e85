import { execFile, spawnSync } from "node:child_process";
import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { present } from "@nin/spec";
import { lacking, newFolder } from "@nin/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { noisePixels, writePicture } from "../testing/pictures.js";

const DOCUMENT = new URL("../../../../docs/exporting.md", import.meta.url);
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
/** Instead of the document's training, which takes minutes. */
const QUICK = [
  "--data",
  "synthetic",
  "--limit",
  "64",
  "--max-steps",
  "1",
  "--batch-size",
  "16",
  "--eval-limit",
  "0",
];

let folder = "";
let document = "";
beforeAll(async () => {
  folder = await newFolder();
  document = await readFile(DOCUMENT, "utf8");
  await symlink(MODULES, join(folder, "node_modules"));
  await writePicture(join(folder, "boot.png"), noisePixels(31 * 20, 1), {
    width: 31,
    height: 20,
    channels: 1,
  });
  for (const line of blocks("sh").flatMap((block) => block.trim().split("\n"))) {
    const [program, ...args] = line.split(" ");
    expect(program).toBe("nin");
    const quick = args[0] === "train" ? [...args.filter((arg) => !isOfData(arg)), ...QUICK] : args;
    const { status, stderr } = await runHere(quick, folder);
    expect([status, status === 0 ? "" : stderr], line).toEqual([0, ""]);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const isOfData = (argument: string): boolean => argument === "--data" || argument === "fashion-mnist";

function blocks(language: string): readonly string[] {
  const pattern = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...document.matchAll(pattern)].map(([, code]) => present(code));
}

/** A shape of the synthetic data and its probability. */
const ANSWER = /^[a-z ]+ (?:np\.float32\()?[01]\.\d+/;

it("the programs for Node run, and name a class", async () => {
  expect(blocks("js")).toHaveLength(1);
  for (const [index, code] of blocks("js").entries()) {
    await writeFile(join(folder, `program-${index}.mjs`), code);
    const { stdout } = await promisify(execFile)(process.execPath, [`program-${index}.mjs`], { cwd: folder });
    expect(stdout).toMatch(ANSWER);
  }
}, 60_000);

it("the programs for Python run", async ({ skip }) => {
  const python = process.env.NIN_PYTHON || "python3";
  const needed = "import onnxruntime, safetensors, PIL";
  if (spawnSync(python, ["-c", needed]).status !== 0)
    return lacking("python-onnxruntime", `${python} cannot ${needed}`, skip);
  const programs = blocks("py");
  expect(programs).toHaveLength(2);
  const outputs: string[] = [];
  for (const code of programs) {
    const { stdout } = await promisify(execFile)(python, ["-c", code], { cwd: folder });
    outputs.push(stdout);
  }
  expect(outputs[0]).toMatch(ANSWER);
  expect(outputs[1]).toContain("'net.0.0.weight': (96, 1, 5, 5)");
}, 60_000);
