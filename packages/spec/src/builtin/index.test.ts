import { describe, expect, test } from "vitest";
import { parseArchitecture, requireClasses } from "../architecture/architecture.js";
import { namedParameters } from "../architecture/shapes.js";
import { summarize } from "../architecture/summary.js";
import type { Layer } from "../layers/index.js";
import { pytorchArchitectures } from "../testing/fixtures.js";
import { builtinArchitecture, builtinArchitectures } from "./index.js";

const outputsOf = (reference: string): string[] =>
  summarize(builtinArchitecture(reference)).layers.map(({ outputShape }) => outputShape.slice(1).join("x"));

describe("the networks as published", () => {
  test.each([
    [
      "nin",
      1_992_166,
      762_297_352,
      "96x54x54 96x26x26 256x26x26 256x12x12 384x12x12 384x5x5 384x5x5 10x5x5 10x1x1 10",
    ],
    [
      "nin?head=linear",
      1_994_676,
      762_299_852,
      "96x54x54 96x26x26 256x26x26 256x12x12 384x12x12 384x5x5 384x5x5 10x5x5 250 10",
    ],
    ["nin-mnist", 349_674, 50_699_712, "48x28x28 48x14x14 48x14x14 48x14x14 48x7x7 48x7x7 10x7x7 10x1x1 10"],
    [
      "nin-cifar10",
      966_986,
      222_486_528,
      "96x32x32 96x16x16 96x16x16 192x16x16 192x8x8 192x8x8 10x8x8 10x1x1 10",
    ],
    [
      "nin-imagenet",
      7_595_176,
      1_100_188_800,
      "96x54x54 96x27x27 256x27x27 256x13x13 384x13x13 384x6x6 384x6x6 1000x6x6 1000x1x1 1000",
    ],
    [
      "alexnet",
      46_764_746,
      938_146_176,
      "96x54x54 96x54x54 96x26x26 256x26x26 256x26x26 256x12x12 384x12x12 384x12x12 384x12x12 384x12x12 256x12x12 256x12x12 256x5x5 6400 4096 4096 4096 4096 4096 4096 10",
    ],
    [
      "vgg11",
      128_806_154,
      7_547_232_256,
      "64x224x224 64x224x224 64x112x112 128x112x112 128x112x112 128x56x56 256x56x56 256x56x56 256x56x56 256x56x56 256x28x28 512x28x28 512x28x28 512x28x28 512x28x28 512x14x14 512x14x14 512x14x14 512x14x14 512x14x14 512x7x7 25088 4096 4096 4096 4096 4096 4096 10",
    ],
  ])("%s: %d parameters, %d MACs, %s", (reference, parameters, macs, outputs) => {
    expect(summarize(builtinArchitecture(reference))).toMatchObject({ parameters, macs });
    expect(outputsOf(reference).join(" ")).toBe(outputs);
  });

  test.each(pytorchArchitectures.builtins)(
    "$reference is PyTorch's",
    ({ reference, shapes, parameters, macs }) => {
      const architecture = builtinArchitecture(reference);
      const summary = summarize(architecture);
      const named = namedParameters(architecture).map(({ name, shape }) => [name, shape]);
      expect(summary.layers.map(({ outputShape }) => outputShape)).toEqual(shapes);
      expect(named).toEqual(Object.entries(parameters));
      expect(summary.macs).toBe(macs);
    },
  );
});

/** A layer in the words of the papers: `block 96 k5 s1 p2 mlp 64,48`. */
function inWords(layer: Layer): string {
  switch (layer.kind) {
    case "ninBlock": {
      const { outChannels, kernelSize, stride, padding, mlpChannels, mlpKernelSize } = layer;
      const mlp = `mlp ${mlpChannels} k${mlpKernelSize}`;
      return `block ${outChannels} k${kernelSize} s${stride} p${padding} ${mlp}`;
    }
    case "maxPool2d":
    case "avgPool2d":
      return `${layer.kind} ${layer.kernelSize}/${layer.stride} p${layer.padding}${layer.ceilMode ? " ceil" : ""}`;
    case "dropout":
      return `dropout ${layer.rate}`;
    default:
      return layer.kind;
  }
}

