/** What is done to a convolution's sums before they are stored. Needs `result` and `extra`. */
export const convolutionEpilogueWgsl = /* wgsl */ `
override BIAS: bool = false;   // extra: one vec4 a column
override RELU: bool = false;
override MASK: bool = false;   // extra: a tensor like the result; where it is not above 0, so is the result

fn finish(row: u32, column: u32, sum: vec4f) {
  let at = row * dims.columns4 + column;
  var value = sum;
  if (BIAS) { value += extra[column]; }
  // Not max(): a NaN must stay one.
  if (RELU) { value = select(value, vec4f(0), value <= vec4f(0)); }
  if (MASK) { value = select(vec4f(0), value, extra[at] > vec4f(0)); }
  result[at] = value;
}
`;
