import type { CommittedFile } from "../repository.js";

/** Something that no committed file may say. */
interface Forbidden {
  readonly what: string;
  readonly pattern: RegExp;
  /** Files that may say it. */
  readonly allowed?: readonly string[];
}

/** Written in parts, so that this file says none of it. */
const word = (...parts: readonly string[]): string => parts.join("");

const FORBIDDEN: readonly Forbidden[] = [
  {
    what: "a path of one machine",
    pattern: new RegExp(`(?<![\\w.-])/(?:${word("wo", "rk")}|${word("opt/", "nin")}|root)\\b`),
  },
  {
    what: "a package registry's host",
    pattern: new RegExp(
      word(
        "registry",
        "\\.[\\w.-]+\\.(?:com|org|net|io)\\b|npmjs",
        "\\.|pypi",
        "\\.|pythonhosted",
        "\\.|yarnpkg",
        "\\.",
      ),
    ),
  },
  {
    what: "a folder next to the repository",
    pattern: new RegExp(word("\\.\\./", "shared(?![\\w-])")),
    allowed: [".ci/run"],
  },
];

const SOURCE = /\.(?:tsx?|mts|js|mjs|cjs|py|wgsl|css|html|sh)$/;
const MAX_LINES = 300;

/** What the committed files say that they must not, with file and line. */
export function forbiddenSayings(files: readonly CommittedFile[]): readonly string[] {
  return files.flatMap(({ path, text }) =>
    FORBIDDEN.filter(({ allowed = [] }) => !allowed.includes(path)).flatMap(({ what, pattern }) =>
      text
        .split("\n")
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} names ${what}`] : [])),
    ),
  );
}

/** Source files that are longer than a person reads at once. */
export function longFiles(files: readonly CommittedFile[]): readonly string[] {
  return files
    .filter(({ path }) => SOURCE.test(path))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
}
