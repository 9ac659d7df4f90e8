import { formatWeight } from '../../../format';

/** What the cosines of a word's vectors say, in two sentences. */
export function cosineText(cosines: ArrayLike<number>): string {
  const all = Array.from(cosines);
  const [first, last] = [all[0]!, all.at(-1)!];
  if (all.every((cosine) => cosine > 0.9995)) return 'In every layer the two vectors are the same.';
  const least = all.indexOf(Math.min(...all));
  const lowest = least === 0 ? 'before the first layer' : least === all.length - 1 ? 'after the last layer' : `after layer ${least - 1}`;
  const start = `Before the first layer, where only the word and its place count, the two vectors have cosine ${formatWeight(first)}; they are least alike ${lowest} (${formatWeight(all[least]!)}).`;
  const change = last - first;
  return `${start} ${
    change < -0.05 ? 'Layer by layer the two contexts move the word apart.' : change > 0.05 ? 'The two contexts bring the word closer together.' : 'By the last layer the two contexts have hardly changed how alike they are.'
  }`;
}

/** How a cosine is to be read. */
export const cosineNote =
  'The cosine of the angle between the word’s vectors in the two texts: 1 is the same direction. Vectors of later layers share much of their direction whatever the word (Ethayarajh 2019, arXiv:1909.00512), so compare with a text that uses the word alike.';
