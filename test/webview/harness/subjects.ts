import { patchingExample } from '../../../src/lenses/evidence/patchingExample';
import type { Source, Subject, WritingLens } from '../../../src/panel/contract';

function source(text: string, second?: string): Source {
  return {
    uri: 'file:///lesson.md',
    label: 'lesson.md:12',
    version: 1,
    first: { text, offset: 100 },
    ...(second !== undefined && { second: { text: second, offset: 400 } }),
    selection: { start: 0, end: 0 },
  };
}

export const cow = 'The cow ate her treat that Sally gave, and it jumped over the moon.';

/** Text that would run as HTML, reorder, join or hide where it is not shown as text. */
export const hostile = '<img src=x onerror="window.hacked=1"> \u202eabc\u202c שלום 👩‍👩‍👧 a\u200bb \u0007 <script>window.hacked=1</script>';

export function attentionOf(text = cow, second?: string): Subject {
  return { lens: 'attention', source: source(text, second) };
}

export function lineageOf(text = cow): Subject {
  return { lens: 'lineage', source: source(text) };
}

export function predictionsOf(text = 'The cow jumped over the [MASK].', masked?: string): Subject {
  const at = masked === undefined ? -1 : text.indexOf(masked);
  return {
    lens: 'predictions',
    source: source(text),
    ...(masked !== undefined && { maskRange: { start: at, end: at + masked.length } }),
  };
}

/** A text for a lens that shows a model write. */
export function writtenOf(lens: WritingLens, text = 'The cow jumped over the moon.'): Subject {
  return { lens, source: source(text) };
}

/** A file of labelled lines; with `start` as the command opens it. */
export function trainingOf(start?: string): Subject {
  return { lens: 'training', source: { ...source('positive\tThe soup was warm.'), label: 'reviews.tsv' }, ...(start !== undefined && { start }) };
}

/** Two sentences, with the part about them open as the command opens it; without a second one at the end of a text. */
export function nextSentenceOf(first = 'The cow jumped over the moon.', second: string | null = 'The dish ran away with the spoon.', id = 'a'): Subject {
  const from = source(first, second ?? undefined);
  return {
    lens: 'predictions',
    source: from,
    sentences: { first: from.first, ...(from.second && { second: from.second }) },
    opened: { id, part: 'nextSentence' },
  };
}

const sentences = [
  'She put the score on the music stand and began to play.',
  'The stand wobbled when he turned the page.',
  'A folding stand holds the notes of the second violin.',
  'I cannot stand the noise of that machine.',
  'He could not stand another hour of waiting.',
  'Nobody can stand being laughed at for long.',
  'Please stand when the judge enters the room.',
  'We had to stand for the whole journey, from the first stop in the hills to the last one by the harbour, because every seat was taken.',
  'They stand up as soon as the bell rings.',
];

export function sensesOf(lines: readonly string[] = sentences, word = 'stand'): Subject {
  const occurrences = lines.map((sentence, index) => {
    const start = sentence.indexOf(word);
    return { sentence, start, end: start + word.length, line: 3 + index, offset: 1000 * index + start };
  });
  return { lens: 'senses', source: source(lines.join('\n')), word: { word, current: 3, occurrences, total: occurrences.length + 12 } };
}

/** A sentence for outcomes, with a word at the cursor that occurs elsewhere too. */
export function evidenceOf(text = 'The cow jumped over the moon.', word = 'moon', second: string | null = 'The dish ran away with the spoon.'): Subject {
  const start = text.indexOf(word);
  const from = source(text);
  return {
    lens: 'evidence',
    source: from,
    maskRange: { start, end: start + word.length },
    sentences: { first: from.first, ...(second !== null && { second: { text: second, offset: 300 } }) },
    word: {
      word,
      current: 0,
      total: 3,
      occurrences: [text, `They saw the ${word} rise.`, `No ${word} was to be seen.`].map((sentence, index) => {
        const at = sentence.indexOf(word);
        return { sentence, start: at, end: at + word.length, offset: 100 + 1000 * index + at, line: 12 + index };
      }),
    },
  };
}

export function generationOf(text = 'The cow jumped over the'): Subject {
  return { lens: 'generation', source: source(text) };
}

export function classificationOf(text = 'A dull, badly written mess that only wastes its great cast.', second?: string, opened?: string): Subject {
  return { lens: 'classification', source: source(text, second), ...(opened !== undefined && { opened: { id: opened, part: 'lines' } }) };
}

/** Lines of a document, with two models that a command compares, or without any. */
export function driftOf(models: { readonly model: string; readonly against: string } | null = { model: 'encoder', against: 'small' }, count = 9): Subject {
  const lines = Array.from({ length: count }, (_, at) => {
    const text = at === 4 ? hostile : sentences[at % sentences.length]!;
    return { text, offset: 1000 * at, line: 2 * at + 1 };
  });
  return {
    lens: 'drift',
    source: { ...source(lines[0]!.text), label: 'lines.txt' },
    lines: { lines, total: count === 9 ? 9 : 1200, within: null, heldOut: false },
    ...(models && { opened: { id: 'run', ...models } }),
  };
}

/** Labelled lines that were held out when one of two models was fine-tuned on them. */
export function heldOutOf(): Subject {
  const subject = driftOf() as Extract<Subject, { lens: 'drift' }>;
  const lines = subject.lines.lines.map((line, at) => ({ ...line, label: at % 2 ? 'b<i>' : 'a' }));
  return { ...subject, lines: { ...subject.lines, lines, heldOut: true } };
}

/** The evidence lens as the senses lens opens it: three groups of a word. */
export function separationOf(lines: readonly string[] = sentences, word = 'stand', id = 'a'): Subject {
  const places = lines.map((sentence) => ({ sentence, start: sentence.indexOf(word), end: sentence.indexOf(word) + word.length }));
  const groups = [places.slice(0, 3), places.slice(3, 6), places.slice(6)];
  const subject = evidenceOf(lines[0], word);
  return { ...(subject as Extract<Subject, { lens: 'evidence' }>), opened: { id, outcome: { kind: 'separation', groups } } };
}

/** The evidence lens as the command opens it that patches one sentence of the lesson into another. */
export function patchingExampleOf(id = 'a'): Subject {
  const subject = evidenceOf(patchingExample.word.sentence, 'stand');
  return { ...(subject as Extract<Subject, { lens: 'evidence' }>), opened: { id, outcome: patchingExample.outcome, example: true } };
}

/** A text of many words, for crowded drawings. */
export function longText(words: number): string {
  const stock = cow.replace(/[.,]/g, '').split(' ');
  return Array.from({ length: words }, (_, index) => stock[(index * 7 + (index >> 3)) % stock.length]).join(' ');
}
