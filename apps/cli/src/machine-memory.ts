import { totalmem } from "node:os";
import { NinError } from "@nin/backend";
import { type Architecture, elementCount, inferLayers, namedParameters, shownText } from "@nin/spec";
import { bytes } from "./format.js";

const FLOAT_BYTES = 4;

/** A network, or a batch, that this machine's memory cannot hold. */
export class MemoryError extends NinError {
  constructor(what: string, neededBytes: number, machineBytes: number) {
    super(
      "NIN_MEMORY",
      `${shownText(what)} take at least ${bytes(neededBytes)} of memory; this machine has ${bytes(machineBytes)}`,
    );
  }
}

/** How much memory this process may use at most: the machine's, or a container's limit. Units: bytes. */
export function machineMemoryBytes(): number {
  const limit = process.constrainedMemory();
  // Without a limit it is 0, or more than any machine has.
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Refuses what cannot fit, before it is tried: Node ends without a word when memory runs out. What is counted is a
 * lower bound on what every backend allocates: the parameters, so many times, and the batch's images and scores.
 *
 * @throws `MemoryError`
 */
export function requireMemory(
  architecture: Architecture,
  { copies = 1, batch = 1 }: { readonly copies?: number; readonly batch?: number } = {},
  machineBytes: number = machineMemoryBytes(),
): void {
  const { channels, height, width } = architecture.input;
  const parameters = namedParameters(architecture).reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const scores = elementCount(inferLayers(architecture).at(-1)?.outputShape ?? []);
  const ofParameters = FLOAT_BYTES * copies * parameters;
  // An image may be a byte a value, and a data set's smaller than the network's input.
  const ofBatch = batch * (channels + FLOAT_BYTES * scores) + channels * height * width * FLOAT_BYTES;
  if (ofParameters > machineBytes)
    throw new MemoryError(`the parameters of ${architecture.name}`, ofParameters, machineBytes);
  if (ofParameters + ofBatch <= machineBytes) return;
  const what = `the parameters of ${architecture.name} and a batch of ${batch}`;
  throw new MemoryError(what, ofParameters + ofBatch, machineBytes);
}