test.each([
  [
    "nin",
    [
      "block 96 k11,11 s4,4 p0,0 mlp 96,96 k1,1",
      "maxPool2d 3,3/2,2 p0,0",
      "block 256 k5,5 s1,1 p2,2 mlp 256,256 k1,1",
      "maxPool2d 3,3/2,2 p0,0",
      "block 384 k3,3 s1,1 p1,1 mlp 384,384 k1,1",
      "maxPool2d 3,3/2,2 p0,0",
      "dropout 0.5",
      "block 10 k3,3 s1,1 p1,1 mlp 10,10 k1,1",
    ],
  ],
  [
    "nin-mnist",
    [
      "block 96 k5,5 s1,1 p2,2 mlp 64,48 k1,1",
      "maxPool2d 3,3/2,2 p0,0 ceil",
      "dropout 0.5",
      "block 128 k5,5 s1,1 p2,2 mlp 96,48 k1,1",
      "maxPool2d 3,3/2,2 p0,0 ceil",
      "dropout 0.5",
      "block 128 k5,5 s1,1 p2,2 mlp 96,10 k1,1",
    ],
  ],
  [
    "nin-cifar10",
    [
      "block 192 k5,5 s1,1 p2,2 mlp 160,96 k1,1",
      "maxPool2d 3,3/2,2 p0,0 ceil",
      "dropout 0.5",
      "block 192 k5,5 s1,1 p2,2 mlp 192,192 k1,1",
      "avgPool2d 3,3/2,2 p0,0 ceil",
      "dropout 0.5",
      "block 192 k3,3 s1,1 p1,1 mlp 192,10 k1,1",
    ],
  ],
  [
    "nin-imagenet",
    [
      "block 96 k11,11 s4,4 p0,0 mlp 96,96 k1,1",
      "maxPool2d 3,3/2,2 p0,0 ceil",
      "block 256 k5,5 s1,1 p2,2 mlp 256,256 k1,1",
      "maxPool2d 3,3/2,2 p0,0 ceil",
      "block 384 k3,3 s1,1 p1,1 mlp 384,384 k1,1",
      "maxPool2d 3,3/2,2 p0,0 ceil",
      "dropout 0.5",
      "block 1024 k3,3 s1,1 p1,1 mlp 1024,1000 k1,1",
    ],
  ],
])("%s has the published layers", (name, layers) => {
  expect(builtinArchitecture(name).layers.map(inWords)).toEqual([...layers, "globalAvgPool2d", "flatten"]);
});

