import type { ElementType } from "../graph/graph-builder.js";

/** One operator's kernel of ONNX Runtime's CUDA provider. */
export interface CudaKernel {
  /** The operator's version at opset 18: the last opset up to then in which it changed. */
  readonly version: number;
  /** The kernel's first and last version; a kernel without a last one is taken for its first alone. */
  readonly kernel: readonly [first: number, last?: number];
  /** Type variables, by input and output; the last one stands for all that follow. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly types: Readonly<Record<string, readonly ElementType[]>>;
}

const ANY: readonly ElementType[] = ["float32", "uint8", "int32", "int64", "bool"];
const NUMBER: readonly ElementType[] = ["float32", "uint8", "int32", "int64"];
const WIDE: readonly ElementType[] = ["float32", "int32", "int64"];
const FLOAT: readonly ElementType[] = ["float32"];
const INDEX: readonly ElementType[] = ["int32", "int64"];
const SHAPE: readonly ElementType[] = ["int64"];

const binary = { inputs: ["T", "T"], outputs: ["T"], types: { T: NUMBER } } as const;
const unary = { inputs: ["T"], outputs: ["T"], types: { T: FLOAT } } as const;
const reduction = { inputs: ["T", "axes"], outputs: ["T"], types: { T: WIDE, axes: SHAPE } } as const;

/**
 * The operators that programs for CUDA are written with, by domain and name. Of the types, those
 * that this package can write.
 *
 * Source: ONNX Runtime, docs/OperatorKernels.md, CUDAExecutionProvider, read at commit 001d12d2;
 * how versions match: core/framework/kernel_registry.cc, VerifyVersion; operators' versions: ONNX.
 */
export const CUDA_KERNELS: Readonly<Record<string, CudaKernel>> = {
  ":Add": { version: 14, kernel: [14], ...binary },
  ":Cast": { version: 13, kernel: [13, 18], inputs: ["T1"], outputs: ["T2"], types: { T1: ANY, T2: ANY } },
  ":Concat": { version: 13, kernel: [13], inputs: ["T"], outputs: ["T"], types: { T: ANY } },
  ":ConstantOfShape": {
    version: 9,
    kernel: [9],
    inputs: ["T1"],
    outputs: ["T2"],
    types: { T1: SHAPE, T2: ANY },
  },
  ":Div": { version: 14, kernel: [14], ...binary },
  ":Exp": { version: 13, kernel: [13], ...unary },
  ":Floor": { version: 13, kernel: [13], ...unary },
  ":Gather": {
    version: 13,
    kernel: [13],
    inputs: ["T", "Tind"],
    outputs: ["T"],
    types: { T: ANY, Tind: INDEX },
  },
  ":HardSigmoid": { version: 6, kernel: [6, 21], ...unary },
  ":Identity": { version: 16, kernel: [14, 18], inputs: ["V"], outputs: ["V"], types: { V: ANY } },
  ":Log": { version: 13, kernel: [13], ...unary },
  ":MatMul": { version: 13, kernel: [13], ...binary, types: { T: FLOAT } },
  ":Max": { version: 13, kernel: [13], ...binary, types: { T: WIDE } },
  ":MaxPool": { version: 12, kernel: [12], ...unary, types: { T: ["float32", "uint8"] } },
  ":Mul": { version: 14, kernel: [14], ...binary },
  ":ReduceMax": { version: 18, kernel: [18], ...reduction },
  ":ReduceSum": { version: 13, kernel: [13], ...reduction },
  ":Relu": { version: 14, kernel: [14], ...unary },
  ":Reshape": {
    version: 14,
    kernel: [14, 18],
    inputs: ["T", "shape"],
    outputs: ["T"],
    types: { T: ANY, shape: SHAPE },
  },
  ":Scan": { version: 16, kernel: [16, 18], inputs: ["V"], outputs: ["V"], types: { V: ANY } },
  ":Slice": {
    version: 13,
    kernel: [13],
    inputs: ["T", "Tind"],
    outputs: ["T"],
    types: { T: ANY, Tind: INDEX },
  },
  ":Split": {
    version: 18,
    kernel: [18],
    inputs: ["T", "split"],
    outputs: ["T"],
    types: { T: ANY, split: SHAPE },
  },
  ":Sqrt": { version: 13, kernel: [13], ...unary },
  ":Sub": { version: 14, kernel: [14], ...binary },
  ":Transpose": { version: 13, kernel: [13, 20], inputs: ["T"], outputs: ["T"], types: { T: ANY } },
  ":Where": {
    version: 16,
    kernel: [16],
    inputs: ["B", "T"],
    outputs: ["T"],
    types: { B: ["bool"], T: NUMBER },
  },
  "com.microsoft:FusedMatMul": { version: 1, kernel: [1], ...binary, types: { T: FLOAT } },
};
