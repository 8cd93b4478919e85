import type { DeviceTensor, TensorFlow } from "../../runtime/tensorflow.js";

/** A program in WGSL, one invocation an element of its result. */
export interface ElementProgram {
  readonly name: string;
  readonly outputShape: readonly number[];
  /** Of its inputs: `x` is read with `getX`. */
  readonly variableNames: readonly string[];
  /** Members of TensorFlow.js's struct of uniforms, all of them integers. */
  readonly uniforms: string;
  /** Has `fn main(index : i32)`. */
  readonly code: string;
}

/** The part of TensorFlow.js's WebGPU backend that runs a program. */
interface WebGpuBackend {
  runWebGPUProgram(
    program: object,
    inputs: readonly DeviceTensor[],
    outputType: "float32",
    uniforms: readonly { readonly type: "int32"; readonly data: readonly number[] }[],
  ): { readonly dataId: object; readonly shape: number[]; readonly dtype: "float32" };
}

const WORKGROUP_SIZE = 128;

/** Runs programs of our own on TensorFlow.js's WebGPU backend. */
export class WebGpuExecutor {
  readonly #tf: TensorFlow;

  constructor(tf: TensorFlow) {
    this.#tf = tf;
  }

  /** Units: integers for each of the program's uniforms, in their order. */
  run(
    { name, outputShape, variableNames, uniforms, code }: ElementProgram,
    inputs: readonly DeviceTensor[],
    values: readonly (readonly number[])[],
  ): DeviceTensor {
    const size = outputShape.reduce((product, extent) => product * extent, 1);
    const program = {
      outputShape: [...outputShape],
      variableNames: [...variableNames],
      uniforms,
      // It has a bound in the uniforms.
      size: true,
      shaderKey: name,
      workgroupSize: [WORKGROUP_SIZE, 1, 1],
      dispatchLayout: { x: outputShape.map((_, axis) => axis) },
      dispatch: [Math.ceil(size / WORKGROUP_SIZE), 1, 1],
      getUserCode: () => code,
    };
    const backend = this.#tf.findBackend("webgpu") as unknown as WebGpuBackend;
    const data = values.map((each) => ({ type: "int32", data: [...each] }) as const);
    return this.#tf
      .engine()
      .makeTensorFromTensorInfo(backend.runWebGPUProgram(program, inputs, "float32", data));
  }
}
