/**
 * Whether values are NaN, by their bits: a compiler may take it that there is none, and does (Mesa's folds
 * `x != x` to false).
 */
export const isNanWgsl = /* wgsl */ `
fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }

fn isNan4(x: vec4f) -> vec4<bool> { return (bitcast<vec4u>(x) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }
`;
