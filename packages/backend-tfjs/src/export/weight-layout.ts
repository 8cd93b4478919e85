import { at, elementCount, present, type Shape, type Tensor } from "@nin/spec";

/** A weight in Keras's name and layout: HWIO, [in, out]. */
export interface KerasWeight {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** The axes of our layout in the order of Keras's: OIHW to HWIO, [out, in] to [in, out]. */
const TO_KERAS: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [2, 3, 1, 0] };
const FROM_KERAS: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };

/** `net.0.weight` as `net.0/kernel`, `net.0.bias` as `net.0/bias`. */
export function toKerasWeight(name: string, tensor: Tensor | undefined): KerasWeight {
  if (tensor === undefined) throw new Error(`tfjs: parameter ${name} passed the check and is missing`);
  const layer = name.slice(0, name.lastIndexOf("."));
  const role = name.endsWith(".weight") ? "kernel" : "bias";
  return { name: `${layer}/${role}`, ...permuted(tensor, TO_KERAS) };
}

/** The way back: the state-dict name and our layout. */
export function fromKerasWeight({ name, shape, data }: KerasWeight): readonly [string, Tensor] {
  const [layer, role] = name.split("/");
  return [`${layer}.${role === "kernel" ? "weight" : role}`, permuted({ shape, data }, FROM_KERAS)];
}

function permuted(
  { shape, data }: Tensor,
  orders: Readonly<Record<number, readonly number[]>>,
): { readonly shape: Shape; readonly data: Float32Array } {
  const order = present(orders[shape.length], `the layout of a parameter of ${shape.length} axes`);
  const target = order.map((axis) => at(shape, axis));
  const strides = order.map((axis) => elementCount(shape.slice(axis + 1)));
  const values = new Float32Array(data.length);
  const index = target.map(() => 0);
  for (let to = 0; to < values.length; to += 1) {
    values[to] = at(
      data,
      index.reduce((sum, position, axis) => sum + position * at(strides, axis), 0),
    );
    for (let axis = target.length - 1; axis >= 0; axis -= 1) {
      const next = at(index, axis) + 1;
      index[axis] = next === target[axis] ? 0 : next;
      if (index[axis] !== 0) break;
    }
  }
  return { shape: target, data: values };
}
