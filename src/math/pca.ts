import { PCA } from 'ml-pca';
import { dot, mean, subtract } from './vector';

/** Share of the vectors' squared length below which the extent of an axis is rounding noise. */
const noise = 1e-9;

/** The plane in which points vary most. */
export interface PrincipalPlane {
  /** Of the points, in their order. */
  readonly coordinates: readonly (readonly [number, number])[];
  /** Where the plane has any other vector: its shadow on the same axes. */
  readonly project: (vector: Float32Array) => [number, number];
}

/**
 * The two directions in which points vary most (principal component analysis), and the points' coordinates `[x, y]`
 * along them in the units of the vectors, with the mean at the origin. On each axis the point farthest from the origin
 * lies on the positive side, so that the same points always give the same picture.
 *
 * Computed from the inner products of the points rather than from their covariance: points are few and long.
 */
export function principalPlane(points: readonly Float32Array[]): PrincipalPlane {
  if (points.length === 0) return { coordinates: [], project: () => [0, 0] };
  const centre = mean(points);
  const centred = points.map((point) => subtract(point, centre));
  const products = centred.map((a) => centred.map((b) => dot(a, b)));
  const pca = new PCA(products, { isCovarianceMatrix: true });
  const eigenvectors = pca.getEigenvectors().to2DArray();
  const extents = pca.getEigenvalues();
  const size = points.reduce((sum, point) => sum + dot(point, point), 0);
  const axis = (at: 0 | 1): { coordinates: readonly number[]; direction: Float32Array } => {
    const extent = extents[at] ?? 0;
    const length = extent <= noise * size ? 0 : Math.sqrt(extent);
    const coordinates = oriented(eigenvectors.map((row) => (row[at] ?? 0) * length));
    const direction = new Float64Array(centre.length);
    if (length > 0) centred.forEach((point, i) => { point.forEach((x, d) => { direction[d]! += (x * coordinates[i]!) / extent; }); });
    return { coordinates, direction: Float32Array.from(direction) };
  };
  const [x, y] = [axis(0), axis(1)];
  return {
    coordinates: points.map((_, i) => [x.coordinates[i]!, y.coordinates[i]!]),
    project: (vector) => {
      const from = subtract(vector, centre);
      return [dot(from, x.direction), dot(from, y.direction)];
    },
  };
}

function oriented(coordinates: readonly number[]): readonly number[] {
  const farthest = coordinates.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-9 ? x : best), 0);
  return farthest < 0 ? coordinates.map((x) => -x) : coordinates;
}
