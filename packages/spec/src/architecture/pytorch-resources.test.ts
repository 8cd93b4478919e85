import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { builtinArchitecture, builtinArchitectures } from "../builtin/index.js";
import { pytorchResources } from "../testing/fixtures.js";
import { type Architecture, parseArchitecture } from "./architecture.js";
import { summarize } from "./summary.js";

const STUDIED = new URL("../../../../studies/architectures/", import.meta.url);

/** A built-in network, or a file of the studies. */
function architectureOf(network: string): Architecture {
  if (!network.endsWith(".json")) return builtinArchitecture(network);
  return parseArchitecture(JSON.parse(readFileSync(new URL(network, STUDIED), "utf8")));
}

describe("what PyTorch counts of networks written by hand", () => {
  test.each(pytorchResources.networks)("$network", ({ network, ...counts }) => {
    expect(summarize(architectureOf(network))).toMatchObject(counts);
  });

  test("is what the studies' README says", () => {
    const readme = readFileSync(new URL("README.md", STUDIED), "utf8");
    const files = pytorchResources.networks.filter(({ network }) => network.endsWith(".json"));
    const rows = [...readme.matchAll(/^\| `([^`]+)` .*\| +([\d,]+) \|$/gm)];
    const said = rows.map(([, network, parameters]) => `${network} ${parameters}`);
    const counted = files.map(
      ({ network, parameters }) => `${network} ${parameters.toLocaleString("en-US")}`,
    );
    expect(said.toSorted()).toEqual(counted.toSorted());
  });

  test("covers every network of the tutorial and of the family", () => {
    const covered = new Set(pytorchResources.networks.map(({ network }) => network.split("?")[0]));
    // The authors' networks for colour images are no part of the studies; pytorch-architectures.json has them.
    const others = ["nin-cifar10", "nin-imagenet"];
    const names = builtinArchitectures.map(({ name }) => name).filter((name) => !others.includes(name));
    expect(names.filter((name) => !covered.has(name))).toEqual([]);
  });
});
