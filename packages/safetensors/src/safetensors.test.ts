import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  floatTensors,
  integerTensor,
  parseSafetensors,
  SafetensorsError,
  serializeSafetensors,
} from "./index.js";

function fileOf(header: unknown, dataBytes = 0, claimed?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(claimed ?? text.length), true);
  file.set(text, 8);
  return file;
}

const tensor = (fields: object = {}): object => ({
  w: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields },
});

describe("reading what was written", () => {
  it("gives the same tensors, metadata and order", () => {
    const values = new Float32Array([1.5, -0, Number.NaN, 1e-40, Number.POSITIVE_INFINITY, 3]);
    const bytes = serializeSafetensors(
      new Map([["net.0.weight", { shape: [2, 3], data: values }]]),
      new Map([["format", "pt"]]),
    );
    const file = parseSafetensors(Buffer.from(bytes));
    expect(file.metadata.get("format")).toBe("pt");
    expect(floatTensors(file).get("net.0.weight")).toEqual({ shape: [2, 3], data: values });
  });

  it("holds for any names, shapes and types", () => {
    const data = fc.oneof(
      fc.float32Array({ maxLength: 24 }),
      fc.float64Array({ maxLength: 24 }),
      fc.int32Array({ maxLength: 24 }),
      fc.bigInt64Array({ maxLength: 24 }),
      fc.uint8Array({ maxLength: 24 }),
    );
    const name = fc.string({ unit: "binary" }).filter((text) => text !== "__metadata__");
    fc.assert(
      fc.property(fc.array(fc.tuple(name, data)), (entries) => {
        const tensors = new Map(
          entries.map(([key, values]) => [key, { shape: [values.length], data: values }]),
        );
        const { tensors: read } = parseSafetensors(serializeSafetensors(tensors));
        expect(new Set(read.keys())).toEqual(new Set(tensors.keys()));
        for (const [key, { shape, data: values }] of tensors) {
          expect(read.get(key)?.shape).toEqual(shape);
          expect(Buffer.from(read.get(key)?.bytes ?? [])).toEqual(
            Buffer.from(values.buffer, values.byteOffset, values.byteLength),
          );
        }
      }),
      { seed: 1 },
    );
  });

  it("aligns the data of wider types first", () => {
    const bytes = serializeSafetensors(
      new Map<string, { shape: number[]; data: Uint8Array | BigInt64Array }>([
        ["flags", { shape: [3], data: new Uint8Array(3) }],
        ["labels", { shape: [1], data: new BigInt64Array([7n]) }],
      ]),
    );
    const labels = parseSafetensors(bytes).tensors.get("labels");
    expect(labels?.bytes.byteOffset).toSatisfy((offset: number) => offset % 8 === 0);
  });

  it("reads I64 labels, and refuses those that do not fit 32 bits", () => {
    const read = (value: bigint): Int32Array | undefined => {
      const file = parseSafetensors(
        serializeSafetensors(new Map([["labels", { shape: [1], data: new BigInt64Array([value]) }]])),
      );
      const stored = file.tensors.get("labels");
      return stored && integerTensor(stored, "labels", "x").data;
    };
    expect(read(-3n)).toEqual(new Int32Array([-3]));
    expect(() => read(2n ** 31n)).toThrow("x: tensor labels: expected 32-bit values, got 2147483648 at 0");
  });
});

