import { describe, expect, it } from "vitest";
import { meaningAt, suggestionsAt } from "./json-language.js";

/** A text with its place marked by `|`. */
function placed(marked: string): readonly [string, number] {
  const offset = marked.indexOf("|");
  return [marked.slice(0, offset) + marked.slice(offset + 1), offset];
}

describe("suggestionsAt", () => {
  it("gives the fields of a layer's kind, with their meaning and default", async () => {
    const [text, offset] = placed('{ "layers": [{ "kind": "conv2d", | }] }');
    const { items } = await suggestionsAt(text, offset);
    expect(items.map(({ label }) => label)).toEqual([
      "outChannels",
      "kernelSize",
      "stride",
      "padding",
      "bias",
    ]);
    expect(items.find(({ label }) => label === "stride")).toEqual({
      label: "stride",
      description: "Distance between windows: one number, or [vertical, horizontal].",
      isField: true,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CodeMirror's templates look like this.
      template: '"stride": ${1:1}',
    });
  });

  it("gives every kind where half of one is written, and replaces that", async () => {
    const [text, offset] = placed('{ "layers": [{ "kind": "ni|" }] }');
    const value = { from: offset - 3, to: offset + 1 };
    const { from, to, items } = await suggestionsAt(text, offset, value);
    expect(text.slice(from, to)).toBe('"ni"');
    expect(items.map(({ label }) => label)).toEqual([
      ...["ninBlock", "conv2d", "relu", "maxPool2d", "avgPool2d", "globalAvgPool2d", "dropout", "flatten"],
      "linear",
    ]);
    expect(items[0]?.template).toBe('"ninBlock"');
  });

  it("gives a whole layer in the list of layers", async () => {
    const [text, offset] = placed('{ "layers": [|] }');
    const { items } = await suggestionsAt(text, offset);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CodeMirror's templates look like this.
    const template = '{ "kind": "maxPool2d", "kernelSize": ${1:3}, "stride": ${2:2} }';
    expect(items.find(({ label }) => label === "maxPool2d")?.template).toBe(template);
  });
});

describe("meaningAt", () => {
  it("explains a field and where it stands", async () => {
    const [text, offset] = placed('{ "layers": [{ "kind": "conv2d", "stri|de": 2 }] }');
    expect(await meaningAt(text, offset)).toEqual({
      from: text.indexOf('"stride"'),
      to: text.indexOf('"stride"') + 8,
      text: "Distance between windows: one number, or [vertical, horizontal].",
    });
  });

  it("says nothing where there is nothing to say", async () => {
    expect(await meaningAt('{ "name": "a" }', 0)).toBeDefined();
    expect(await meaningAt("{ }   ", 5)).toBeUndefined();
  });
});
