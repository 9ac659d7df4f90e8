import { HeadlightError } from '../errors';
import type { Senses } from '../lenses/senses/contract';
import type { ComparedOccurrence, OccurrencePair } from '../lenses/senses/compareContract';
import type { SenseLayer } from '../lenses/senses/layersContract';
import { type Occurrence, occurrencesInContext } from '../text/occurrences';
import { type AnsweredWord, answerWords, askedWords, printWords, wordsJson } from './furtherWords';
import { texts, wholeNumber } from './options';
import { senseLine } from './senseLine';
import { readTextFile } from './textFile';
import { UsageError, type Verb, type VerbContext } from './verb';

const defaultLimit = 300;
const substitutesShown = 8;
/** Words of a compared sentence that are printed: those that move the vector most. */
const wordsShown = 5;

/** `senses WORD FILE`: occurrences of a word, grouped by what it means there. */
export const senses: Verb = {
  name: 'senses',
  summary: 'occurrences of a word in a file, grouped by meaning',
  usage: 'senses WORD FILE [--limit N] [--layers] [--compare A,B] [--with WORD…]',
  switchable: true,
  words: [2, 2],
  options: { limit: { type: 'string' }, layers: { type: 'boolean' }, compare: { type: 'string' }, with: { type: 'string', multiple: true } },
  help: `Groups the places where WORD stands in FILE (UTF-8 text) by what the word means there. The number of
groups is found, not given.

  --limit N   compare the first N occurrences only (default ${defaultLimit}); stderr tells how many were left out
  --layers    also how far apart the senses lie by the word's own vector in each hidden state, 0 the
              embedding layer's: mean silhouette by cosine distance (-1 to 1), and mean cosine of pairs
  --compare A,B  also two occurrences in detail, by their places in the list from 0: cosine by hidden state,
              and of each word of their sentences how far the vector moves without it ("moved", 1 - cosine)
              and how much nearer the other it comes ("nearer", difference of cosines)
  --with WORD  also where another word or phrase falls: mean cosine of its places with the occurrences of
              each sense. It is read where FILE has it (the nearest 8 places), else alone, in a sentence that
              says nothing about it; --with "WORD=SENTENCE" reads it in that sentence. May be repeated

With a sense dictionary beside the model, groups and occurrences are named by the senses that WordNet lists for
the word: the most probable ones, and the probability that it is none of them ("unlisted").

JSON: {occurrences: [{line, start, end, sense, x, y, name}], senses: [{size, substitutes, name}],
       layers?: [{silhouette, within, between, points: [{x, y}]}],
       compared?: {cosines, sides: [{context: [{start, end, moved, nearer}], words, substitutes}]},
       with?: [{word, from, places: [{sentence, line, start, end}], cosines, points: [{x, y}]}]}
name: {senses: [{lemma, partOfSpeech, gloss, synonyms, probability}], unlisted, omitted, clear} or null
"line" counts from 1; "start" and "end" are UTF-16 offsets into the file; "sense" is an index into
"senses", largest group first; "x" and "y" place the occurrence on a map from -1 to 1. All three are null
where the model cannot read the word. "from" is "sentence", "document" or "alone"; "cosines" of a word is
[state][sense].`,

  async run(context) {
    const { call, options, output, words } = context;
    const [word, path] = words as [string, string];
    const most = wholeNumber(options, 'limit', 1) ?? defaultLimit;
    const asked = askedWords(texts(options, 'with'));
    const text = await readTextFile(path);
    const { occurrences, total } = occurrencesInContext(text, word, { around: 0, most });
    if (total === 0) {
      throw new HeadlightError('word-not-found', `"${word}" does not stand in ${path}. Check its spelling.`);
    }
    if (total > occurrences.length) {
      process.stderr.write(`The first ${occurrences.length} of ${total} occurrences are compared (--limit).\n`);
    }
    const answer = await call('senses/group', { word, occurrences, top: substitutesShown });
    const senseOf = answer.occurrences.map((one) => one?.sense ?? null);
    const layers = options['layers'] === true
      ? (await call('senses/layers', { occurrences, senses: senseOf })).states
      : undefined;
    const pair = typeof options['compare'] === 'string' ? pairOf(options['compare'], occurrences) : undefined;
    const compared = pair && (await call('senses/compareOccurrences', { pair, top: substitutesShown }));
    const further = asked.length > 0 ? await answerWords(asked, text, occurrences, senseOf, call) : undefined;
    if (output.json) await printJson(context, answer, occurrences, { layers, compared, further });
    else {
      await printGroups(context, answer, occurrences);
      if (layers) await printLayers(context, layers);
      if (pair && compared) await printCompared(context, pair, compared);
      if (further) await printWords(context, further);
    }
  },
};

