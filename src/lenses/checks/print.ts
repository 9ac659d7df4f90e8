import type { CheckedPart, CheckedText, CheckFile, Expectation, Measured, NamedWord, SwitchedOff } from './contract';
import { isPlainWord } from './lineReader';

/** A text in the form of a field's value: as it is where it reads back as itself, else in quotes. */
function fieldText(text: string): string {
  return text === '' || text.startsWith('"') || text !== text.trim() || /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(text) ? quoted(text) : text;
}

/** As JSON, with what cannot be seen or ends a line escaped. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\p{Cf}]/gu, (character) => Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''));
}

export function wordText(word: string): string {
  return isPlainWord(word) ? word : quoted(word);
}

function namedText({ word, number }: NamedWord): string {
  return number === null ? wordText(word) : `${wordText(word)}#${number}`;
}

const partNames: Readonly<Record<CheckedPart, string>> = { first: 'head', decoder: 'decoder', cross: 'cross' };

function offText(off: SwitchedOff): string {
  switch (off.kind) {
    case 'positions':
      return 'positions';
    case 'layer':
      return `${off.part === 'first' ? '' : `${off.part} `}layer ${off.layer}`;
    case 'head':
      return `${partNames[off.part]} ${off.layer}.${off.head}`;
  }
}

/** What an expectation is about, as its file says it. */
export function measuredText(measured: Measured): string {
  switch (measured.kind) {
    case 'attention':
      return `${partNames[measured.part]} ${measured.layer}.${measured.head}: ${namedText(measured.query)} → ${namedText(measured.key)}`;
    case 'probability':
    case 'rank':
      return `P(${wordText(measured.word)})${measured.at === null ? '' : ` at ${namedText(measured.at)}`}${measured.kind === 'rank' ? ' rank' : ''}`;
    case 'nextSentence':
      return 'next sentence';
    case 'class':
      return `class ${wordText(measured.label)}`;
    case 'cosine': {
      const { first, second, state } = measured;
      const and = namedText(second) === namedText(first) ? '' : ` and ${namedText(second)}`;
      return `cosine of ${namedText(first)}${and}${state === null ? '' : ` state ${state}`}`;
    }
    case 'nextToken':
      return `next token ${wordText(measured.word)}`;
    case 'effect':
      return `effect${measured.ablation === 'mean' ? ' (mean)' : ''} of ${measured.off.map(offText).join(' and ')} on ${measuredText(measured.on)}`;
  }
}

/** One line of a file. */
export function expectationText({ bound, measured, relation }: Expectation): string {
  return `${measuredText(measured)} ${relation} ${bound}`;
}

/** A text with what is expected of it, as lines. */
export function textBlock({ expectations, second, text, written }: Omit<CheckedText, 'expectations'> & { readonly expectations: readonly Expectation[] }): string {
  return [
    `text: ${fieldText(text)}`,
    ...(second === null ? [] : [`second: ${fieldText(second)}`]),
    ...(written === null ? [] : [`written: ${fieldText(written)}`]),
    ...expectations.map((expectation) => `  ${expectationText(expectation)}`),
  ].map((line) => `${line}\n`).join('');
}

/** A whole file. */
export function printChecks(file: { readonly model: string; readonly hash: string | null; readonly texts: readonly Parameters<typeof textBlock>[0][] }): string {
  const head = `model: ${fieldText(file.model)}\n${file.hash === null ? '' : `hash: ${file.hash}\n`}`;
  return [head, ...file.texts.map(textBlock)].join('\n');
}

/** The file again, with another hash; nothing else of it changes. */
export function withHash(source: string, { hash: old, model }: Pick<CheckFile, 'hash' | 'model'>, hash: string): string {
  if (old) return source.slice(0, old.start) + hash + source.slice(old.end);
  const lineEnd = /\r\n|\n|\r/.exec(source)?.[0] ?? '\n';
  return `${source.slice(0, model.end)}${lineEnd}hash: ${hash}${source.slice(model.end)}`;
}
