import { totalmem } from "node:os";
import { NinError } from "@nin/backend";
import { type Architecture, at, elementCount, inferLayers, namedParameters, shownText } from "@nin/spec";
import { bytes } from "../terminal/format.js";

const FLOAT_BYTES = 4;

/** A network, or a batch, that this machine's memory cannot hold. */
export class MemoryError extends NinError {
  constructor(what: string, neededBytes: number, machineBytes: number) {
    super(
      "NIN_MEMORY",
      `${shownText(what)} need at least ${bytes(neededBytes)} of memory; this machine has ${bytes(machineBytes)}`,
    );
  }
}

/** What is in memory at the same time; one of each by default. */
export interface MemoryNeeds {
  /** Copies of all parameters: 2 with their gradients. */
  readonly copies?: number;
  /** Images whose scores are in memory. */
  readonly batch?: number;
  /** Images that are in memory in the size of the network's input, in float32. */
  readonly inputBatch?: number;
}

/** How much memory this process can use: the machine's, or a container's limit. Units: bytes. */
export function machineMemoryBytes(): number {
  const limit = process.constrainedMemory();
  // Without a limit it is 0, or more than any machine has.
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Refuses what cannot fit, before it is tried: Node ends without a message when memory runs out. What is counted is a
 * lower bound on what every backend allocates: copies of the parameters, and the batch's images and scores.
 *
 * @throws `MemoryError`
 */
export function requireMemory(
  architecture: Architecture,
  { copies = 1, batch = 1, inputBatch = 1 }: MemoryNeeds = {},
  machineBytes: number = machineMemoryBytes(),
): void {
  const { channels, height, width } = architecture.input;
  const parameters = namedParameters(architecture).reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const scores = elementCount(at(inferLayers(architecture), -1).outputShape);
  const ofParameters = FLOAT_BYTES * copies * parameters;
  // An image of a data set may be a byte a value, and smaller than the network's input.
  const ofImages = batch * channels + inputBatch * channels * height * width * FLOAT_BYTES;
  const ofBatch = ofImages + batch * FLOAT_BYTES * scores;
  if (ofParameters > machineBytes)
    throw new MemoryError(`the parameters of ${architecture.name}`, ofParameters, machineBytes);
  if (ofParameters + ofBatch <= machineBytes) return;
  const what = `the parameters of ${architecture.name} and a batch of ${batch}`;
  throw new MemoryError(what, ofParameters + ofBatch, machineBytes);
}
