type Point = readonly [number, number];

/**
 * The turn about the origin, with a mirror where that fits better, that brings points of the plane as near as they can
 * come to reference points (orthogonal Procrustes: Schönemann 1966, doi:10.1007/BF02289451). Distances stay as they are.
 */
export function turnTowards(points: readonly Point[], reference: readonly Point[]): (point: Point) => [number, number] {
  const sums = (mirror: 1 | -1): { along: number; across: number } => {
    let along = 0;
    let across = 0;
    points.forEach(([x, y], at) => {
      const [u, v] = reference[at]!;
      along += u * x + v * mirror * y;
      across += v * x - u * mirror * y;
    });
    return { along, across };
  };
  const gain = ({ along, across }: { along: number; across: number }): number => Math.hypot(along, across);
  const mirror = gain(sums(-1)) > gain(sums(1)) ? -1 : 1;
  const { along, across } = sums(mirror);
  const angle = Math.atan2(across, along);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y]) => [cos * x - sin * mirror * y, sin * x + cos * mirror * y];
}
