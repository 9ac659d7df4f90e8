import { randomNumbers } from '../../src/math/random';

const subjects = ['The soup', 'Her letter', 'This film', 'The new bridge', 'Our guide', 'The old piano', 'That lesson', 'His garden', 'The small hotel', 'My coat', 'The evening train', 'Their answer'];
const good = ['was a joy', 'is kind and clear', 'made us smile', 'was worth the wait', 'works very well', 'is a delight', 'was warm and bright', 'could not be better'];
const bad = ['was a bore', 'is rude and wrong', 'made us angry', 'was a waste of time', 'falls apart', 'is a disgrace', 'was cold and dark', 'could not be worse'];
const ends = ['in the end', 'for once', 'as ever', 'by the river', 'on Monday', 'after all these years', 'to be honest', 'at that price', 'for the children', 'in this town'];

/** Short lines of two labels, `label<TAB>text`, all different; one in twenty has the wrong label. */
export function labelledLines(count: number): string {
  const random = randomNumbers(3);
  const one = (of: readonly string[]): string => of[Math.floor(random() * of.length)]!;
  const lines = new Set<string>();
  for (let at = 0; lines.size < count; at++) {
    const isGood = at % 2 === 0;
    lines.add(`${one(subjects)} ${one(isGood ? good : bad)} ${one(ends)}, ${one(ends)} and ${one(ends)}.\t${(random() < 0.05) !== isGood ? 'good' : 'bad'}`);
  }
  return [...lines].map((line) => line.split('\t').reverse().join('\t')).join('\n');
}
