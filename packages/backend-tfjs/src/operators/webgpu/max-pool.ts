import type { DeviceTensor, TensorFlow } from "../../runtime/tensorflow.js";
import type { Operators } from "../operators.js";
import { imageShape, type PlacedWindow } from "../window.js";
import { WebGpuExecutor } from "./webgpu-executor.js";

type Pools = Pick<Operators, "poolsPad" | "keepNan" | "maxPool" | "maxPoolGradient">;

const UNIFORMS = "strides : vec2<i32>, kernel : vec2<i32>, windows : vec2<i32>,";

/** The largest element of a window, and where it lies: the first of equal ones, NaN being the largest. */
const WINDOW_MAXIMUM = /* wgsl */ `
  struct Maximum { value : f32, row : i32, column : i32 }

  fn isNotANumber(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }

  fn maximumOf(batch : i32, window : vec2<i32>, channel : i32) -> Maximum {
    let corner = window * uniforms.strides;
    var found = Maximum(getX(batch, corner.x, corner.y, channel), corner.x, corner.y);
    for (var y = corner.x; y < corner.x + uniforms.kernel.x; y++) {
      for (var x = corner.y; x < corner.y + uniforms.kernel.y; x++) {
        let value = getX(batch, y, x, channel);
        if (isNotANumber(value) || (value > found.value && !isNotANumber(found.value))) {
          found = Maximum(value, y, x);
        }
      }
    }
    return found;
  }
`;

const FORWARD = /* wgsl */ `
  ${WINDOW_MAXIMUM}
  fn main(index : i32) {
    if (index >= uniforms.size) { return; }
    let at = getCoordsFromIndex(index);
    setOutputAtIndex(index, maximumOf(at[0], at.yz, at[3]).value);
  }
`;

/** Each pixel looks at the windows that hold it. */
const BACKWARD = /* wgsl */ `
  ${WINDOW_MAXIMUM}
  fn main(index : i32) {
    if (index >= uniforms.size) { return; }
    let at = getCoordsFromIndex(index);
    let last = min(at.yz / uniforms.strides, uniforms.windows - 1);
    var sum = 0.0;
    for (var y = last.x; y >= 0 && y * uniforms.strides.x + uniforms.kernel.x > at[1]; y--) {
      for (var x = last.y; x >= 0 && x * uniforms.strides.y + uniforms.kernel.y > at[2]; x--) {
        let found = maximumOf(at[0], vec2<i32>(y, x), at[3]);
        if (found.row == at[1] && found.column == at[2]) { sum += getDy(at[0], y, x, at[3]); }
      }
    }
    setOutputAtIndex(index, sum);
  }
`;

/**
 * Max pooling in WGSL. TensorFlow.js 4.22's own ignores NaN, starts from -1e20, and gives the gradient to the
 * last of equal maxima. The images are padded already. Shapes: NHWC.
 */
export function webGpuMaxPool(tf: TensorFlow): Pools {
  const executor = new WebGpuExecutor(tf);
  return {
    poolsPad: false,
    keepNan: (pooled) => pooled,
    maxPool(input, window) {
      const [batch, , , channels] = imageShape(input.shape);
      const outputShape = [batch, ...window.outputSize, channels];
      const program = { name: "ninMaxPool", variableNames: ["x"], uniforms: UNIFORMS, code: FORWARD };
      const output = executor.run({ ...program, outputShape }, [input], uniformsOf(window));
      return { output, saved: [tf.clone(input)] };
    },
    maxPoolGradient(outputGradient, [input], window): DeviceTensor {
      if (input === undefined) throw new Error("tfjs: a max pool saved nothing");
      const program = {
        name: "ninMaxPoolGradient",
        variableNames: ["x", "dy"],
        uniforms: UNIFORMS,
        code: BACKWARD,
      };
      const outputShape = input.shape;
      return executor.run({ ...program, outputShape }, [input, outputGradient], uniformsOf(window));
    },
  };
}

function uniformsOf({ stride, kernelSize, outputSize }: PlacedWindow): readonly (readonly number[])[] {
  return [stride, kernelSize, outputSize];
}