/** @throws UsageError for anything but two places in the list */
function pairOf(text: string, occurrences: readonly Occurrence[]): readonly [Occurrence, Occurrence] {
  const places = /^(\d+),(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  const [first, second] = places.map((place) => occurrences[place]);
  if (first && second && first !== second) return [first, second];
  throw new UsageError(`--compare takes two different places from 0 to ${occurrences.length - 1}, for example --compare 0,1.`);
}

async function printJson(
  { output }: VerbContext,
  answer: Senses,
  occurrences: readonly Occurrence[],
  { layers, compared, further }: { readonly layers: readonly SenseLayer[] | undefined; readonly compared: OccurrencePair | undefined; readonly further: readonly AnsweredWord[] | undefined },
): Promise<void> {
  await output.writeJson({
    occurrences: occurrences.map(({ line, offset, start, end }, index) => {
      const { sense = null, x = null, y = null } = answer.occurrences[index] ?? {};
      return { line, start: offset, end: offset + end - start, sense, x, y, name: answer.names[index] ?? null };
    }),
    senses: answer.senses.map(({ size, substitutes, name }) => ({ size, substitutes, name })),
    ...(layers && { layers }),
    ...(further && { with: wordsJson(further) }),
    ...(compared && { compared: { cosines: [...compared.cosines], sides: compared.sides } }),
  });
}

async function printGroups({ output }: VerbContext, answer: Senses, occurrences: readonly Occurrence[]): Promise<void> {
  const { model, calibrated } = answer;
  await output.line(`${model.name} on ${model.device}`);
  if (!calibrated) await output.line('The same-sense probability was not fitted for this model: take groups as hints.');
  const width = String(occurrences.at(-1)?.line ?? 0).length;
  const list = async (sense: number | null): Promise<void> => {
    for (const [index, { line, sentence }] of occurrences.entries()) {
      if ((answer.occurrences[index]?.sense ?? null) === sense) {
        await output.line(`  ${String(line).padStart(width)}  ${sentence.replace(/\s+/g, ' ')}`);
      }
    }
  };
  for (const [sense, { size, substitutes, name }] of answer.senses.entries()) {
    const like = substitutes.length > 0 ? `, like ${substitutes.join(', ')}` : '';
    await output.line(`\nsense ${sense} (${size}×)${like}`);
    if (name) await output.line(`  ${senseLine(name)}`);
    await list(sense);
  }
  if (answer.occurrences.includes(null)) {
    await output.line('\nnot readable by this model');
    await list(null);
  }
}

async function printLayers({ output }: VerbContext, layers: readonly SenseLayer[]): Promise<void> {
  const number = (value: number | null): string => (value === null ? '-' : value.toFixed(3)).padStart(12);
  await output.line(`\nstate${['silhouette', 'same sense', 'different'].map((name) => name.padStart(12)).join('')}`);
  for (const [state, { silhouette, within, between }] of layers.entries()) {
    await output.line(`${String(state).padStart(5)}${[silhouette, within, between].map(number).join('')}`);
  }
}

async function printCompared({ output }: VerbContext, pair: readonly [Occurrence, Occurrence], { cosines, sides }: OccurrencePair): Promise<void> {
  await output.line(`\ncosine by state: ${Array.from(cosines, (cosine) => cosine.toFixed(3)).join(' ')}`);
  const print = async ({ line, sentence }: Occurrence, { context, substitutes }: ComparedOccurrence): Promise<void> => {
    await output.line(`\nline ${line}${substitutes ? `, like ${substitutes.map(({ token }) => token).join(', ')}` : ''}`);
    for (const { start, end, moved, nearer } of [...context].sort((a, b) => b.moved - a.moved).slice(0, wordsShown)) {
      await output.line(`  without ${sentence.slice(start, end).padEnd(16)} moved ${moved.toFixed(3)}  nearer ${nearer.toFixed(3)}`);
    }
  };
  await print(pair[0], sides[0]);
  await print(pair[1], sides[1]);
}
