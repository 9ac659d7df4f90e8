import type { Translation, TranslationScore } from '../../../src/lenses/translation/contract';
import type { WrittenStep } from '../../../src/lenses/writing/contract';
import { visibleText } from '../../../src/text/visibleText';
import type { AxisItem } from '../attention/headView';

/** A translation to look into: one that the model wrote, or the reader's own as the model reads it. */
export type ShownTranslation = Pick<
  Translation | TranslationScore,
  'model' | 'tokens' | 'windowed' | 'output' | 'steps' | 'firstKeys' | 'logProbability' | 'looksBy' | 'crossLayers' | 'crossHeads' | 'selfLayers' | 'selfHeads'
>;

/** Begins like a word or goes on with one. */
const inWord = /^[\p{L}\p{N}\p{M}]/u;

/** What a step wrote, as the views write it. */
export function stepText({ token }: Pick<WrittenStep, 'token'>): string {
  return visibleText(token);
}

/** A vocabulary entry by itself; one that goes on with the word before it shows that. */
export function entryText({ token, startsWord }: Pick<WrittenStep, 'token' | 'startsWord'>): string {
  return `${!startsWord && inWord.test(token) ? '…' : ''}${visibleText(token)}`;
}

/** Steps of each written word, special tokens by themselves, in the order of writing. */
export function writtenWords(steps: readonly WrittenStep[]): number[][] {
  const words: number[][] = [];
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    // A full stop belongs to no word, though no space stands before it.
    const goesOn = before !== undefined && !step.special && !before.special && !step.startsWord && inWord.test(step.token) && inWord.test(before.token);
    if (goesOn) words.at(-1)!.push(index);
    else words.push([index]);
  });
  return words;
}

/** Written tokens, or words, as rows; `tokens` are steps. */
export function writtenItems(steps: readonly WrittenStep[], words: boolean): AxisItem[] {
  const groups = words ? writtenWords(steps) : steps.map((_, index) => [index]);
  return groups.map((group): AxisItem => {
    const parts = group.map((index) => steps[index]!);
    const first = parts[0]!;
    return {
      tokens: group,
      label: parts.map(stepText).join(''),
      title: parts.map(({ id, token }) => `${visibleText(token)} · id ${id}`).join('\n'),
      special: first.special,
      segment: 0,
      joined: !words && group[0]! > 0 && !first.startsWord && !first.special,
    };
  });
}
