/** The product that bounds a precision's kernels: of float32 without TF32, or of float16. */
const PRODUCTS = { f32: "float32", mixed: "float16" };

/**
 * What the card can do at best in a precision, from the result of the step `ceilings`; undefined when
 * that did not come so far.
 */
export function ceilingsFor(precision, { products, copy } = {}) {
  const product = products?.[PRODUCTS[precision]];
  if (product === undefined || copy === undefined) return undefined;
  return { flopsPerSecond: product.flopsPerSecond.median, bytesPerSecond: copy.bytesPerSecond.median };
}
