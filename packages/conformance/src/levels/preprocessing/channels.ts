import type { ImageFormat } from "@nin/backend";
import { resizeImages } from "@nin/data";
import { type Preprocessing, perChannel } from "@nin/spec";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { check } from "../../check/check.js";
import { IMAGES, preprocessed, testImages } from "./identity-network.js";

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

/** Channels, and their normalization. */
export function channelCases(): readonly ConformanceCase[] {
  return CASES.map(([name, channels, preprocessing]) => ({
    id: caseId("preprocessing", "channels", name),
    plan: "a network of three channels is given (x/255 - mean)/std of its own channel's mean and deviation",
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
  for (let at = 0; at < IMAGES * 3 * PLANE; at += 1) {
    const [image, channel, pixel] = [Math.floor(at / (3 * PLANE)), Math.floor(at / PLANE) % 3, at % PLANE];
    const plane = format.channels === 1 ? image : image * 3 + channel;
    const x = (planes[plane * PLANE + pixel] ?? 0) / 255;
    const [m, s] = [mean[channel] ?? 0, std[channel] ?? 1];
    // A rounding each of x, of the mean, of their difference and of the quotient.
    const allowed = (2 ** -23 * (x + Math.abs(m))) / s;
    const error = Math.abs((actual[at] ?? Number.NaN) - (x - m) / s);
    check(
      error <= allowed,
      `image ${image}, channel ${channel}, pixel ${pixel}: expected ${(x - m) / s}, got ${actual[at]}; error ${error.toExponential(2)}, allowed ${allowed.toExponential(2)}`,
    );
  }
}