describe("options", () => {
  test.each([0, 1, 2, 3, 4])("nin?mlpConvs=%d has that many in every block", (mlpConvs) => {
    const blocks = builtinArchitecture(`nin?mlpConvs=${mlpConvs}`).layers.filter(
      ({ kind }) => kind === "ninBlock",
    );
    expect(blocks.map((block) => "mlpChannels" in block && block.mlpChannels)).toEqual(
      [96, 256, 384, 10].map((channels) => new Array(mlpConvs).fill(channels)),
    );
  });

  test.each([
    [0, [[48], [48], [10]]],
    [
      1,
      [
        [96, 48],
        [128, 48],
        [128, 10],
      ],
    ],
    [
      2,
      [
        [96, 64, 48],
        [128, 96, 48],
        [128, 96, 10],
      ],
    ],
    [
      4,
      [
        [96, 64, 64, 64, 48],
        [128, 96, 96, 96, 48],
        [128, 96, 96, 96, 10],
      ],
    ],
  ])("nin-mnist?mlpConvs=%d keeps the blocks' output channels", (mlpConvs, widths) => {
    const { layers } = builtinArchitecture(`nin-mnist?mlpConvs=${mlpConvs}`);
    const blocks = layers.flatMap((layer) => (layer.kind === "ninBlock" ? [layer] : []));
    expect(blocks.map(({ outChannels, mlpChannels }) => [outChannels, ...mlpChannels])).toEqual(widths);
  });

  test("nin-mnist has the tutorial's other kernel and head", () => {
    const { layers } = builtinArchitecture("nin-mnist?mlpKernelSize=3&head=linear");
    expect(layers[0]).toMatchObject({ mlpKernelSize: [3, 3] });
    expect(layers.slice(-2)).toMatchObject([{ kind: "flatten" }, { kind: "linear", outFeatures: 10 }]);
  });

  test.each(["alexnet?size=65", "vgg11?size=32"])("%s is the smallest that its pools allow", (reference) => {
    expect(builtinArchitecture(reference).input.height).toBe(Number(reference.split("=")[1]));
    const [name, size] = reference.split("?size=");
    const smaller = () => summarize(builtinArchitecture(`${name}?size=${Number(size) - 1}`));
    expect(smaller).toThrow();
  });

  test("the defaults may be written out", () => {
    const { name, ...content } = builtinArchitecture(
      "nin?mlpConvs=2&mlpKernelSize=1&head=gap&classes=10&channels=1&size=224",
    );
    expect({ ...content, name: "nin" }).toEqual(builtinArchitecture("nin"));
    expect(name).toBe("nin?channels=1&classes=10&head=gap&mlpConvs=2&mlpKernelSize=1&size=224");
  });

  test("the name has the options given, in one order", () => {
    expect(builtinArchitecture("nin?size=96&mlpConvs=3").name).toBe("nin?mlpConvs=3&size=96");
    expect(builtinArchitecture("nin-mnist").name).toBe("nin-mnist");
  });

  test.each(builtinArchitectures)("$name takes classes, channels and size, and is plain JSON", ({ name }) => {
    const architecture = builtinArchitecture(`${name}?classes=7&channels=2&size=100`);
    expect(architecture.input).toEqual({ channels: 2, height: 100, width: 100 });
    expect(() => requireClasses(architecture, 7)).not.toThrow();
    expect(parseArchitecture(JSON.parse(JSON.stringify(architecture)))).toEqual(architecture);
  });
});

test.each([
  [
    "lenet",
    'model: expected one of nin, nin-mnist, nin-cifar10, nin-imagenet, alexnet, vgg11, nin-xs, nin-s, nin-m, nin-l, nin-xl, got "lenet"',
  ],
  [
    "",
    'model: expected one of nin, nin-mnist, nin-cifar10, nin-imagenet, alexnet, vgg11, nin-xs, nin-s, nin-m, nin-l, nin-xl, got ""',
  ],
  [
    "nin?foo=1",
    "nin?foo: unknown option; expected one of mlpConvs, mlpKernelSize, head, classes, channels, size",
  ],
  ["nin-cifar10?mlpConvs=1", "nin-cifar10?mlpConvs: unknown option; expected one of classes, channels, size"],
  ["nin?", 'nin: expected options written name=value, joined by &, got ""'],
  ["nin?mlpConvs", 'nin: expected options written name=value, joined by &, got "mlpConvs"'],
  ["nin?mlpConvs=", 'nin: expected options written name=value, joined by &, got "mlpConvs="'],
  ["nin?mlpConvs=1&", 'nin: expected options written name=value, joined by &, got ""'],
  ["nin?mlpConvs=1&mlpConvs=2", 'nin?mlpConvs: expected one value, got ["1","2"]'],
  ["nin?mlpConvs=5", 'nin?mlpConvs: expected an integer from 0 to 4, got "5"'],
  ["nin?mlpConvs=-1", 'nin?mlpConvs: expected an integer from 0 to 4, got "-1"'],
  ["nin?mlpConvs=1.5", 'nin?mlpConvs: expected an integer from 0 to 4, got "1.5"'],
  ["nin?mlpKernelSize=2", 'nin?mlpKernelSize: expected one of 1, 3, got "2"'],
  ["nin?head=mlp", 'nin?head: expected one of gap, linear, got "mlp"'],
  ["nin?classes=0", 'nin?classes: expected an integer from 1 to 16777216, got "0"'],
  ["nin?size=1e3", 'nin?size: expected an integer from 1 to 16777216, got "1e3"'],
  ["nin?size=28", "layers[3].kernelSize: expected at most the padded input's 2, got 3"],
])("%s is refused: %s", (reference, message) => {
  expect(() => builtinArchitecture(reference)).toThrow(
    expect.objectContaining({ message, code: "NIN_SPEC" }),
  );
});
