import { CallQueue, DeviceLostError, Memo, RuntimeError } from "@nin/backend";
import type { AdapterTraits } from "./adapter-traits.js";
import { type Constants, FIRST_STORAGE_BINDING, type Kernel } from "./kernel.js";

export const BACKEND = "webgpu";

/** How long after a failed call the loss of the device may become known. Units: milliseconds. */
const LOSS_MS = 1000;

/** A device with what its models share: layouts and pipelines, each made once. */
export class GpuContext {
  readonly device: GPUDevice;
  readonly traits: AdapterTraits;
  /** Searches for kernels run one after another, since they would disturb each other's times. */
  readonly tuningQueue = new CallQueue();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Memo<string, GPUComputePipeline>();
  #failure: Error | undefined;
  #lost = false;

  constructor(device: GPUDevice, traits: AdapterTraits) {
    this.device = device;
    this.traits = traits;
    device.addEventListener("uncapturederror", ({ error }) => {
      this.#failure ??= new RuntimeError(BACKEND, "a command", new Error(error.message));
    });
    device.lost.then(
      ({ reason, message }) => {
        this.#lost = true;
        this.#failure = new DeviceLostError(BACKEND, traits.name, message || reason);
      },
      () => undefined,
    );
  }

  /** Whether the device is gone for good. */
  get lost(): boolean {
    return this.#lost;
  }

  /** @throws what the device failed with since the last call; `DeviceLostError` from then on. */
  throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    if (!this.#lost) this.#failure = undefined;
    throw failure;
  }

  /**
   * Waits until the loss of the device is known, for a call that has failed: a browser may say so only after what failed by
   * it. Where the device is not lost, the wait ends after a second.
   */
  async settleLoss(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LOSS_MS);
    });
    await Promise.race([this.device.lost.catch(() => undefined), late]);
    clearTimeout(timer);
  }

  /**
   * The kernel's pipeline with these constants; compiled once.
   *
   * @throws `RuntimeError` naming the pipeline.
   */
  pipeline(kernel: Kernel, constants: Constants = {}): Promise<GPUComputePipeline> {
    const key = `${kernel.name} ${JSON.stringify(constants)}`;
    return this.#pipelines.get(key, () => this.#createPipeline(kernel, constants, key));
  }

  /** The layout of the kernel's bind group; kernels with the same kinds of bindings share it. */
  layout({ bindings, dims, stepUniforms }: Kernel): GPUBindGroupLayout {
    const key = `${dims.sizeBytes > 0 ? "dims," : ""}${bindings.map(({ access }) => access).join()}`;
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const layout = this.device.createBindGroupLayout({
      label: key,
      entries: [
        ...(dims.sizeBytes > 0 ? [entry(0, { type: "uniform" })] : []),
        entry(1, { type: "uniform", hasDynamicOffset: true, minBindingSize: stepUniforms.sizeBytes }),
        ...bindings.map(({ access }, index) =>
          entry(index + FIRST_STORAGE_BINDING, {
            type: access === "read" ? "read-only-storage" : "storage",
          }),
        ),
      ],
    });
    this.#layouts.set(key, layout);
    return layout;
  }

  /**
   * Runs `work`, whose WebGPU calls must succeed.
   *
   * @throws `RuntimeError` with what the device said, out of memory included.
   */
  async checked<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
    this.throwFailure();
    this.device.pushErrorScope("out-of-memory");
    this.device.pushErrorScope("validation");
    let result: Result;
    let errors: readonly (GPUError | null)[];
    try {
      result = await work();
    } finally {
      errors = await Promise.all([this.device.popErrorScope(), this.device.popErrorScope()]);
    }
    const error = errors.find((candidate) => candidate !== null);
    if (error !== undefined) throw new RuntimeError(BACKEND, doing, new Error(error.message));
    return result;
  }

  async #createPipeline(kernel: Kernel, constants: Constants, key: string): Promise<GPUComputePipeline> {
    const module = this.device.createShaderModule({ label: kernel.name, code: kernel.code });
    try {
      return await this.device.createComputePipelineAsync({
        label: key,
        layout: this.device.createPipelineLayout({ bindGroupLayouts: [this.layout(kernel)] }),
        compute: { module, entryPoint: "main", constants: { ...constants } },
      });
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const lines = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`);
      const reason = lines.length === 0 ? error : new Error(lines.join("; "), { cause: error });
      throw new RuntimeError(BACKEND, `compiling the pipeline ${key}`, reason);
    }
  }
}

function entry(binding: number, buffer: GPUBufferBindingLayout): GPUBindGroupLayoutEntry {
  return { binding, visibility: GPU_SHADER_STAGE_COMPUTE, buffer };
}

/** `GPUShaderStage.COMPUTE`, which is no global in Node. */
const GPU_SHADER_STAGE_COMPUTE = 4;
