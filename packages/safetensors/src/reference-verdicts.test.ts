import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSafetensors, SafetensorsError } from "./index.js";

/** `measure safetensors` (tools/measure) holds the verdicts to those of the format's own parser. */
interface VerdictCase {
  readonly name: string;
  readonly header?: string;
  /** Instead of `header`, where that is no text. */
  readonly headerHex?: string;
  /** Levels of arrays that stand for `<nested>`. */
  readonly nested?: number;
  readonly dataBytes: number;
  /** Added to the header's length. */
  readonly lengthOffset?: number;
  readonly reference: "accepted" | "refused";
  /** Why it is refused here and not by the format's own parser. */
  readonly refusedBecause?: string;
}

const cases: readonly VerdictCase[] = JSON.parse(
  readFileSync(new URL("../fixtures/reference-verdicts.json", import.meta.url), "utf8"),
);

function fileOf({
  header = "",
  headerHex,
  nested = 0,
  dataBytes,
  lengthOffset = 0,
}: VerdictCase): Uint8Array {
  const text = header.replace("<nested>", "[".repeat(nested) + "]".repeat(nested));
  const bytes = headerHex === undefined ? Buffer.from(text) : Buffer.from(headerHex, "hex");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length + lengthOffset));
  return Buffer.concat([length, bytes, Buffer.alloc(dataBytes)]);
}

describe("the format's own parser and this one", () => {
  it("have both verdicts", () => {
    const refused = cases.filter(({ reference }) => reference === "refused");
    expect([cases.length, refused.length]).toEqual([110, 61]);
  });

  it.each(cases)("$name: $reference", (example) => {
    const accepted = example.reference === "accepted" && example.refusedBecause === undefined;
    const parse = () => parseSafetensors(fileOf(example), "w.safetensors");
    if (accepted) expect(parse).not.toThrow();
    else expect(parse).toThrow(SafetensorsError);
  });
});
