import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { backendTargets } from "./backends.js";
import { checkoutTargets } from "./checkout.js";

it("asks the registry: everything usable but what is slow by design, the rest with a reason", async () => {
  const { implementations, absent } = await backendTargets([]);
  const ids = implementations.map(({ id }) => id);
  expect(ids).toContain("onnxruntime:cpu");
  for (const onRequest of ["reference:cpu", "tfjs:cpu"]) {
    expect(ids).not.toContain(onRequest);
    expect(absent.map(({ what }) => what)).toContain(onRequest);
  }
  for (const { why } of absent) expect(why).not.toBe("");
  const software = ids.filter((id) => ["webgpu:lavapipe", "webgpu:swiftshader"].includes(id));
  expect(software.length).toBeLessThan(2);
});

it("measures what is named, and nothing else", async () => {
  const { implementations } = await backendTargets(["reference", "onnxruntime:cpu"]);
  expect(implementations.map(({ id, hardware }) => [id, hardware])).toEqual([
    ["onnxruntime:cpu", "cpu"],
    ["reference:cpu", "cpu"],
  ]);
});

it("knows what it does not know", async () => {
  await expect(backendTargets(["onnxruntime:tpu"])).rejects.toThrow(/got onnxruntime:tpu$/);
});

describe("another checkout", () => {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));

  it("is measured with the same programs and its own backends", async () => {
    const { implementations } = await backendTargets(["onnxruntime:cpu"]);
    const [other] = await checkoutTargets(root, implementations);
    expect(other?.id).toBe("onnxruntime:cpu@checkout");
    const registry = new URL("packages/registry/dist/index.js", pathToFileURL(root)).href;
    expect(other?.command.args).toEqual([...(implementations[0]?.command.args ?? []), registry]);
  });

  it("is built, or there is an error", async () => {
    await expect(checkoutTargets("no-such-folder", [])).rejects.toThrow(
      /^checkout: expected the folder of a built checkout of this repository, which has .*, got no-such-folder$/,
    );
    expect(await checkoutTargets(undefined, [])).toEqual([]);
  });
});
