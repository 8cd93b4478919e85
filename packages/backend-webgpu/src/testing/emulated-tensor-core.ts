import type { TensorCoreConfig } from "../device/adapter-traits.js";
import type { Kernel } from "../device/kernel.js";
import type { Fields } from "../device/uniform-struct.js";
import type { MatmulKernel } from "../kernels/matmul/matmul.js";

/**
 * A product by subgroup matrices for adapters that have none. A factor is the place in workgroup memory
 * where it was loaded from, and of a matrix of sums each invocation of a subgroup has some elements; a
 * subgroup is so many invocations after each other. Where matrices lie, how they are cut and put together,
 * is the kernel's own.
 */
export function emulateTensorCore(products: MatmulKernel, config: TensorCoreConfig): MatmulKernel {
  return {
    ...products,
    name: `emulated-${products.name}`,
    convolution: emulated(products.convolution, config),
    weightGradient: emulated(products.weightGradient, config),
  };
}

const LOAD = /subgroupMatrixLoad<(Left|Right), (row_major|col_major)>\(&(\w+), /g;

function emulated<Dims extends Fields>(
  { name, code, ...rest }: Kernel<Dims>,
  { m, n, k, lanes }: TensorCoreConfig,
): Kernel<Dims> {
  const elementOf = new Map<string, string>();
  const text = code
    .replace(/enable (subgroups|chromium_experimental_subgroup_matrix);|requires subgroup_id;/g, "")
    .replace(/alias Left = .*/, "struct Left { start: u32, stride: u32 }")
    .replace(/alias Right = .*/, "struct Right { start: u32, stride: u32 }")
    .replace(/alias SumMatrix = .*/, `alias SumMatrix = array<f32, ${(m * n) / lanes}>;`)
    .replace(/ *@builtin\(subgroup_(id|invocation_id)\) .*\n/g, "")
    .replace(
      /(fn main\([^{]*\{)/,
      "$1 let subgroup = lane / LANES; let laneOfSubgroup = lane % LANES; own = laneOfSubgroup;",
    )
    .replace(LOAD, (_, type: string, layout: string, tile: string) => {
      const [along, across] = layout === "row_major" ? ["row", "column"] : ["column", "row"];
      elementOf.set(type, `f32(${tile}[matrix.start + ${along} * matrix.stride + ${across}])`);
      return `${type}(`;
    })
    .replaceAll("subgroupMatrixStore<row_major>(&strips, ", "storeStrip(")
    .replaceAll("subgroupMatrixMultiplyAccumulate(", "multiplied(");
  const elements = ["Left", "Right"].map(
    (type) => `
fn of${type}(matrix: ${type}, row: u32, column: u32) -> f32 { return ${elementOf.get(type)}; }
`,
  );
  return {
    name: `emulated-${name}`,
    code: text + elements.join("") + arithmetic({ m, n, k, lanes }),
    ...rest,
  };
}

function arithmetic({ m, n, k, lanes }: TensorCoreConfig): string {
  const each = `for (var i = 0u; i < bound(${(m * n) / lanes}u); i++) {
    let row = (own + i * LANES) / ${n}u;
    let column = (own + i * LANES) % ${n}u;`;
  return `
var<private> own: u32;

// A compiler that knew it would unroll thousands of multiplications.
fn bound(extent: u32) -> u32 { return select(extent, 0u, uniforms.imageCount == 0xffffffffu); }

fn multiplied(left: Left, right: Right, sums: SumMatrix) -> SumMatrix {
  var result = sums;
  ${each}
    for (var t = 0u; t < bound(${k}u); t++) {
      result[i] = fma(ofLeft(left, row, t), ofRight(right, t, column), result[i]);
    }
  }
  return result;
}

fn storeStrip(start: u32, sums: SumMatrix, stride: u32) {
  var matrix = sums;
  ${each}
    strips[start + row * stride + column] = matrix[i];
  }
}
`;
}
