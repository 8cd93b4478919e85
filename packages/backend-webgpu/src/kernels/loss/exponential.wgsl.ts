/**
 * e^x to a rounding or two, for x up to 0: 2^n * e^r with |r| at most ln(2)/2, e^r by its series.
 * WGSL's own exp may be wrong by 3 + 2|x| roundings, which the gradient of a sure prediction shows.
 *
 * Source: Cody, Waite, Software Manual for the Elementary Functions, 1980 (ln 2 in two parts).
 */
export const exponentialWgsl = /* wgsl */ `
fn exponential(x: f32) -> f32 {
  // Below, 2^n is no normal number any more; a NaN stays one.
  if (x < -87f) { return 0f; }
  let n = round(x * 1.44269504f);
  let r = fma(n, 2.12194440e-4f, fma(n, -0.693359375f, x));
  var series = fma(r, 1.984126984e-4f, 1.388888889e-3f);
  series = fma(r, series, 8.333333333e-3f);
  series = fma(r, series, 4.166666667e-2f);
  series = fma(r, series, 1.666666667e-1f);
  series = fma(r, series, 0.5f);
  series = fma(r * r, series, r) + 1f;
  return bitcast<f32>(u32(i32(n) + 127) << 23u) * series;
}
`;
