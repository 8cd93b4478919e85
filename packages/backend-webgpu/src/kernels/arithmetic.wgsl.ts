/**
 * a / b, nearly always correctly rounded. WGSL's own division may be 2.5 roundings off: many adapters
 * multiply by a reciprocal, which errs the same way for all elements and so survives their sum.
 */
export const divideWgsl = /* wgsl */ `
fn divide(a: f32, b: f32) -> f32 {
  let guess = a / b;
  return fma(fma(-guess, b, a), 1f / b, guess);
}

fn divide4(a: vec4f, b: f32) -> vec4f {
  let guess = a / b;
  return fma(fma(-guess, vec4f(b), a), vec4f(1f / b), guess);
}
`;

/**
 * Whether values are NaN, by their bits: a compiler may take it that there is none, and does (Mesa's folds
 * `x != x` to false).
 */
export const isNanWgsl = /* wgsl */ `
fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }

fn isNan4(x: vec4f) -> vec4<bool> { return (bitcast<vec4u>(x) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }
`;
