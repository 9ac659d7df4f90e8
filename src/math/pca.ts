import { PCA } from 'ml-pca';
import { dot, mean, subtract } from './vector';

/** Share of the vectors' squared length below which the extent of an axis is rounding noise. */
const noise = 1e-9;

/**
 * Coordinates `[x, y]` of points along the two directions in which they vary most (principal component analysis), in
 * the units of the vectors, with the mean at the origin. On each axis the point farthest from the origin lies on the
 * positive side, so that the same points always give the same picture.
 *
 * Computed from the inner products of the points rather than from their covariance: points are few and long.
 */
export function principalCoordinates(points: readonly Float32Array[]): [number, number][] {
  if (points.length === 0) return [];
  const centre = mean(points);
  const centred = points.map((point) => subtract(point, centre));
  const products = centred.map((a) => centred.map((b) => dot(a, b)));
  const pca = new PCA(products, { isCovarianceMatrix: true });
  const eigenvectors = pca.getEigenvectors().to2DArray();
  const extents = pca.getEigenvalues();
  const size = points.reduce((sum, point) => sum + dot(point, point), 0);
  const coordinates = (axis: number): readonly number[] => {
    const extent = extents[axis] ?? 0;
    const length = extent <= noise * size ? 0 : Math.sqrt(extent);
    return oriented(eigenvectors.map((row) => (row[axis] ?? 0) * length));
  };
  const [x, y] = [coordinates(0), coordinates(1)];
  return points.map((_, i) => [x[i]!, y[i]!]);
}

function oriented(coordinates: readonly number[]): readonly number[] {
  const farthest = coordinates.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-9 ? x : best), 0);
  return farthest < 0 ? coordinates.map((x) => -x) : coordinates;
}
