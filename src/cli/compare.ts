import { topK } from '../math/topK';
import { wordRelations, type WordComparison } from '../lenses/attention/compareContract';
import { occurrencesOf } from '../text/occurrences';
import { sharedWords } from '../text/sharedWords';
import type { TextRange } from '../text/range';
import { bar, percent } from './bar';
import { text as textOption } from './options';
import { UsageError, type Verb } from './verb';

const headsShown = 10;

/** `compare TEXT OTHER`: one word in two texts, state by state and head by head. */
export const compare: Verb = {
  name: 'compare',
  summary: 'one word in two texts: its vectors layer by layer, and the heads that differ',
  usage: 'compare TEXT OTHER [--word W]',
  words: [2, 2],
  options: { word: { type: 'string' } },
  help: `Compares a word where it stands in TEXT and in OTHER; its first occurrence counts, in upper or lower case.

  --word W    the word; without it, the longest that both texts hold

"cosines" are those of the word's vectors in both texts, from the embedding layer's output (state 0) to the
last layer's. "profiles" say how much of its attention the word gives, in TEXT and in OTHER, to
${wordRelations.join(', ')};
"distance" is the Jensen-Shannon divergence of the two, from 0 (the same) to 1 (nothing in common).

JSON: {model, device, word, places: [{start, end}, {start, end}], cosines: [state],
       heads: [{layer, head, distance, profiles: [{itself, ...}, {itself, ...}]}]}
Heads come with the largest distance first. "start" and "end" are UTF-16 offsets into TEXT and OTHER.
Without --json the ${headsShown} heads that differ most are listed.`,

  async run({ call, options, output, words }) {
    const [text, other] = words as [string, string];
    const word = textOption(options, 'word') ?? sharedWords(text, other)[0]?.word;
    if (word === undefined) throw new UsageError('The two texts share no word. Name one with --word that both hold.');
    const places = [placeOf(word, text, 'TEXT'), placeOf(word, other, 'OTHER')] as const;
    const comparison = await call('attention/compareWords', { text, word: places[0], other: { text: other, word: places[1] } });
    const { model, cosines, distances } = comparison;
    const heads = topK(distances, distances.length).map((at) => headAt(comparison, at));
    if (output.json) {
      await output.writeJson({ model: model.id, device: model.device, word, places, cosines: [...cosines], heads });
      return;
    }
    await output.line(`“${word}” in both texts, by ${model.name} on ${model.device}\n\ncosine of its vectors`);
    for (const [state, cosine] of cosines.entries()) {
      await output.line(`  ${(state === 0 ? 'embeddings' : `layer ${state - 1}`).padEnd(10)} ${bar(cosine)} ${cosine.toFixed(3)}`);
    }
    await output.line('\nheads that differ most');
    for (const { layer, head, distance, profiles } of heads.slice(0, headsShown)) {
      const relation = wordRelations[topK(Float32Array.from(wordRelations, (name) => Math.abs(profiles[1][name] - profiles[0][name])), 1)[0]!]!;
      const change = `${relation} ${percent(profiles[0][relation])} → ${percent(profiles[1][relation])}`;
      await output.line(`  layer ${layer}, head ${String(head).padEnd(2)}  ${distance.toFixed(3)}  ${change}`);
    }
  },
};

type Profile = Record<(typeof wordRelations)[number], number>;

function headAt({ model, distances, profiles }: WordComparison, at: number) {
  const profile = (which: 0 | 1): Profile =>
    Object.fromEntries(wordRelations.map((name, index) => [name, profiles[which][at * wordRelations.length + index]!])) as Profile;
  return {
    layer: Math.floor(at / model.heads),
    head: at % model.heads,
    distance: distances[at]!,
    profiles: [profile(0), profile(1)] as const,
  };
}

/** @throws UsageError where the text does not hold the word */
function placeOf(word: string, text: string, name: string): TextRange {
  const [place] = occurrencesOf(text, word);
  if (place) return place;
  throw new UsageError(`${name} does not hold “${word}” as a word. Choose a word that both texts hold.`);
}
