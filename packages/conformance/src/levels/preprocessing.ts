import type { ImageFormat } from "@nin/backend";
import { resizeImages } from "@nin/data";
import { at, type Preprocessing, perChannel } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkEqual } from "../check/check.js";
import { checkShape } from "../check/tensors.js";
import { architectureOf, type ImageShape, randomBytes } from "../networks/inputs.js";

type Size = readonly [height: number, width: number];

interface ResizeCase {
  readonly from: Size;
  readonly to: Size;
  readonly quick: boolean;
}

const RESIZES: readonly ResizeCase[] = [
  { from: [28, 28], to: [224, 224], quick: true },
  { from: [28, 28], to: [28, 28], quick: true },
  { from: [28, 28], to: [32, 32], quick: true },
  { from: [28, 28], to: [27, 27], quick: true },
  { from: [28, 28], to: [9, 9], quick: false },
  { from: [28, 28], to: [1, 1], quick: false },
  { from: [1, 1], to: [5, 6], quick: false },
  { from: [7, 5], to: [12, 5], quick: true },
  { from: [7, 5], to: [7, 3], quick: true },
  { from: [5, 12], to: [11, 8], quick: false },
  { from: [3, 1000], to: [4, 331], quick: false },
];

/** The resize: every byte, and its value between 0 and 1. */
export function resizeCases(): readonly ConformanceCase[] {
  return RESIZES.map(({ from, to, quick }) => ({
    id: caseId("preprocessing", "resize", "bilinear", { from, to }),
    plan: "resized bytes are those of Pillow, bit for bit, and become x/255 in float32 within one ulp",
    source: from[0] === 28 && to[0] === 224 ? "PIL: the tutorial's formula" : "PIL, by @nin/data's resize",
    quick,
    run: (context) => compareResize(context, from, to),
  }));
}

async function compareResize(context: CaseContext, from: Size, to: Size): Promise<void> {
  const format = { channels: 1, height: from[0], width: from[1], preprocessing: { mean: 0, std: 1 } };
  const bytes = testImages(format);
  const expected = from[0] === 28 && to[0] === 224 ? tutorialResize(bytes) : pillowResize(bytes, from, to);
  const actual = await preprocessed(context, bytes, format, [1, ...to]);
  checkEqual(
    [...actual].map((value) => Math.round(value * 255)),
    [...expected],
    "resized bytes",
  );
  actual.forEach((value, index) => {
    const byte = at(expected, index);
    check(isWithinUlp(value, byte / 255), `value of byte ${byte}: expected ${byte / 255}, got ${value}`);
  });
}

function pillowResize(bytes: Uint8Array, from: Size, to: Size): Uint8Array {
  const sizeOf = ([height, width]: Size) => ({ height, width });
  return resizeImages(bytes, sizeOf(from), sizeOf(to));
}

/**
 * From 28 to 224, along the width first: for output o, `s = 2o - 7; i = floor(s/16); f = s - 16i`, the neighbours i and
 * i+1 clamped to 0..27, `((16-f)*a + f*b + 8) >> 4`.
 */
function tutorialResize(images: Uint8Array): Uint8Array {
  const planes = images.length / 28 ** 2;
  const widened = stretched(images, planes * 28, 1);
  return stretched(widened, planes, 224);
}

/** Stretches an axis of 28 elements in each of `lines`; they are `inner` apart. */
function stretched(source: Uint8Array, lines: number, inner: number): Uint8Array {
  const target = new Uint8Array(lines * 224 * inner);
  for (let line = 0; line < lines; line += 1) {
    for (let o = 0; o < 224; o += 1) {
      const s = 2 * o - 7;
      const i = Math.floor(s / 16);
      const f = s - 16 * i;
      const offset = (neighbour: number): number =>
        (line * 28 + Math.min(27, Math.max(0, neighbour))) * inner;
      for (let x = 0; x < inner; x += 1) {
        const [a, b] = [at(source, offset(i) + x), at(source, offset(i + 1) + x)];
        target[(line * 224 + o) * inner + x] = ((16 - f) * a + f * b + 8) >> 4;
      }
    }
  }
  return target;
}

