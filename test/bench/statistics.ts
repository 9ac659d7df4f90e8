/** The `share` quantile (0–1) of some measurements, nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Milliseconds that a task takes. */
export async function timed(task: () => unknown): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/** Idle threads of a runtime keep spinning for a while, and would take time from whoever comes next. */
const rest = 150;

/**
 * Runs tasks in turn, A B C A B C … with a rest before each, so that drift of the machine's speed falls on all alike.
 * @returns milliseconds of each counted round, per task
 */
export async function interleaved<K extends string>(
  tasks: Readonly<Record<K, () => unknown>>,
  rounds: number,
  warmUp = 2,
): Promise<Record<K, number[]>> {
  const names = Object.keys(tasks) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      await new Promise((resolve) => setTimeout(resolve, rest));
      const elapsed = await timed(tasks[name]);
      if (round >= 0) times[name].push(elapsed);
    }
  }
  return times;
}

/** Median of the round-by-round ratios a/b. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, round) => value / b[round]!));
}
