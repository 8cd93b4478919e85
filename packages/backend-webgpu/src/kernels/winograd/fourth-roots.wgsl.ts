/**
 * The transforms along one axis for a 3x3 window: input tiles of 6 at 0, infinity, 1, -1 and i. Each is a
 * matrix of 0, 1 and -1, the weights' rows scaled by 1/4 and 1/2 (for i, which stands for -i too).
 */
export const fourthRootsWgsl = /* wgsl */ `
const WINDOW = 3u;
const INPUT_TILE = 6u;
const PAIRS = 1u;

// Bt d
fn inputToPoints(d: Points) -> Points {
  let odd = d[1] + d[3];
  let even = d[2] + d[4];
  return Points(d[0] - d[4], d[5] - d[1], even + odd, even - odd, d[4] - d[2], d[3] - d[1]);
}

// G g
fn weightToPoints(g: Window) -> Points {
  let even = g[0] + g[2];
  return Points(g[0], g[2], 0.25 * (even + g[1]), 0.25 * (even - g[1]), 0.5 * (g[0] - g[2]), 0.5 * g[1]);
}

// Gt p
fn pointsToWeight(p: Points) -> Window {
  let even = 0.25 * (p[2] + p[3]);
  let odd = 0.25 * (p[2] - p[3]);
  let real = 0.5 * p[4];
  return Window(p[0] + (even + real), odd + 0.5 * p[5], p[1] + (even - real));
}

// A y
fn outputToPoints(y: OutputTile) -> Points {
  let even = y[0] + y[2];
  let odd = y[1] + y[3];
  return Points(y[0], y[3], even + odd, even - odd, y[0] - y[2], y[3] - y[1]);
}

// At p
fn pointsToOutput(p: Points) -> OutputTile {
  let even = p[2] + p[3];
  let odd = p[2] - p[3];
  return OutputTile(p[0] + (even + p[4]), odd - p[5], even - p[4], p[1] + (odd + p[5]));
}
`;