/** Within one float32 ulp of a value between 0 and 1. */
function isWithinUlp(value: number, exact: number): boolean {
  const exponent = exact === 0 ? -126 : Math.floor(Math.log2(exact));
  return Math.abs(value - exact) <= 2 ** (exponent - 23);
}

const NEUTRAL: Preprocessing = { mean: 0, std: 1 };
const MEAN = [0.25, 0.5, 0.1];
const STD = [0.5, 2, 0.3];
const SOURCE_SIZE = { height: 6, width: 5 };
const TARGET_SIZE = { height: 8, width: 8 };
const PLANE = TARGET_SIZE.height * TARGET_SIZE.width;

const CASES: readonly (readonly [name: string, channels: number, preprocessing: Preprocessing])[] = [
  ["one-repeated", 1, NEUTRAL],
  ["one-repeated-normalized-apart", 1, { mean: MEAN, std: STD }],
  ["three", 3, NEUTRAL],
  ["three-normalized-apart", 3, { mean: MEAN, std: STD }],
  ["three-normalized-alike", 3, { mean: 0.3, std: 0.4 }],
  ["mean-alone", 3, { mean: MEAN, std: 1 }],
  ["deviation-alone", 3, { mean: 0, std: STD }],
];

/** The normalization of channels. */
export function channelCases(): readonly ConformanceCase[] {
  return CASES.map(([name, channels, preprocessing]) => ({
    id: caseId("preprocessing", "channels", name),
    plan: "each of three channels becomes (x/255 - mean)/std, with its own mean and standard deviation",
    source: "design rule",
    quick: true,
    run: (context) => compareChannels(context, { channels, ...SOURCE_SIZE, preprocessing }),
  }));
}

async function compareChannels(context: CaseContext, format: ImageFormat): Promise<void> {
  const bytes = testImages(format);
  const planes = resizeImages(bytes, SOURCE_SIZE, TARGET_SIZE);
  const mean = perChannel(format.preprocessing.mean, 3, "mean");
  const std = perChannel(format.preprocessing.std, 3, "std");
  const actual = await preprocessed(context, bytes, format, [3, TARGET_SIZE.height, TARGET_SIZE.width]);
  actual.forEach((value, index) => {
    const [image, channel] = [Math.floor(index / (3 * PLANE)), Math.floor(index / PLANE) % 3];
    const pixel = index % PLANE;
    const plane = format.channels === 1 ? image : image * 3 + channel;
    const x = at(planes, plane * PLANE + pixel) / 255;
    const [m, s] = [at(mean, channel), at(std, channel)];
    // One rounding each of x, the mean, their difference and the quotient.
    const allowed = (2 ** -23 * (x + Math.abs(m))) / s;
    const error = Math.abs(value - (x - m) / s);
    check(
      error <= allowed,
      `image ${image}, channel ${channel}, pixel ${pixel}: expected ${(x - m) / s}, got ${value}; error ${error.toExponential(2)}, allowed ${allowed.toExponential(2)}`,
    );
  });
}

/** The images of every case: random, hardest for sums, and white. */
const IMAGES = 3;

/** Random bytes; alternating black and white, which have the largest sums; all white. */
function testImages({ channels, height, width }: ImageFormat): Uint8Array {
  const imageBytes = channels * height * width;
  const extremes = Uint8Array.from({ length: imageBytes }, (_, i) => ((i + Math.floor(i / width)) % 2) * 255);
  return Uint8Array.of(...randomBytes(imageBytes, 1), ...extremes, ...new Uint8Array(imageBytes).fill(255));
}

/** The input of a network as the backend preprocesses it: the output of a network that only flattens it. */
async function preprocessed(
  context: CaseContext,
  images: Uint8Array,
  format: ImageFormat,
  input: ImageShape,
): Promise<Float32Array> {
  const architecture = architectureOf(input, [{ kind: "flatten" }], "identity");
  const model = await context.compile(architecture, { maxBatch: IMAGES, imageFormat: format });
  const scores = await model.predict({ images });
  checkShape(scores, [IMAGES, input[0] * input[1] * input[2]], "preprocessed images");
  return Float32Array.from(scores.data);
}
