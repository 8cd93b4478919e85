/**
 * From the values at a tile's points along both axes to the planes, of which each is a matrix product.
 *
 * Of INPUT_TILE x INPUT_TILE real numbers 16 belong to two real points and are planes as they are. A real point
 * and a complex one have two, the parts of a complex number. Two complex points z and w have four, from
 * which come the values at (z, w) and at (z, conjugate of w); the other two are their conjugates. A
 * complex number takes three planes, because a complex product takes three real ones: with
 * a = re re', b = im im', c = (re + im)(re' + im'), its parts are a - b and c - a - b.
 *
 * Planes: 16 of two real points; 3 for each pair of roots along x by each real point along y; as many
 * with the axes the other way round; 6 for each two pairs. 46 of 6x6 points, 88 of 8x8.
 */
const planesWgsl = /* wgsl */ `
const MIXED = 16u;
const COMPLEX = 16u + 24u * PAIRS;
const PLANES = COMPLEX + 6u * PAIRS * PAIRS;

var<private> points: array<Points, INPUT_TILE>;

struct Complex { re: f32, im: f32 }
`;

/**
 * Stores `points` as planes. Needs `setPlane(plane, at, value)`, `setComplex(plane, at, value)` and CORNER,
 * by which the values of two complex points are scaled.
 */
export const storePlanesWgsl = /* wgsl */ `${planesWgsl}
fn storePoints(at: u32) {
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) { setPlane(4u * i + j, at, points[i][j]); }
    for (var q = 0u; q < PAIRS; q++) {
      let plane = MIXED + 3u * (4u * q + i);
      let re = 4u + 2u * q;
      setComplex(plane, at, Complex(points[i][re], points[i][re + 1u]));
      setComplex(plane + 12u * PAIRS, at, Complex(points[re][i], points[re + 1u][i]));
    }
  }
  for (var p = 0u; p < PAIRS; p++) {
    for (var q = 0u; q < PAIRS; q++) {
      let plane = COMPLEX + 6u * (p * PAIRS + q);
      let re = points[4u + 2u * p];
      let im = points[5u + 2u * p];
      let x = 4u + 2u * q;
      setComplex(plane, at, Complex(CORNER * (re[x] - im[x + 1u]), CORNER * (re[x + 1u] + im[x])));
      setComplex(plane + 3u, at, Complex(CORNER * (re[x] + im[x + 1u]), CORNER * (im[x] - re[x + 1u])));
    }
  }
}
`;

/** The transpose: planes to `points`. Needs `planeAt(plane, at)`, `complexAt(plane, at)` and CORNER. */
export const loadPlanesWgsl = /* wgsl */ `${planesWgsl}
fn loadPoints(at: u32) {
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) { points[i][j] = planeAt(4u * i + j, at); }
    for (var q = 0u; q < PAIRS; q++) {
      let plane = MIXED + 3u * (4u * q + i);
      let re = 4u + 2u * q;
      let alongX = complexAt(plane, at);
      let alongY = complexAt(plane + 12u * PAIRS, at);
      points[i][re] = alongX.re;
      points[i][re + 1u] = alongX.im;
      points[re][i] = alongY.re;
      points[re + 1u][i] = alongY.im;
    }
  }
  for (var p = 0u; p < PAIRS; p++) {
    for (var q = 0u; q < PAIRS; q++) {
      let plane = COMPLEX + 6u * (p * PAIRS + q);
      let same = complexAt(plane, at);
      let mixed = complexAt(plane + 3u, at);
      let y = 4u + 2u * p;
      let x = 4u + 2u * q;
      points[y][x] = CORNER * (mixed.re + same.re);
      points[y + 1u][x + 1u] = CORNER * (mixed.re - same.re);
      points[y][x + 1u] = CORNER * (same.im - mixed.im);
      points[y + 1u][x] = CORNER * (same.im + mixed.im);
    }
  }
}
`;
