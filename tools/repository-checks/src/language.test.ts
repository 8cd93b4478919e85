import { describe, expect, it } from "vitest";
import { type CommittedFile, committedFiles } from "./repository.js";

/** A word that the project no longer uses. */
interface RetiredWord {
  /** Matches the word in a line of a file, or in its path. */
  readonly pattern: RegExp;
  /** What to write now. */
  readonly instead: string;
  /** Files that the rule is about; by default all. */
  readonly where?: RegExp;
}

const RETIRED: readonly RetiredWord[] = [
  // The benchmark.
  { pattern: /\bcontestants?\b|Contestant/, instead: "implementation" },
  { pattern: /\bcompetitors?\b|Competitor/, instead: "implementation" },
  {
    pattern: /\w[_-]peer\b|\bpeers?\/|\bisPeer\b/,
    instead: "baseline",
    where: /^(?:apps\/bench|scripts|tools\/(?!repository-checks))/,
  },
  { pattern: /\bgate(?:s|d)?\b|\bgateSection\b/, instead: "correctness check", where: /^(?:apps|docs)\// },
  { pattern: /\bhonesty\b/i, instead: "validity" },
  { pattern: /\bmaterials?\b/i, instead: "workload", where: /^apps\/bench\// },
  { pattern: /\bopenings\b/i, instead: "startup times", where: /^apps\// },
  { pattern: /\breach-accuracy\b|\breachAccuracy\b/, instead: "time-to-accuracy" },
  // The conformance suite.
  { pattern: /\bkept-tensors?\b|keptTensors?\b/i, instead: "tensor-digest" },
  { pattern: /(?:^|\/)drawing\/|\/tied(?:-|\.)/, instead: "sampling, tie-breaking" },
  { pattern: /\bleft out\b/i, instead: "excluded, omitted" },
  // The contract and the backends.
  {
    pattern: /\bNamedTensors as Parameters\b|\b(?:type )?Parameters\b[^;"]*\} from "@nin\/spec"/,
    instead: "NamedTensors",
    where: /\.m?ts$/,
  },
  { pattern: /software-adapter|softwareAdapter/, instead: "vulkan-driver" },
  { pattern: /\bRunValues\b|\bProductKernel\b/, instead: "StepUniforms, MatmulKernel" },
  {
    pattern: /\bSlots?\b|\bRegions\b/,
    instead: "TensorRef, PersistentBuffers",
    where: /^packages\/backend-webgpu\/.*\.ts$/,
  },
  { pattern: /\b[uU]nfold(?:ed|ing|s)?\b/, instead: "im2col", where: /^packages\/backend-.*\.ts$/ },
  // The command, the pages and their tests.
  { pattern: /\bmade-up\b|[mM]adeUp/, instead: "sample" },
  { pattern: /\btellEnding\b|\bendingOf\b/, instead: "printOutcome, outcomeOf" },
  { pattern: /\bwrite-whole\b|\bwriteWhole\b/, instead: "writeFileAtomic" },
  { pattern: /\bthinned\b/, instead: "downsample" },
  { pattern: /\bfolded\(|\bfolded away\b/, instead: "collapsible, collapsed" },
  // All over.
  { pattern: /\b(?:graphics )?cards?\b/i, instead: "gpu, GPU" },
  { pattern: /\bbeside\b/i, instead: "compared with, vs.; next to" },
  { pattern: /\b(?:tells|told)\b(?! apart)/i, instead: "reports, says; reported" },
  { pattern: /\bdrawn (?:shapes?|images|data|from)\b/i, instead: "synthetic, sampled from" },
  { pattern: /\bis not to be had\b/i, instead: "is not available" },
];

/** Not ours to word: generated, committed results, words of file formats, and this list. */
const EXEMPT: readonly RegExp[] = [
  /(?:^|\/)CHANGELOG\.md$/,
  /^pnpm-lock\.yaml$/,
  /^docs\/measurements\//,
  /(?:^|\/)results\//,
  /(?:^|\/)fixtures\//,
  /(?:^|\/)LICENSE$|^THIRD-PARTY-NOTICES\.md$/,
  /^tools\/repository-checks\/src\/language\.test\.ts$/,
];

/**
 * Keys of files and ids of conformance cases, which never change: a quoted word on its own, or within an id. Prose in
 * quotes has spaces.
 */
const QUOTED_KEY = /(["'`])[\w./:=,?${}-]*\1/g;

/** Serializers, where a key of a file is the name of a property. */
const SERIALIZERS: readonly RegExp[] = [/^apps\/bench\/src\/result\//];

/** Folders that are still to be cleaned. The list may only shrink: a folder without findings fails until it is removed. */
const STILL_TO_CLEAN: readonly string[] = [
  ".changeset/",
  "CONTRIBUTING.md",
  "README.md",
  "docs/",
  "packages/backend-onnxruntime/",
  "tools/gpu/",
  "tools/measure/",
  "tools/pytorch/",
  "tools/repository-checks/",
];

const findings = committedFiles()
  .filter(({ path }) => !EXEMPT.some((pattern) => pattern.test(path)))
  .flatMap(retiredWordsOf);

describe("retired words", () => {
  it("are not in the repository", () => {
    expect(findings.filter(({ path }) => !isStillToClean(path)).map(({ text }) => text)).toEqual([]);
  });

  it.each(STILL_TO_CLEAN)("are still in %s: where they are gone, remove it from the list", (folder) => {
    expect(findings.some(({ path }) => path.startsWith(folder))).toBe(true);
  });

  it.each([
    ["a.ts", "/** Compares each contestant. */", 'a.ts:1: "contestant": write implementation'],
    [
      "a.ts",
      'import type { Parameters, Shape } from "@nin/spec";',
      'a.ts:1: "Parameters, Shape } from "@nin/spec"": write NamedTensors',
    ],
    ["docs/a.md", "\nMeasured beside PyTorch.", 'docs/a.md:2: "beside": write compared with, vs.; next to'],
    ["src/made-up-run.ts", "", 'src/made-up-run.ts: "made-up": write sample'],
  ])("are found in %s", (path, text, finding) => {
    expect(retiredWordsOf({ path, text }).map((found) => found.text)).toEqual([finding]);
  });

  it.each([
    ["a.ts", 'const key = "contestant";'],
    ["a.ts", 'id: "forward/maxPool2d/drawn-from:seed=1"'],
    ["a.ts", "function first(args: Parameters<typeof open>) {}"],
    ["a.md", "Lines that can be told apart; postcards; investigated."],
    ["apps/bench/src/result/format.ts", "readonly contestant: string;"],
  ])("are not taken for keys and other words, %s: %s", (path, text) => {
    expect(retiredWordsOf({ path, text })).toEqual([]);
  });
});

function isStillToClean(path: string): boolean {
  return STILL_TO_CLEAN.some((folder) => path.startsWith(folder));
}

function retiredWordsOf({ path, text }: CommittedFile): readonly { path: string; text: string }[] {
  if (text.includes("\0") || SERIALIZERS.some((pattern) => pattern.test(path))) return [];
  const rules = RETIRED.filter(({ where }) => where === undefined || where.test(path));
  const inPath = rules.flatMap((rule) => finding(rule, path, path, path));
  const inText = text.split("\n").flatMap((line, index) => {
    const words = line.replace(QUOTED_KEY, (quoted) => (quoted.includes("@nin/spec") ? quoted : '""'));
    return rules.flatMap((rule) => finding(rule, words, path, `${path}:${index + 1}`));
  });
  return [...inPath, ...inText];
}

function finding(
  { pattern, instead }: RetiredWord,
  words: string,
  path: string,
  place: string,
): readonly { path: string; text: string }[] {
  const [found] = pattern.exec(words) ?? [];
  return found === undefined ? [] : [{ path, text: `${place}: "${found}": write ${instead}` }];
}
