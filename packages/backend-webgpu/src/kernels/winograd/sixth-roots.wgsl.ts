/**
 * The transforms along one axis for a 5x5 window: input tiles of 8 at 0, infinity, 1, -1 and the roots
 * 1/2 + iH and -1/2 + iH, H = sqrt(3) / 2; the weights' rows scaled by 1/6 and 1/3.
 */
export const sixthRootsWgsl = /* wgsl */ `
const WINDOW = 5u;
const INPUT_TILE = 8u;
const PAIRS = 2u;

const H = 0.8660254037844386;

// Bt d
fn inputToPoints(d: Points) -> Points {
  let odd = d[1] + d[5];
  let even = d[2] + d[4];
  let realOdd = 0.5 * odd - d[3];
  let realEven = d[6] - 0.5 * even;
  let sineOdd = d[1] - d[5];
  let sineEven = d[2] - d[4];
  return Points(
    d[0] - d[6],
    d[7] - d[1],
    (even + d[6]) + (odd + d[3]),
    (even + d[6]) - (odd + d[3]),
    realEven + realOdd,
    -H * (sineEven + sineOdd),
    realEven - realOdd,
    H * (sineEven - sineOdd),
  );
}

// G g
fn weightToPoints(g: Window) -> Points {
  let even = g[0] + g[2] + g[4];
  let odd = g[1] + g[3];
  let realEven = g[0] - 0.5 * (g[2] + g[4]);
  let realOdd = 0.5 * g[1] - g[3];
  let sine = g[2] - g[4];
  return Points(
    g[0],
    g[4],
    (even + odd) / 6,
    (even - odd) / 6,
    (realEven + realOdd) / 3,
    H / 3 * (g[1] + sine),
    (realEven - realOdd) / 3,
    H / 3 * (g[1] - sine),
  );
}

// Gt p
fn pointsToWeight(p: Points) -> Window {
  let even = (p[2] + p[3]) / 6;
  let odd = (p[2] - p[3]) / 6;
  let realEven = (p[4] + p[6]) / 3;
  let realOdd = (p[4] - p[6]) / 3;
  let sine = H / 3 * (p[5] - p[7]);
  return Window(
    p[0] + (even + realEven),
    odd + (0.5 * realOdd + H / 3 * (p[5] + p[7])),
    even - 0.5 * realEven + sine,
    odd - realOdd,
    p[1] + (even - 0.5 * realEven - sine),
  );
}

// A y
fn outputToPoints(y: OutputTile) -> Points {
  let even = y[0] + y[2];
  let odd = y[1] + y[3];
  let realEven = y[0] - 0.5 * y[2];
  let realOdd = 0.5 * y[1] - y[3];
  return Points(
    y[0],
    y[3],
    even + odd,
    even - odd,
    realEven + realOdd,
    -H * (y[1] + y[2]),
    realEven - realOdd,
    H * (y[2] - y[1]),
  );
}

// At p
fn pointsToOutput(p: Points) -> OutputTile {
  let even = p[2] + p[3];
  let odd = p[2] - p[3];
  let realEven = p[4] + p[6];
  let realOdd = p[4] - p[6];
  return OutputTile(
    p[0] + (even + realEven),
    odd + (0.5 * realOdd - H * (p[5] + p[7])),
    even - (0.5 * realEven + H * (p[5] - p[7])),
    p[1] + (odd - realOdd),
  );
}
`;
