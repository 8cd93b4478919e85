import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { at, elementCount } from "@nin/spec";

/** A kernel that ran, from a profile of ONNX Runtime. */
export interface ProfiledKernel {
  /** The node's name: that of the layer, a slash, and more. */
  readonly name: string;
  readonly operator: string;
  /** `CUDAExecutionProvider`. */
  readonly provider: string;
  /** All extents of its inputs and outputs. */
  readonly dims: readonly number[];
  /** What a matrix product computes, two operations for each multiply-accumulate; 0 for other operators. */
  readonly productFlop: number;
  readonly durationMs: number;
  /** The number of the program's run that it belongs to, from 0. */
  readonly run: number;
}

/** An event of a profile, as far as it is read. Units: microseconds. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly provider?: string;
    /** `[{ "float": [2, 3] }, ...]`. */
    readonly input_type_shape?: readonly TypedShape[];
    readonly output_type_shape?: readonly TypedShape[];
  };
}

type TypedShape = Readonly<Record<string, readonly number[]>>;

const KERNEL_TIME = /_kernel_time$/;

/**
 * The kernels that ran, from every profile in a folder.
 *
 * @param prefix - how the names of the profiles begin; without it every file is one
 * @returns the number of profiles, and their kernels
 */
export async function readProfiles(
  folder: string,
  prefix = "",
): Promise<{ readonly profiles: number; readonly kernels: readonly ProfiledKernel[] }> {
  const files = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  const profiles = await Promise.all(
    files.map(
      async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as readonly ProfileEvent[],
    ),
  );
  return { profiles: files.length, kernels: profiles.flatMap(kernelsOf) };
}

const PRODUCTS = ["MatMul", "FusedMatMul", "Gemm"];

function extentsOf(typed: TypedShape): readonly number[] {
  return Object.values(typed).flat();
}

/** Of the product of two matrices, or of a batch of pairs, whichever of the factors is transposed. */
function productFlop(shapes: readonly (readonly number[])[]): number {
  const [a, b, product] = [at(shapes, 0), at(shapes, 1), at(shapes, -1)];
  const pairs = a.length > 2 && b.length > 2 ? elementCount(product.slice(0, -2)) : 1;
  const inner = Math.sqrt((elementCount(a) * elementCount(b)) / (elementCount(product) * pairs));
  return 2 * elementCount(product) * inner;
}

function kernelsOf(events: readonly ProfileEvent[]): readonly ProfiledKernel[] {
  const starts = events.filter(({ name }) => name === "model_run").map(({ ts }) => ts);
  return events.flatMap(({ cat, name, ts, dur, args }) => {
    if (cat !== "Node" || !KERNEL_TIME.test(name)) return [];
    if (args?.provider === undefined || args.op_name === undefined) return [];
    const shapes = [...(args.input_type_shape ?? []), ...(args.output_type_shape ?? [])];
    return {
      name: name.replace(KERNEL_TIME, ""),
      operator: args.op_name,
      provider: args.provider,
      dims: shapes.flatMap(extentsOf),
      productFlop: PRODUCTS.includes(args.op_name) ? productFlop(shapes.map(extentsOf)) : 0,
      durationMs: dur / 1000,
      run: starts.filter((start) => start <= ts).length - 1,
    };
  });
}
