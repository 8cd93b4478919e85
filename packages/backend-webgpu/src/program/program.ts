import { at, present } from "@nin/spec";
import { BUFFER_USAGE, STORAGE_MULTIPLE_BYTES, UNIFORM_ALIGNMENT_BYTES } from "../device/buffers.js";
import type { GpuContext } from "../device/gpu-context.js";
import { FIRST_STORAGE_BINDING } from "../device/kernel.js";
import { roundUp } from "../device/uniform-struct.js";
import type { Command, Operand, PersistentBufferName, TensorRef, Workgroups } from "./command.js";
import { isTensorRef, type MemoryPlan } from "./plan-memory.js";

/** Commands with their pipelines and buffers: ready to be encoded. */
export interface Program {
  /** Encodes the commands for a micro-batch whose step uniforms begin at `stepOffset` bytes. */
  encode(pass: GPUComputePassEncoder, imageCount: number, stepOffset: number): void;
  /** Encodes each command in a pass of its own, as `beginPass` makes it: for measuring. */
  encodeApart(beginPass: (index: number) => GPUComputePassEncoder, imageCount: number): void;
  dispose(): void;
}

/** Where a program's operands are. */
export interface ProgramBuffers {
  readonly plan: MemoryPlan;
  /** The plan's buffers. */
  readonly tensors: readonly GPUBuffer[];
  readonly persistent: Readonly<Partial<Record<PersistentBufferName, GPUBuffer>>>;
  readonly stepUniforms: GPUBuffer;
}

interface LinkedCommand {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  workgroups(imageCount: number): Workgroups;
}

/**
 * Makes the pipelines, all at once, and the bind groups.
 *
 * @throws `RuntimeError` naming the pipeline.
 */
export async function linkProgram(
  context: GpuContext,
  commands: readonly Command[],
  buffers: ProgramBuffers,
): Promise<Program> {
  const pipelines = await Promise.all(
    commands.map(({ kernel, constants }) => context.pipeline(kernel, constants)),
  );
  const dims = dimsOf(context.device, commands);
  const linked = commands.map((command, index): LinkedCommand => {
    const { kernel, operands, workgroups } = command;
    return {
      pipeline: at(pipelines, index),
      bindGroup: context.device.createBindGroup({
        label: kernel.name,
        layout: context.layout(kernel),
        entries: [
          ...(kernel.dims.sizeBytes > 0 ? [bound(0, dims.bindingOf(index))] : []),
          bound(1, { buffer: buffers.stepUniforms, size: kernel.stepUniforms.sizeBytes }),
          ...kernel.bindings.map(({ name }, binding) =>
            bound(
              binding + FIRST_STORAGE_BINDING,
              rangeOf(present(operands[name], `${kernel.name}'s operand ${name}`), buffers),
            ),
          ),
        ],
      }),
      workgroups,
    };
  });
  // Typed, because a list of offsets is read by JavaScript's iteration protocol each time.
  const offsets = new Uint32Array(1);
  const encodeOne = (
    pass: GPUComputePassEncoder,
    { pipeline, bindGroup, workgroups }: LinkedCommand,
    imageCount: number,
    stepOffset: number,
  ) => {
    offsets[0] = stepOffset;
    const [x, y, z] = workgroups(imageCount);
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup, offsets, 0, 1);
    pass.dispatchWorkgroups(x, y, z);
  };
  return {
    encode(pass, imageCount, stepOffset) {
      for (const command of linked) encodeOne(pass, command, imageCount, stepOffset);
    },
    encodeApart(beginPass, imageCount) {
      linked.forEach((command, index) => {
        const pass = beginPass(index);
        encodeOne(pass, command, imageCount, 0);
        pass.end();
      });
    },
    dispose: () => dims.buffer.destroy(),
  };
}

/** Where an operand's bytes are. */
function rangeOf(
  operand: Operand,
  { plan, tensors, persistent }: Omit<ProgramBuffers, "stepUniforms">,
): GPUBufferBinding {
  if (isTensorRef(operand)) {
    return {
      buffer: tensorBuffer(operand, plan, tensors),
      size: roundUp(operand.sizeBytes, STORAGE_MULTIPLE_BYTES),
    };
  }
  const buffer = present(persistent[operand.buffer], `the buffer of ${operand.buffer}`);
  const { range } = operand;
  return range === undefined ? { buffer } : { buffer, offset: range.offset, size: range.sizeBytes };
}

/** The buffer that a plan gives a tensor. */
export function tensorBuffer(tensor: TensorRef, plan: MemoryPlan, tensors: readonly GPUBuffer[]): GPUBuffer {
  return at(tensors, present(plan.bufferOf.get(tensor), `the buffer of ${tensor.label}`));
}

/** The dimensions of all commands, in one buffer. */
function dimsOf(device: GPUDevice, commands: readonly Command[]) {
  const sizes = commands.map(({ kernel }) => kernel.dims.sizeBytes);
  const strideBytes = roundUp(Math.max(1, ...sizes), UNIFORM_ALIGNMENT_BYTES);
  const bytes = new DataView(new ArrayBuffer(strideBytes * Math.max(1, commands.length)));
  commands.forEach(({ kernel, dims }, index) => {
    kernel.dims.write(dims, bytes, index * strideBytes);
  });
  const usage = BUFFER_USAGE.uniform | BUFFER_USAGE.copyTarget;
  const buffer = device.createBuffer({ label: "dims", size: bytes.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, bytes.buffer);
  const bindingOf = (index: number): GPUBufferBinding => ({
    buffer,
    offset: index * strideBytes,
    size: at(sizes, index),
  });
  return { buffer, bindingOf };
}

function bound(binding: number, resource: GPUBufferBinding): GPUBindGroupEntry {
  return { binding, resource };
}
