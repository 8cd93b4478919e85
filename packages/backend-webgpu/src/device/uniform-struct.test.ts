import { lacking } from "@nin/test-support";
import { afterAll, describe, expect, it } from "vitest";
import { nodeDevices } from "../node-devices.js";
import { BUFFER_USAGE, MAP_READ } from "./buffers.js";
import { type Fields, type FieldType, uniformStruct, type ValuesOf } from "./uniform-struct.js";

// By hand from the table "Alignment and size of host-shareable types" of the WGSL specification.
const LAYOUTS: readonly (readonly [string, Fields, Readonly<Record<string, number>>, number])[] = [
  [
    "words lie next to each other",
    { a: "u32", b: "f32", c: "i32", d: "flag" },
    { a: 0, b: 4, c: 8, d: 12 },
    16,
  ],
  ["a vector of two begins at 8 bytes", { a: "u32", b: "vec2u", c: "f32" }, { a: 0, b: 8, c: 16 }, 24],
  ["a vector of three begins at 16 bytes", { a: "f32", b: "vec3f" }, { a: 0, b: 16 }, 32],
  ["and leaves its last word to a scalar", { a: "vec3f", b: "f32", c: "u32" }, { a: 0, b: 12, c: 16 }, 32],
  ["but not to a vector", { a: "vec3u", b: "vec2u" }, { a: 0, b: 16 }, 32],
  ["a vector of four begins at 16 bytes", { a: "vec2f", b: "vec4i", c: "u32" }, { a: 0, b: 16, c: 32 }, 48],
  [
    "elements of an array are 16 bytes apart",
    { a: "u32", b: "array<vec3f, 2>", c: "u32" },
    { a: 0, b: 16, c: 48 },
    64,
  ],
  ["and so they are of vectors of four", { a: "array<vec4u, 3>", b: "vec2f" }, { a: 0, b: 48 }, 64],
];

describe("a uniform struct", () => {
  it.each(LAYOUTS)("%s", (_, fields, offsets, sizeBytes) => {
    const struct = uniformStruct(fields);
    expect(struct.offsets).toEqual(offsets);
    expect(struct.sizeBytes).toBe(sizeBytes);
  });

  it("declares its fields in order, flags as words", () => {
    const struct = uniformStruct({ count: "u32", last: "flag", key: "vec2u" });
    expect(struct.declare("dims", 3)).toBe(
      "struct Dims {\n  count: u32,\n  last: u32,\n  key: vec2u,\n}\n@group(0) @binding(3) var<uniform> dims: Dims;\n",
    );
  });

  it("writes values at its fields' offsets, and nothing else", () => {
    const struct = uniformStruct({ a: "i32", b: "vec2f", c: "flag", d: "u32" });
    const view = new DataView(new ArrayBuffer(4 + struct.sizeBytes + 4));
    for (let at = 0; at < view.byteLength; at += 1) view.setUint8(at, 0xee);
    struct.write({ a: -2, b: [0.1, 2], c: true, d: 2 ** 32 - 1 }, view, 4);
    const words = Array.from({ length: view.byteLength / 4 }, (_, word) => view.getUint32(4 * word, true));
    const float = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0];
    const untouched = 0xeeeeeeee;
    expect(words).toEqual([
      ...[untouched, 0xfffffffe, untouched, float(0.1), float(2)],
      ...[1, 0xffffffff, untouched],
    ]);
  });

  it("refuses what no uniform buffer holds, a missing value and one of another length", () => {
    for (const type of ["bool", "f16", "vec5f", "array<f32, 4>", "array<vec2f, 4>", "array<vec4f, 0>"]) {
      expect(() => uniformStruct({ a: type as FieldType }), type).toThrow(/a uniform struct has no/);
    }
    const struct = uniformStruct({ a: "u32", b: "vec2u" });
    const view = new DataView(new ArrayBuffer(struct.sizeBytes));
    expect(() => struct.write({ a: 1 } as unknown as ValuesOf<{ a: "u32"; b: "vec2u" }>, view, 0)).toThrow(
      /the uniform b is missing/,
    );
    expect(() => struct.write({ a: 1, b: [1, 2, 3] as unknown as [number, number] }, view, 0)).toThrow(
      /2 elements was given 3/,
    );
  });
});

const device = (await nodeDevices().list()).find(({ available }) => available);
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

describe("a shader reads what was written:", () => {
  const every = {
    ...({ a: "u32", b: "vec3f", c: "f32", d: "vec2i" } as const),
    ...({ e: "flag", f: "vec4u", g: "array<vec3u, 2>", h: "i32", i: "array<vec4f, 2>" } as const),
  } satisfies Fields;
  const sums: readonly (readonly [string, number])[] = [
    ["f32(dims.a)", 7],
    ["dims.b.x + 10 * dims.b.y + 100 * dims.b.z", 321],
    ["dims.c", 0.5],
    ["f32(dims.d.x + 10 * dims.d.y)", -21],
    ["f32(dims.e)", 1],
    ["f32(dims.f.x + 10 * dims.f.y + 100 * dims.f.z + 1000 * dims.f.w)", 4321],
    ["f32(dims.g[0].z + 10 * dims.g[1].x)", 43],
    ["f32(dims.h)", -9],
    ["dims.i[0].w + 10 * dims.i[1].x", 54],
  ];

  it.for(sums)("%s", async ([expression, expected], { skip }) => {
    if (context === undefined) return lacking("webgpu", "there is no adapter", skip);
    const struct = uniformStruct(every);
    const view = new DataView(new ArrayBuffer(struct.sizeBytes));
    const values: ValuesOf<typeof every> = {
      ...{ a: 7, b: [1, 2, 3], c: 0.5, d: [-1, -2], e: true, f: [1, 2, 3, 4] },
      ...{
        g: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        h: -9,
        i: [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ],
      },
    };
    struct.write(values, view, 0);
    expect(await evaluated(context.device, struct.declare("dims", 0), expression, view)).toBe(expected);
    return undefined;
  });
});

/** What a shader with this declaration makes of an expression. */
async function evaluated(
  device: GPUDevice,
  declaration: string,
  expression: string,
  bytes: DataView<ArrayBuffer>,
): Promise<number | undefined> {
  const code = `${declaration}
    @group(0) @binding(1) var<storage, read_write> result: array<f32>;
    @compute @workgroup_size(1) fn main() { result[0] = ${expression}; }`;
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const { uniform, storage, copyTarget, copySource, mapRead } = BUFFER_USAGE;
  const uniforms = device.createBuffer({ size: bytes.byteLength, usage: uniform | copyTarget });
  const result = device.createBuffer({ size: 16, usage: storage | copySource });
  const read = device.createBuffer({ size: 16, usage: mapRead | copyTarget });
  device.queue.writeBuffer(uniforms, 0, bytes.buffer);
  const entries = [uniforms, result].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(result, 0, read, 0, 16);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(MAP_READ);
  return new Float32Array(read.getMappedRange())[0];
}
