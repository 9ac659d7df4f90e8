import { elementType, input, integerAttribute, output } from '../graph';
import { type FusedOperator, NotWrittenOut } from './fusedOperator';

/**
 * `RelativePositionBias` of `com.microsoft`, which the runtime computes on few devices: a bias for each distance of two
 * places, far ones sharing a bucket (Raffel et al. 2020, T5). `[1, head, query, key]`
 */
export const relativePositionBias: FusedOperator = (node, graph, writer) => {
  const [table, queryLength, keyLength] = [0, 1, 2].map((index) => input(node, index)) as [string, string, string];
  const [all, heads] = (graph.initializer(table)?.dims ?? []).map(Number) as [number?, number?];
  const farthest = integerAttribute(node, 'max_distance') ?? 128;
  if (!all || !heads) throw new NotWrittenOut('the number of its buckets is not stated');
  const bothWays = integerAttribute(node, 'is_bidirectional') === 1;
  const buckets = bothWays ? all / 2 : all;
  const exact = Math.floor(buckets / 2);
  const add: typeof writer.add = (...parts) => writer.add(...parts);
  const constants = { zero: writer.integers(0), exact: writer.integers(exact) };
  const places = (length: string, shape: readonly number[]): string =>
    add('Reshape', [writer.countTo(add('Cast', [length], { to: elementType.int64 })), writer.integers(...shape)]);
  const distance = add('Sub', [places(keyLength, [1, -1]), places(queryLength, [-1, 1])]);
  const steps = bothWays ? add('Abs', [distance]) : add('Neg', [add('Where', [add('Greater', [distance, constants.zero]), constants.zero, distance])]);
  // Places as near as `exact` have a bucket each, others one for a growing range; the logarithm of zero is left out by the choice.
  const near = add('Less', [steps, constants.exact]);
  const least = add('Cast', [add('Where', [near, constants.exact, steps])], { to: elementType.float });
  const single = (value: number): string => add('Cast', [writer.float(value)], { to: elementType.float });
  const share = add('Div', [add('Log', [add('Div', [least, single(exact)])]), single(Math.log(farthest / exact))]);
  const far = add('Add', [add('Cast', [add('Mul', [share, single(buckets - exact)])], { to: elementType.int64 }), constants.exact]);
  const last = writer.integers(buckets - 1);
  const capped = add('Where', [add('Greater', [far, last]), last, far]);
  const oneWay = add('Where', [near, steps, capped]);
  const ahead = add('Mul', [add('Cast', [add('Greater', [distance, constants.zero])], { to: elementType.int64 }), writer.integers(buckets)]);
  const bucket = bothWays ? add('Add', [oneWay, ahead]) : oneWay;
  // `[bucket, head]` by its dimensions, but column by column.
  const biases = add('Gather', [add('Reshape', [table, writer.integers(heads, all)]), bucket], { axis: 1 });
  add('Reshape', [biases, add('Concat', [writer.integers(1), add('Shape', [biases])], { axis: 0 })], {}, output(node));
};
