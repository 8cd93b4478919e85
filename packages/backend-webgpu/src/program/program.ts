import { BUFFER_USAGE } from "../device/buffer-usage.js";
import type { GpuContext } from "../device/gpu-context.js";
import { STEP_UNIFORMS_SIZE_BYTES } from "../kernels/step-uniforms.js";
import type { Command, Operand, PersistentBufferName, TensorRef, Workgroups } from "./command.js";
import { isTensorRef, type MemoryPlan } from "./plan-memory.js";

/** Commands with their pipelines and buffers: ready to be encoded. */
export interface Program {
  /** Encodes the commands for a micro-batch whose run values begin at `stepOffset` bytes. */
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

/** A binding of dimensions must begin at a multiple of this. Units: bytes. */
const DIMS_STRIDE_BYTES = 256;

/** Most bytes of a kernel's dimensions. */
const DIMS_SIZE_BYTES = 64;

/** Makes the pipelines, all at once, and the bind groups. Throws: `RuntimeError` naming the pipeline. */
export async function linkProgram(
  context: GpuContext,
  commands: readonly Command[],
  buffers: ProgramBuffers,
): Promise<Program> {
  const pipelines = await Promise.all(
    commands.map(({ kernel, constants }) => context.pipeline(kernel, constants)),
  );
  const dims = dimsBuffer(context.device, commands);
  const linked = commands.map((command, index): LinkedCommand => {
    const pipeline = pipelines[index];
    if (pipeline === undefined) throw new Error("webgpu: a command without a pipeline");
    return {
      pipeline,
      bindGroup: context.device.createBindGroup({
        label: command.kernel.name,
        layout: context.layout(command.kernel.bindings),
        entries: [
          bound(0, { buffer: dims, offset: index * DIMS_STRIDE_BYTES, size: DIMS_SIZE_BYTES }),
          bound(1, { buffer: buffers.stepUniforms, size: STEP_UNIFORMS_SIZE_BYTES }),
          ...command.operands.map((operand, binding) => bound(binding + 2, rangeOf(operand, buffers))),
        ],
      }),
      workgroups: command.workgroups,
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
    dispose: () => dims.destroy(),
  };
}

/** Where an operand's bytes are. */
export function rangeOf(
  operand: Operand,
  { plan, tensors, persistent }: Omit<ProgramBuffers, "stepUniforms">,
): GPUBufferBinding {
  if (isTensorRef(operand)) {
    return { buffer: tensorBuffer(operand, plan, tensors), size: align(operand.sizeBytes) };
  }
  const buffer = persistent[operand.buffer];
  if (buffer === undefined) throw new Error(`webgpu: no buffer for ${operand.buffer}`);
  const { range } = operand;
  return range === undefined ? { buffer } : { buffer, offset: range.offset, size: range.sizeBytes };
}

export function tensorBuffer(tensor: TensorRef, plan: MemoryPlan, tensors: readonly GPUBuffer[]): GPUBuffer {
  const buffer = tensors[plan.bufferOf.get(tensor) ?? -1];
  if (buffer === undefined) throw new Error(`webgpu: no buffer for ${tensor.label}`);
  return buffer;
}

function dimsBuffer(device: GPUDevice, commands: readonly Command[]): GPUBuffer {
  const words = new Uint32Array((Math.max(1, commands.length) * DIMS_STRIDE_BYTES) / 4);
  commands.forEach(({ dims }, index) => {
    words.set(dims, (index * DIMS_STRIDE_BYTES) / 4);
  });
  const usage = BUFFER_USAGE.uniform | BUFFER_USAGE.copyTarget;
  const buffer = device.createBuffer({ label: "dims", size: words.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, words);
  return buffer;
}

function bound(binding: number, resource: GPUBufferBinding): GPUBindGroupEntry {
  return { binding, resource };
}

/** Storage bindings are made of whole vec4s. */
function align(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 16) * 16;
}
