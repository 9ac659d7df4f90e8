import { UMAP } from 'umap-js';
import { randomNumbers } from './random';
import { dot, unit } from './vector';

/** Most neighbours of a point, itself among them: umap-learn's default. */
const mostNeighbors = 15;
/** Any number will do, so long as it stays: the same points always give the same picture. */
const seed = 1;
/** Rounds between two pauses. */
const roundsAtOnce = 20;

/**
 * UMAP coordinates of points (McInnes, Healy & Melville 2018, arXiv:1802.03426) by cosine distance: near points stay near,
 * all other distances are not to be read. The mean lies at the origin. Neighbours are exact, not approximated.
 * @param points at least three
 * @param pause is called now and then; when it rejects, the work ends with that
 */
export async function umapCoordinates(points: readonly Float32Array[], pause: () => Promise<void>): Promise<[number, number][]> {
  const nNeighbors = Math.min(mostNeighbors, points.length - 1);
  const umap = new UMAP({ nNeighbors, random: randomNumbers(seed) });
  const { indices, distances } = nearest(points.map(unit), nNeighbors);
  umap.setPrecomputedKNN(indices, distances);
  const rounds = umap.initializeFit(points.map((point) => [...point]));
  for (let round = 0; round < rounds; round++) {
    if (round % roundsAtOnce === 0) await pause();
    umap.step();
  }
  const found = umap.getEmbedding();
  const [x, y] = [0, 1].map((axis) => found.reduce((sum, point) => sum + point[axis]!, 0) / found.length) as [number, number];
  return found.map((point) => [point[0]! - x, point[1]! - y]);
}

/** Of each point the nearest ones, itself first, by cosine distance. */
function nearest(units: readonly Float32Array[], count: number): { indices: number[][]; distances: number[][] } {
  const rows = units.map((own, at) =>
    units
      .map((other, index) => ({ index, distance: index === at ? 0 : Math.max(0, 1 - dot(own, other)) }))
      .sort((a, b) => Number(b.index === at) - Number(a.index === at) || a.distance - b.distance)
      .slice(0, count),
  );
  return {
    indices: rows.map((row) => row.map(({ index }) => index)),
    distances: rows.map((row) => row.map(({ distance }) => distance)),
  };
}
