import type { ImageFormat } from "@nin/backend";
import { type InputSpec, perChannel } from "@nin/spec";
import type { Dimension, GraphBuilder, Value } from "../graph/graph-builder.js";
import { integers } from "../graph/layout.js";

/**
 * Bytes to network input, in ONNX's own operators: images of any size are stretched to the format's, then to the
 * network's, each by `Resize` with antialias, rounded to bytes; then `x / 255`, then `(x - mean) / std`.
 *
 * @param images [N, format channels, any height, any width], uint8
 * @returns [N, network channels, network height, network width], float32
 */
export function exportPreprocessing(
  graph: GraphBuilder,
  images: Value,
  format: ImageFormat,
  input: InputSpec,
): Value {
  graph.scope = "preprocessing";
  let bytes = resize(graph, images, format);
  if (format.height !== input.height || format.width !== input.width) bytes = resize(graph, bytes, input);
  const [batch] = images.shape;
  if (batch === undefined) throw new Error("images without a batch axis");
  const shape: readonly Dimension[] = [batch, format.channels, input.height, input.width];
  const numbers = graph.node("Cast", [bytes], { type: "float32", shape }, { to: { int: 1 } });
  const scaled = byConstant(graph, "Div", numbers, 255, 1);
  const whole = repeatChannels(graph, scaled, format.channels, input.channels);
  const { mean, std } = format.preprocessing;
  const centered = byConstant(graph, "Sub", whole, mean, input.channels);
  return byConstant(graph, "Div", centered, std, input.channels);
}

/** Pillow's bilinear resize: every output pixel is a mean of the pixels below its triangle, also where the image shrinks. */
function resize(
  graph: GraphBuilder,
  x: Value,
  { height, width }: Pick<InputSpec, "height" | "width">,
): Value {
  const shape = [...x.shape.slice(0, 2), height, width];
  const absent: Value = { name: "", type: "float32", shape: [0] };
  return graph.node(
    "Resize",
    [x, absent, absent, integers(graph, [height, width])],
    { type: x.type, shape },
    {
      antialias: { int: 1 },
      exclude_outside: { int: 1 },
      axes: { ints: [2, 3] },
      coordinate_transformation_mode: { string: "half_pixel" },
      mode: { string: "linear" },
    },
  );
}

/** `x - value` or `x / value`, with a number or one for each channel; `x` itself where that changes nothing. */
function byConstant(
  graph: GraphBuilder,
  operator: "Sub" | "Div",
  x: Value,
  value: number | readonly number[],
  channels: number,
): Value {
  const values = Float32Array.from(perChannel(value, channels, operator));
  const neutral = operator === "Sub" ? 0 : 1;
  if (values.every((each) => each === neutral)) return x;
  return graph.node(operator, [x, graph.constant(values, [channels, 1, 1])], x);
}

/** One grey channel serves all of the network's. */
function repeatChannels(graph: GraphBuilder, x: Value, channels: number, wanted: number): Value {
  if (channels === wanted) return x;
  const shape = x.shape.map((extent, axis) => (axis === 1 ? wanted : extent));
  const copies = Array.from({ length: wanted }, () => x);
  return graph.node("Concat", copies, { type: x.type, shape }, { axis: { int: 1 } });
}
