import { type Tensor64, tensor64 } from "../tensors/tensor64.js";

/** Balances truncation (h^2) against cancellation (epsilon/h) in float64. */
const STEP = 1e-5;

/**
 * The derivative of `loss` by each element of `variable`, by central differences
 * `(f(x+h) - f(x-h)) / 2h`; `loss` is to read `variable` anew at each call.
 */
export function finiteDifferences(loss: () => number, variable: Tensor64): Tensor64 {
  const derivative = tensor64(variable.shape);
  variable.data.forEach((value, index) => {
    variable.data[index] = value + STEP;
    const above = loss();
    variable.data[index] = value - STEP;
    const below = loss();
    variable.data[index] = value;
    derivative.data[index] = (above - below) / (2 * STEP);
  });
  return derivative;
}
