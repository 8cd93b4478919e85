/** How many elements an averaging window has inside the padded input. */
export const avgPoolDivisorWgsl = /* wgsl */ `
fn extentOf(index: u32, stride: u32, padding: u32, kernel: u32, extent: u32) -> u32 {
  let start = index * stride;
  return min(start + kernel, extent + 2u * padding) - start;
}

fn elementsOf(y: u32, x: u32) -> u32 {
  return extentOf(y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.inHeight)
    * extentOf(x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.inWidth);
}
`;
