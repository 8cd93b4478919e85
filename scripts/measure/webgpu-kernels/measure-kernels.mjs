import { readBuffer, writeBytes } from "../../../packages/backend-webgpu/dist/device/buffers.js";
import { INFERENCE, packStepUniforms } from "../../../packages/backend-webgpu/dist/kernels/step-uniforms.js";
import { tensorBuffer } from "../../../packages/backend-webgpu/dist/program/program.js";
import { Engine } from "../../../packages/backend-webgpu/dist/runtime/engine.js";
import { builtinRecipe, initialParameters } from "../../../packages/spec/dist/index.js";
import { bytesOf, flopsOf } from "./work.mjs";

/** `GPUBufferUsage`'s bits, no global in Node. */
const QUERY_RESOLVE = 0x0200;
const COPY_SOURCE = 0x0004;

const NOISE = noise(2 ** 20);

/**
 * Each kernel of a micro-batch's forward and backward pass alone, by the device's own clock.
 *
 * @param options `{ batch, precision, rounds, kernels?, tuning? }`: `kernels` are used instead of the
 *   adapter's own; with `tuning`, a store, the fastest are searched for
 * @returns `{ images, memory, totalMs, kernels, byKernel }`; the times are medians of the rounds
 */
export async function measureKernels(context, architecture, { batch, rounds, ...options }) {
  const engine = new Engine(context, architecture, { maxBatch: batch, ...options });
  try {
    await engine.tune();
    const images = engine.microBatchSize;
    const stage = await engine.stage("training");
    prepare(engine, stage, architecture, images);
    const clock = clockOf(context, stage, images);
    const measured = [];
    for (let round = 0; round <= rounds; round += 1) {
      // Anew each time: the memory plan gives its buffer to others.
      fillInput(context, stage);
      measured.push(await clock.measure());
    }
    clock.dispose();
    const kernels = stage.commands.map((command, index) =>
      kernelOf(command, timesOf(measured.slice(1), index), { engine, images }),
    );
    const totalMs = kernels.reduce((sum, { ms }) => sum + ms, 0);
    return { images, memory: memoryOf(stage, engine), totalMs, byKernel: byName(kernels), kernels };
  } finally {
    await engine.dispose();
  }
}

/** Weights, labels and what the step's kernels are told. */
function prepare(engine, stage, architecture, images) {
  const { device } = engine.context;
  const { init } = builtinRecipe("robust");
  const parameters = engine.parameters.pack(initialParameters(architecture, init, 0));
  writeBytes(device, engine.persistent.ensure("parameters", 0), parameters);
  const labels = Uint32Array.from({ length: images }, (_, image) => image % engine.classes);
  writeBytes(device, engine.persistent.ensure("labels", 0), labels);
  const run = {
    ...INFERENCE,
    ...{ imageCount: images, firstImage: 0, batchSize: images, accumulate: false, training: true },
    gradientScale: engine.gradientScale(images),
  };
  device.queue.writeBuffer(engine.stepUniforms, 0, packStepUniforms([run]));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  stage.prologueProgram.encode(pass, images, 0);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** On zeros a card can be faster than on anything else. */
function fillInput({ device }, { network, plan, tensors }) {
  const { tensor } = network.input;
  const buffer = tensorBuffer(tensor, plan, tensors);
  for (let at = 0; at < tensor.sizeBytes; at += NOISE.byteLength) {
    const bytes = new Uint8Array(NOISE.buffer, 0, Math.min(NOISE.byteLength, tensor.sizeBytes - at));
    device.queue.writeBuffer(buffer, at, bytes);
  }
}

/** Numbers in [0, 1). */
function noise(length) {
  const drawn = new Float32Array(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    drawn[at] = state / 2 ** 32;
  }
  return drawn;
}

/** Times every command in a pass of its own. Units: ms. */
function clockOf(context, { commands, mainProgram }, images) {
  const { device } = context;
  const count = commands.length;
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * count });
  const resolved = device.createBuffer({ size: 16 * count, usage: QUERY_RESOLVE | COPY_SOURCE });
  const passOf = (encoder, index) =>
    encoder.beginComputePass({
      timestampWrites: {
        querySet,
        beginningOfPassWriteIndex: 2 * index,
        endOfPassWriteIndex: 2 * index + 1,
      },
    });
  return {
    async measure() {
      const encoder = device.createCommandEncoder();
      mainProgram.encodeApart((index) => passOf(encoder, index), images);
      encoder.resolveQuerySet(querySet, 0, 2 * count, resolved, 0);
      device.queue.submit([encoder.finish()]);
      const stamps = new BigUint64Array(await readBuffer(context, resolved, 16 * count));
      context.throwFailure();
      return Array.from({ length: count }, (_, i) => Number(stamps[2 * i + 1] - stamps[2 * i]) / 1e6);
    },
    dispose() {
      querySet.destroy();
      resolved.destroy();
    },
  };
}

function timesOf(rounds, index) {
  return rounds.map((times) => times[index]).toSorted((a, b) => a - b);
}

function kernelOf(command, times, { engine, images }) {
  const { kernel, operands } = command;
  const result = operands[kernel.bindings.find(({ access }) => access === "write").name];
  return {
    kernel: kernel.name,
    writes: result.label ?? result.buffer,
    // The lower one of an even number: what disturbs a dispatch makes it longer.
    ms: times[(times.length - 1) >> 1],
    flops: flopsOf(command, images),
    bytes: bytesOf(command, (name) => engine.persistent.buffers[name].size),
  };
}

function byName(kernels) {
  const sum = (own, read) => own.reduce((total, one) => total + read(one), 0);
  return [...new Set(kernels.map(({ kernel }) => kernel))].map((kernel) => {
    const own = kernels.filter((one) => one.kernel === kernel);
    return {
      kernel,
      dispatches: own.length,
      ms: sum(own, ({ ms }) => ms),
      flops: sum(own, ({ flops }) => flops),
      bytes: sum(own, ({ bytes }) => bytes),
    };
  });
}

/** What a stage's tensors take, beside the most that is alive at once. */
function memoryOf({ plan }, { persistent }) {
  return {
    buffers: plan.bufferBytes.length,
    tensors: plan.bufferOf.size,
    tensorBytes: plan.bufferBytes.reduce((sum, bytes) => sum + bytes, 0),
    lowerBoundBytes: plan.lowerBoundBytes,
    regionBytes: persistent.sizeBytes,
  };
}
