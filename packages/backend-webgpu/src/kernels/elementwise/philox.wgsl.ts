/**
 * Philox4x32-10, as in `@nin/spec`: four random words of a counter and a key.
 *
 * Source: Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
 */
export const philoxWgsl = /* wgsl */ `
// The high 32 bits of a product, by 16-bit halves: WGSL has no wider integers.
fn highWord(a: u32, b: u32) -> u32 {
  let aLow = a & 0xffffu;
  let aHigh = a >> 16u;
  let bLow = b & 0xffffu;
  let bHigh = b >> 16u;
  let middle = aHigh * bLow + ((aLow * bLow) >> 16u);
  let carry = (aLow * bHigh + (middle & 0xffffu)) >> 16u;
  return aHigh * bHigh + (middle >> 16u) + carry;
}

fn philox(counter: vec4u, key: vec2u) -> vec4u {
  var x = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let high0 = highWord(x.x, 0xd2511f53u);
    let high1 = highWord(x.z, 0xcd9e8d57u);
    x = vec4u(high1 ^ x.y ^ k.x, x.z * 0xcd9e8d57u, high0 ^ x.w ^ k.y, x.x * 0xd2511f53u);
    k += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return x;
}
`;
