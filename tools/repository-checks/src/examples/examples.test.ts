import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smallIdxFiles, writeIdxFolder } from "@nin/test-support";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../packed/run-command.js";
import { committedFiles, root } from "../repository.js";
import { publishedPackages } from "../workspace.js";

/** A program in a document: a block of `ts`; one marked `ts no-run` needs what a test does not have, such as a page. */
interface Example {
  readonly document: string;
  readonly line: number;
  readonly runs: boolean;
  readonly code: string;
}

/** The README's own program, with the data set that a test has. */
const PROGRAM = "examples/train.ts";
const BLOCK = /^```ts( no-run)?\n([\s\S]*?)^```$/gm;
const MAX_LINES = 20;

/** What is started by its file, as a worker or a process of its own, and never imported. */
const STARTED = /worker|child|print-details/;

/** The sources of every entry of every published package that may be imported. */
const doors = publishedPackages().flatMap(({ folder: place, manifest }) =>
  Object.keys(manifest.exports as Record<string, unknown>)
    .filter((entry) => !entry.endsWith(".json") && !STARTED.test(entry))
    .map((entry) => `${place}/src/${entry === "." ? "index" : entry.slice(2)}.ts`),
);

const documentExamples = committedFiles()
  .filter(({ path }) =>
    /^(?:(?:packages\/[^/]+\/|apps\/[^/]+\/)?README|docs\/(?:exporting|looking-inside))\.md$/.test(path),
  )
  .flatMap(({ path, text }) => examplesOf(path, text));

/** The example at the head of an entry, which is compiled and not run. */
const doorExamples = committedFiles()
  .filter(({ path }) => doors.includes(path))
  .flatMap(({ path, text }): readonly Example[] => {
    const [head = ""] = /^\/\*\*[\s\S]*?@packageDocumentation[\s\S]*?\*\//.exec(text) ?? [];
    const uncommented = head.replaceAll(/^ \* ?/gm, "");
    return examplesOf(path, uncommented).map((example) => ({ ...example, runs: false }));
  });

const examples = [...documentExamples, ...doorExamples];

function examplesOf(document: string, text: string): readonly Example[] {
  return [...text.matchAll(BLOCK)].map(({ 1: mark, 2: code = "", index }) => ({
    document,
    line: text.slice(0, index).split("\n").length,
    runs: mark === undefined,
    code,
  }));
}

/** Inside this package, whose dependencies are every package that an example may import. */
const folder = join(root, "tools/repository-checks/.examples");
let work = "";

const fileOf = (example: Example): string =>
  `${example.document.replaceAll(/[^\w-]/g, "_")}_${example.line}.ts`;

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  work = await mkdtemp(join(tmpdir(), "nin-examples-"));
  // A small data set: examples that load Fashion-MNIST must not download 30 MB.
  await writeIdxFolder(join(work, "data"), smallIdxFiles(64, 32, 28));
  for (const example of examples) {
    await writeFile(join(folder, fileOf(example)), `${example.code}\nexport {};\n`);
    const { code } = await transform(example.code, { loader: "ts", format: "esm" });
    await writeFile(join(folder, fileOf(example).replace(/\.ts$/, ".mjs")), code);
  }
  // Programs of pages are among them.
  const lib = ["ES2023", "ESNext.Disposable", "DOM"];
  const compilerOptions = { noEmit: true, types: ["node"], lib, noUnusedLocals: false };
  const config = { extends: "../../../tsconfig.base.json", compilerOptions, include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(work, { recursive: true, force: true });
});

it("every entry of a published package says what it is, with an example", () => {
  const without = doors.filter((door) => !doorExamples.some(({ document }) => document === door));
  expect(without).toEqual([]);
});

it("every published package has a README with an example", () => {
  const without = publishedPackages()
    .map(({ folder: place }) => `${place}/README.md`)
    .filter((readme) => !examples.some(({ document }) => document === readme));
  expect(without).toEqual([]);
});

it(`README.md quotes ${PROGRAM} as it is`, async () => {
  const program = await readFile(join(root, PROGRAM), "utf8");
  const quoted = examples.filter(({ document }) => document === "README.md").map(({ code }) => code);
  expect(quoted).toContain(program);
});

it("examples are short, one statement a line", () => {
  const long = examples.filter(({ code }) => code.trimEnd().split("\n").length > MAX_LINES);
  const crowded = examples.flatMap(({ document, code }) =>
    code
      .split("\n")
      .flatMap((text) => (/;\s*\S/.test(text.replace(/\/\/.*/, "")) ? [`${document}: ${text}`] : [])),
  );
  expect(long.map(({ document, line }) => `${document}:${line}`)).toEqual([]);
  expect(crowded).toEqual([]);
});

it("examples compile", async () => {
  const { status, stdout } = await runCommand(
    "npx",
    ["tsc", "-p", folder],
    join(root, "tools/repository-checks"),
  );
  expect(status, stdout).toBe(0);
});

describe.concurrent("the example runs:", () => {
  it.each(
    examples.filter(({ runs }) => runs).map((example) => [`${example.document}:${example.line}`, example]),
  )("%s", async (_, example) => {
    const program = join(folder, fileOf(example as Example).replace(/\.ts$/, ".mjs"));
    const place = await mkdtemp(join(work, "run-"));
    const { status, stderr } = await runCommand(process.execPath, [program], place, {
      ...process.env,
      NIN_DATA_DIR: join(work, "data"),
    });
    expect(status, stderr).toBe(0);
  });
});
