/** What is done to the sums, and with which tensor. */
export interface Epilogue {
  readonly bias?: boolean;
  readonly relu?: boolean;
  readonly mask?: boolean;
}

/** The constants of an epilogue. */
export function epilogueConstants({ bias = false, relu = false, mask = false }: Epilogue) {
  return { BIAS: Number(bias), RELU: Number(relu), MASK: Number(mask) };
}

/** What is done to a convolution's sums before they are stored. Needs `result`, `extra` and `Sums`, their element. */
export const convolutionEpilogueWgsl = /* wgsl */ `
override BIAS: bool = false;   // extra: one element a column
override RELU: bool = false;
override MASK: bool = false;   // extra: a tensor like the result; where it is not above 0, the result is 0; at NaN it stays

fn finishAt(at: u32, column: u32, sum: Sums) {
  var value = sum;
  if (BIAS) { value += extra[column]; }
  // Not max(): a NaN must stay one.
  if (RELU) { value = select(value, Sums(0), value <= Sums(0)); }
  if (MASK) { value = select(value, Sums(0), extra[at] <= Sums(0)); }
  result[at] = value;
}
`;

/** The same for kernels whose result is a row of columns. */
export const finishRowWgsl = /* wgsl */ `
alias Sums = vec4f;

fn finish(row: u32, column: u32, sum: vec4f) { finishAt(row * dims.columns4 + column, column, sum); }
`;
