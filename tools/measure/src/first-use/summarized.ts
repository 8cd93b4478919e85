import type { FirstUse } from "@nin/system-calls";

/** Whose a path is, by its start. What a use writes into its working directory is its own run. */
const OURS: readonly (readonly [start: RegExp, owner: string])[] = [
  [/^\$HOME\/\.cache(?:$|\/nin(?:$|\/))/, "our folder in the cache"],
  [/^\$TMPDIR\/nin-/, "a temporary folder of ours"],
  [/^\$REPOSITORY\/node_modules\/\.cache\/nin(?:$|\/)/, "the repository's record of its build"],
  [
    /^\$(?:REPOSITORY|COMMON)\/(?:\.turbo|(?:packages|apps|tools)\/[^/]+\/(?:dist|\.turbo))(?:$|\/)/,
    "builds",
  ],
  [/^\/dev\/(?:shm\/|dri\/|nvidia)/, "memory shared between processes, and GPUs"],
];

/** Where Fashion-MNIST is downloaded from, and the resolver of names. */
const OUR_HOSTS = ["fashion-mnist.s3-website.eu-central-1.amazonaws.com", "storage.googleapis.com"];

/** How many paths there are of each, without the parts that differ from run to run. */
export type PathCounts = Readonly<Record<string, number>>;

/** What a use touched, by whose it is. */
export interface TouchedSummary {
  /** Host names that a resolver was asked for. */
  readonly names: readonly string[];
  readonly addressesConnected: number;
  readonly writtenInWorkingDirectory: number;
  readonly writtenElsewhere: Readonly<Record<string, PathCounts>>;
  readonly leftInHomeAndTemporaryFolder: PathCounts;
  /** What is not ours: hosts, addresses and paths. */
  readonly foreign: readonly string[];
}

/** How a use ended, and what it touched. */
export interface Summary extends TouchedSummary {
  readonly status: number;
  readonly seconds: number;
}

/**
 * Sums up what an observed use touched: its hosts; its paths by whose they are, folders with many entries counted.
 *
 * @param places - absolute folders by the names that stand for them
 */
export function summarized(
  {
    names,
    addresses,
    written,
    elsewhere,
    left,
  }: Pick<FirstUse, "names" | "addresses" | "written" | "elsewhere" | "left">,
  places: Readonly<Record<string, string>>,
): TouchedSummary {
  const paths = elsewhere.map((path) => withoutMachine(path, places));
  const foreign = [
    ...names.filter((name) => !OUR_HOSTS.includes(name)),
    // Where no name of ours was asked for, nobody was to be connected to.
    ...(names.length === 0 ? addresses : []),
    ...paths.filter((path) => ownerOf(path) === undefined),
  ];
  return {
    names,
    addressesConnected: addresses.length,
    writtenInWorkingDirectory: written.filter((path) => path.startsWith("$PWD")).length,
    writtenElsewhere: byOwner(paths),
    leftInHomeAndTemporaryFolder: grouped(left),
    foreign,
  };
}

/** Replaces the folders of one machine by their names, the longest first. */
export function withoutMachine(text: string, places: Readonly<Record<string, string>>): string {
  const byLength = Object.entries(places).sort(([, a], [, b]) => b.length - a.length);
  return byLength.reduce((shown, [name, folder]) => shown.replaceAll(folder.replace(/\/$/, ""), name), text);
}

function ownerOf(path: string): string | undefined {
  return OURS.find(([pattern]) => pattern.test(path))?.[1];
}

function byOwner(paths: readonly string[]): Readonly<Record<string, PathCounts>> {
  const owners = new Map<string, string[]>();
  for (const path of paths) {
    const owner = ownerOf(path) ?? "somebody else";
    owners.set(owner, [...(owners.get(owner) ?? []), path]);
  }
  return Object.fromEntries([...owners].map(([owner, owned]) => [owner, grouped(owned)]));
}

/** Paths with random parts replaced, to four levels, and how many there are of each. */
function grouped(paths: readonly string[]): PathCounts {
  const counts: Record<string, number> = {};
  for (const path of paths) {
    const stem = path
      .split("/")
      .slice(0, 4)
      .map((part) => part.replace(/^(nin-[a-z-]*-|swiftshader-[\d.]+\.|.*\.)[A-Za-z0-9]{6}$/, "$1*"))
      .map((part) => part.replace(/\b(?:[0-9a-f]{16,}|[0-9a-f-]{36})\b/, "*").replace(/\.\d{3,}$/, ".*"))
      .join("/");
    counts[stem] = (counts[stem] ?? 0) + 1;
  }
  return counts;
}
