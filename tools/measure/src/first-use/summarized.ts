/** Whose a path is, by its start. What a use writes into its working directory is its own run. */
const OURS = [
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

/**
 * What an observed use touched, for people: its hosts; its paths by whose they are, folders with many
 * entries counted; what of it is not ours.
 *
 * @param use of `observeFirstUse`
 * @param places absolute folders by the names that stand for them
 */
export function summarized({ names, addresses, written, elsewhere, left }, places) {
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
export function withoutMachine(text, places) {
  const byLength = Object.entries(places).sort(([, a], [, b]) => b.length - a.length);
  return byLength.reduce((shown, [name, folder]) => shown.replaceAll(folder.replace(/\/$/, ""), name), text);
}

function ownerOf(path) {
  return OURS.find(([pattern]) => pattern.test(path))?.[1];
}

function byOwner(paths) {
  const owners = groupBy(paths, ownerOf);
  return Object.fromEntries([...owners].map(([owner = "somebody else", owned]) => [owner, grouped(owned)]));
}

function groupBy(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

/** Paths with random parts replaced, to four levels, and how many there are of each. */
function grouped(paths) {
  const counts = {};
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