describe("a header that lies", () => {
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ["no length", new Uint8Array(3), "expected at least 8 bytes, got 3"],
    ["a length past the end", fileOf({}, 0, 999), "its header claims 999 bytes, 2 follow"],
    ["an absurd length", new Uint8Array(16).fill(255), "its header claims 18446744073709551615 bytes"],
    ["no JSON", fileOf("{nonsense"), "the header: line 1, column 2: expected a name in double quotes"],
    ["no UTF-8", fileOf("{\uD800}").with(9, 0xff), "the header is not UTF-8"],
    ["an array", fileOf([]), 'the header must begin with {, found "[]"'],
    ["an unknown type", fileOf(tensor({ dtype: "F12" }), 8), "dtype must be one of F64, I64, U64, F32"],
    ["a negative extent", fileOf(tensor({ shape: [-2] }), 8), "shape must be an array of integers"],
    ["a fractional extent", fileOf(tensor({ shape: [0.5] }), 8), "expected an integer, found 0.5"],
    [
      "a huge shape",
      fileOf(tensor({ shape: [2 ** 40, 2 ** 40] }), 8),
      "shape [1099511627776, 1099511627776] is too large",
    ],
    ["one offset", fileOf(tensor({ data_offsets: [0] }), 8), "data_offsets must be [begin, end], got [0]"],
    ["offsets backwards", fileOf(tensor({ data_offsets: [8, 0] }), 8), "data_offsets [8, 0] span -8"],
    ["offsets past the end", fileOf(tensor(), 4), "tensor w ends at offset 8, but the file has 4 bytes"],
    ["bytes left over", fileOf(tensor(), 12), "the tensors fill 8 bytes, but the file has 12"],
    ["a gap", fileOf(tensor({ data_offsets: [4, 12] }), 12), "tensor w begins at offset 4, expected 0"],
    [
      "an overlap",
      fileOf({ ...tensor(), v: { dtype: "F32", shape: [2], data_offsets: [4, 12] } }, 12),
      "tensor v begins at offset 4, expected 8",
    ],
    [
      "metadata that is no text",
      fileOf({ __metadata__: { a: 1 } }),
      "__metadata__.a must be a string, got 1",
    ],
  ];

  it.each(cases)("%s", (_name, bytes, message) => {
    expect(() => parseSafetensors(bytes, "w.safetensors")).toThrow(SafetensorsError);
    expect(() => parseSafetensors(bytes, "w.safetensors")).toThrow(message);
  });

  it("is repeated in no message at length, or with its control characters", () => {
    const name = `\u001b[31m${"x".repeat(70_000)}`;
    const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
    const lies = [
      { dtype: name },
      { shape: Array(70_000).fill(-1) },
      { shape: [3] },
      { data_offsets: [4, 12] },
    ];
    const headers = [
      ...lies.map((lie) => ({ [name]: { ...entry, ...lie } })),
      { [name]: name },
      { __metadata__: { [name]: 1 } },
      { __metadata__: name },
    ];
    for (const header of headers) {
      let message = "";
      try {
        parseSafetensors(fileOf(header, 8), "w.safetensors");
      } catch (error) {
        message = error instanceof SafetensorsError ? error.message : `${error}`;
      }
      expect(message).toMatch(/^w\.safetensors: [^\p{Cc}]{20,700}$/u);
    }
  });

  it("is refused with a SafetensorsError or read, whatever bytes are damaged", () => {
    const whole = serializeSafetensors(new Map([["w", { shape: [3], data: new Float32Array(3) }]]));
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const bytes = whole.slice();
        for (const [position, value] of changes) bytes[position] = value;
        try {
          parseSafetensors(bytes.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { seed: 2, numRuns: 3000 },
    );
  });

  it("cannot reach a prototype by its name", () => {
    const file = fileOf('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
    expect([...parseSafetensors(file).tensors.keys()]).toEqual(["__proto__"]);
  });
});

describe("writing", () => {
  it("refuses a tensor whose values do not fit its shape", () => {
    const tensors = new Map([["w", { shape: [2, 2], data: new Float32Array(3) }]]);
    expect(() => serializeSafetensors(tensors)).toThrow(
      "tensor w: expected 4 values for shape [2, 2], got 3",
    );
  });

  it("refuses to read I16 as numbers", () => {
    const file = fileOf(tensor({ dtype: "I16", shape: [4] }), 8);
    expect(() => floatTensors(parseSafetensors(file), "w")).toThrow(
      "w: tensor w: expected F32, F64, F16 or BF16, got I16",
    );
  });
});
