import type { Crossing } from '../lenses/nextSentence/crossingContract';
import { crossingHeads } from '../lenses/nextSentence/crossingHeads';
import { isNextInWords } from '../lenses/nextSentence/inWords';
import { ordinarySentence } from '../lenses/nextSentence/ordinarySentences';
import { topK } from '../math/topK';
import { bar, percent } from './bar';
import { text, wholeNumber } from './options';
import { UsageError, type Verb, type VerbContext } from './verb';

const headsShown = 5;

/** `next A B`: whether B follows A. */
export const next: Verb = {
  name: 'next',
  summary: 'whether sentence B follows sentence A',
  usage: 'next A B [--swap] [--control [SENTENCE]] [--turn N] [--heads]',
  switchable: true,
  words: [2, 2],
  options: { swap: { type: 'boolean' }, control: { type: 'string' }, turn: { type: 'string' }, heads: { type: 'boolean' } },
  optionalValues: ['control'],
  help: `Prints the probability that sentence B follows sentence A, by the model's next-sentence head.

  --swap      also whether A follows B
  --control [SENTENCE]
              also whether SENTENCE follows A: without one, an ordinary sentence of Headlight's own
  --turn N    which of those (default 1): the same number gives the same sentence again
  --heads     also how much of each head's attention goes from A to B and from B to A

JSON: {isNext, swapped?, control?: {sentence, isNext}, even?: {firstToSecond, secondToFirst},
       heads?: [{layer, head, firstToSecond, secondToFirst, onWords}]}
"isNext" and "swapped" are probabilities from 0 to 1. Of each token's attention special tokens are left
out and the rest is renormalised; "firstToSecond" is the share of it that goes to B, the mean over the
tokens of A (null where none looks at words), "secondToFirst" the reverse, "onWords" what was left after
special tokens, and "even" what attention without a preference would give. Where a head looks is no proof
of what carries the decision. Without --json the ${headsShown} heads of each direction that cross most are listed.`,

  async run(context) {
    const { call, options, output, words } = context;
    const [first, second] = words as [string, string];
    const control = controlOf(context, first, second);
    const { isNext, model, heldOut, windowed } = await call('nextSentence/score', { first, second });
    const isNextOf = async (a: string, b: string): Promise<number> => (await call('nextSentence/score', { first: a, second: b })).isNext;
    const swapped = options['swap'] === true ? await isNextOf(second, first) : undefined;
    const controlled = control === undefined ? undefined : await isNextOf(first, control);
    const crossing = options['heads'] === true ? await call('nextSentence/crossing', { first, second }) : undefined;
    if (output.json) {
      await output.writeJson({
        isNext,
        ...(swapped !== undefined && { swapped }),
        ...(control !== undefined && { control: { sentence: control, isNext: controlled } }),
        ...(crossing && { even: crossing.even, heads: crossingHeads(crossing) }),
      });
      return;
    }
    const line = (what: string, value: number): Promise<void> => output.line(`${what}: ${bar(value)} ${percent(value).padStart(7)} ${isNextInWords(value)}`);
    await output.line(`${model.name} on ${model.device}`);
    if (windowed) await output.line(windowed.explanation);
    await line('B follows A', isNext);
    if (swapped !== undefined) await line('A follows B', swapped);
    if (controlled !== undefined) await line('control follows A', controlled);
    if (control !== undefined) await output.line(`  control: ${control}`);
    if (heldOut) {
      const { pairs, otherDocument, sameDocument } = heldOut;
      await output.line(`Of ${pairs} held-out pairs it judges ${percent(otherDocument)} rightly against sentences of another document, ${percent(sameDocument)} against others of the same one; 50 % is chance.`);
    }
    if (crossing) await printHeads(context, crossing);
  },
};

/** The control sentence; undefined where none is wanted. @throws UsageError for a turn of nothing */
function controlOf({ options }: VerbContext, first: string, second: string): string | undefined {
  const given = text(options, 'control');
  const turn = wholeNumber(options, 'turn', 1);
  if (turn !== undefined && given !== '') throw new UsageError('--turn chooses among Headlight’s control sentences: give --control without a sentence.');
  return given === '' ? ordinarySentence(turn ?? 1, [first, second]) : given;
}

async function printHeads({ output }: VerbContext, crossing: Crossing): Promise<void> {
  const list = crossingHeads(crossing);
  for (const [direction, name] of [['firstToSecond', 'from A to B'], ['secondToFirst', 'from B to A']] as const) {
    await output.line(`\nattention ${name} (${percent(crossing.even[direction])} if even; special tokens left out)`);
    for (const at of topK(crossing[direction], headsShown)) {
      const { layer, head, onWords, [direction]: share } = list[at]!;
      await output.line(`  layer ${layer}, head ${String(head).padEnd(2)} ${bar(share)} ${percent(share)}  (${percent(onWords)} of its attention is on words)`);
    }
  }
}
