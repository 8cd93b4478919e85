import type { MixedFactors, Precision } from "@nin/backend";
import { loadBackend } from "@nin/registry";
import { at } from "@nin/spec";
import {
  type BrowserOptions,
  browserTargets,
  requireBrowserImplementations,
} from "../browser/browser-targets.js";
import { BenchError } from "../protocol/errors.js";
import type { ImplementationCommand } from "../protocol/implementation-process.js";
import type { CheckDropout, Mode } from "../protocol/messages.js";
import type { BrowserEnvironment } from "../result/environment.js";
import { backendTargets, CONVOLUTION_VARIABLE } from "./backends.js";
import { type BaselineOptions, baselineTargets, requireBaselines } from "./baselines.js";
import { checkoutTargets } from "./checkout.js";

/** A program that can be measured. */
export interface Implementation {
  /** `onnxruntime:cpu`, `pytorch:channels-last`. */
  readonly id: string;
  /** What it is, in words. */
  readonly name: string;
  /** One of this repository's backends, or a baseline that they are compared with. */
  readonly kind: "backend" | "baseline";
  /** What it computes on: `cpu`, `lavapipe`, `cuda`. Implementations on the same hardware share its ceilings. */
  readonly hardware: string;
  readonly modes: readonly Mode[];
  readonly precisions: readonly Precision[];
  /** What its mixed precision rounds factors to; `float16` by default. */
  readonly mixedFactors?: MixedFactors;
  /** How it samples dropout in the correctness check. */
  readonly dropout: CheckDropout;
  /** Whether it rounds the factors of float32 products to TF32, for which the tolerances are those of 16 bits. */
  readonly tf32?: boolean;
  readonly command: ImplementationCommand;
}

/** Something that was asked for, or could have been, and cannot be measured here. */
export interface Absent {
  readonly what: string;
  readonly why: string;
}

/** What is measured, and what is not. */
export interface Targets {
  readonly implementations: readonly Implementation[];
  readonly absent: readonly Absent[];
  /** The browser in which some of them are measured. */
  readonly browser?: BrowserEnvironment;
}

/** Which implementations are asked for. */
export interface TargetOptions extends BaselineOptions {
  /** `ID` or `ID:DEVICE`; by default every usable device. */
  readonly backends?: readonly string[];
  /** The folder of another checkout of this repository, whose builds of the same backends are measured too. */
  readonly checkout?: string;
  /** Whether backends that have fast convolutions are measured with them too. */
  readonly fast?: boolean;
  /** Implementations in a browser, which are measured too. */
  readonly browser?: BrowserOptions;
}

/**
 * Finds everything that can be measured here, backends first. Reports no progress before what was asked for is
 * known to be there.
 *
 * @throws `BenchError` for an unknown backend or baseline, for a checkout without a build, and where nothing can be measured
 */
export async function findTargets(options: TargetOptions, report: (doing: string) => void): Promise<Targets> {
  requireBaselines(options.baselines);
  if (options.browser !== undefined) requireBrowserImplementations(options.browser);
  const nothing: Targets = { implementations: [], absent: [] };
  const isInNode = options.browser?.only !== true;
  const { implementations, absent } = isInNode ? await backendTargets(options.backends ?? []) : nothing;
  const products = options.tf32 === true ? implementations.flatMap(withTf32) : implementations;
  const backends =
    options.fast === true ? (await Promise.all(products.map(withFastConvolutions))).flat() : products;
  const checkout = await checkoutTargets(options.checkout, backends);
  const browser = options.browser === undefined ? nothing : await browserTargets(options.browser);
  const hasOthers =
    options.python !== undefined || options.tfjs !== undefined || options.browser !== undefined;
  if (!hasOthers) requireAny({ implementations, absent });
  report("backends");
  const baselines = isInNode ? await baselineTargets(options, report) : nothing;
  const targets = {
    ...browser,
    implementations: [...backends, ...checkout, ...browser.implementations, ...baselines.implementations],
    absent: [...absent, ...browser.absent, ...baselines.absent],
  };
  requireAny(targets);
  const lacksTf32 = options.tf32 === true && !targets.implementations.some(({ tf32 }) => tf32 === true);
  const lacksFast = options.fast === true && !targets.implementations.some(({ id }) => id.endsWith(FAST));
  const lacking = [
    ...(lacksTf32
      ? [{ what: "TF32", why: "none of the measured implementations computes with NVIDIA's libraries" }]
      : []),
    ...(lacksFast ? [{ what: "fast convolutions", why: "none of the measured backends has them" }] : []),
  ];
  return { ...targets, absent: [...targets.absent, ...lacking] };
}

/**
 * A backend, and where it computes with NVIDIA's libraries the same with TF32 products: these libraries read the
 * choice from the environment.
 */
export function withTf32(backend: Implementation): readonly Implementation[] {
  const { id, name, hardware, command } = backend;
  if (hardware !== "cuda") return [backend];
  const env = { ...command.env, NVIDIA_TF32_OVERRIDE: "1" };
  const tf32 = { ...backend, id: `${id}-tf32`, name: `${name}, TF32`, tf32: true };
  return [backend, { ...tf32, command: { ...command, env } }];
}

const FAST = "-fast";

/** A backend, and where it has fast convolutions the same with these, which its process reads from the environment. */
async function withFastConvolutions(implementation: Implementation): Promise<readonly Implementation[]> {
  const { id, name, command } = implementation;
  const backend = await loadBackend(at(id.split(":"), 0));
  if (backend.capabilities?.convolutions?.includes("fast") !== true) return [implementation];
  const env = { ...command.env, [CONVOLUTION_VARIABLE]: "fast" };
  const fast = { id: `${id}${FAST}`, name: `${name}, fast convolutions`, command: { ...command, env } };
  return [implementation, { ...implementation, ...fast, precisions: ["f32"] }];
}

function requireAny({ implementations, absent }: Targets): void {
  if (implementations.length > 0) return;
  const reasons = absent.map(({ what, why }) => `${what}: ${why}`).join("; ");
  throw new BenchError(`backend: none of those asked for can be measured here: ${reasons}`);
}
