/** A smooth function to minimize: gives its value at `x`, and writes its gradient there. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Greatest element of the gradient, in magnitude, at which the minimum is found. */
  readonly tolerance: number;
  readonly mostIterations: number;
}

/** Steps that are remembered. */
const memory = 10;
/** Share of the expected decrease that a step must bring (Armijo), and of the slope that may be left (Wolfe). */
const [enough, curvature] = [1e-4, 0.9];
const mostTrials = 30;

/**
 * Minimizes a function by L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5) with steps that meet the strong Wolfe
 * conditions (algorithm 3.5, bisecting where 3.6 interpolates). `x` is moved; after each iteration the value is given, so
 * that whoever takes it may stop between two of them. Ends at the tolerance, at the most iterations, or where no step
 * lowers the value any more.
 */
export function* lbfgs(objective: Objective, x: Float64Array, { tolerance, mostIterations }: LbfgsOptions): Generator<number, void> {
  const size = x.length;
  let gradient = new Float64Array(size);
  let value = objective(x, gradient);
  const steps: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  for (let iteration = 0; iteration < mostIterations && largest(gradient) > tolerance; iteration++) {
    let direction = descent(gradient, steps);
    let slope = product(gradient, direction);
    if (!(slope < 0)) {
      // What is remembered no longer fits: begin anew, downhill.
      steps.length = 0;
      direction = gradient.map((g) => -g);
      slope = product(gradient, direction);
    }
    // The first step has no scale of its own.
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const found = wolfeStep(objective, x, value, slope, direction, first);
    if (!found) return;
    const s = new Float64Array(size);
    const y = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      s[i] = found.step * direction[i]!;
      x[i]! += s[i]!;
      y[i] = found.gradient[i]! - gradient[i]!;
    }
    const curved = product(s, y);
    if (curved > 0) steps.push({ s, y, rho: 1 / curved });
    if (steps.length > memory) steps.shift();
    ({ gradient, value } = found);
    yield value;
  }
}

/** −H·gradient by the two-loop recursion. */
function descent(gradient: Float64Array, steps: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[]): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (let k = steps.length - 1; k >= 0; k--) {
    const { s, y, rho } = steps[k]!;
    const alpha = rho * product(s, q);
    alphas[k] = alpha;
    add(q, y, -alpha);
  }
  const last = steps.at(-1);
  if (last) {
    const scale = 1 / (last.rho * product(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  steps.forEach(({ s, y, rho }, k) => {
    add(q, s, alphas[k]! - rho * product(y, q));
  });
  for (let i = 0; i < q.length; i++) q[i] = -q[i]!;
  return q;
}

interface Step {
  readonly step: number;
  readonly value: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** A step along `direction` that meets the strong Wolfe conditions, or the best that lowers the value; null where none does. */
function wolfeStep(objective: Objective, x: Float64Array, value: number, slope: number, direction: Float64Array, first: number): Step | null {
  const place = new Float64Array(x.length);
  let [low, high] = [0, Infinity];
  let step = first;
  let best: Step | null = null;
  for (let trial = 0; trial < mostTrials; trial++) {
    for (let i = 0; i < x.length; i++) place[i] = x[i]! + step * direction[i]!;
    const gradient = new Float64Array(x.length);
    const there = objective(place, gradient);
    const slopeThere = product(gradient, direction);
    if (!(there <= value + enough * step * slope)) {
      high = step;
    } else {
      if (best === null || there < best.value) best = { step, value: there, gradient };
      if (Math.abs(slopeThere) <= -curvature * slope) return { step, value: there, gradient };
      if (slopeThere > 0) high = step;
      else low = step;
    }
    step = high === Infinity ? 2 * step : (low + high) / 2;
  }
  return best;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += times * what[i]!;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
