import type { TextRange } from '../../text/range';
import type { Ablation } from '../whatIf/contract';
import {
  type CheckedOutcome, type CheckedPart, type CheckedText, type CheckFault, type CheckFile, type Expectation, longestCheckFile, type Measured, type PlacedExpectation,
  type PlacedText, type Relation, type SwitchedOff,
} from './contract';
import { LineFault, LineReader } from './lineReader';

/** What a file says, as far as it can be understood, and what in it cannot. */
export interface ReadCheckFile {
  /** Null where something is lacking without which nothing can be checked. */
  readonly file: CheckFile | null;
  readonly faults: readonly CheckFault[];
}

const field = /^[ \t]*(model|hash|text|second|written)[ \t]*:/;
const expectationsAre = '“head 3.4: it → cow >= 0.3”, “P(moon) >= 0.1”, “P(moon) rank <= 10”, “next sentence >= 0.9”, “class positive >= 0.8”, “cosine of stand <= 0.7”, “next token moon >= 0.1”, or “effect of head 5.1 on P(moon) < 0”';

/** Most faults that are told of one file. */
const mostFaults = 100;

/**
 * Reads a file of checks. Line by line: a fault in one does not keep the others from being read.
 * @param source as it is on the disk; a byte order mark and any line ends are taken, and offsets count in it
 */
export function parseChecks(source: string): ReadCheckFile {
  if (source.length > longestCheckFile) return { file: null, faults: [{ start: 0, end: 0, message: `The file is longer than ${longestCheckFile} characters. Split it.` }] };
  const reading = new Reading();
  const first = source.startsWith('\uFEFF') ? 1 : 0;
  const lines = /[^\r\n]*(?:\r\n|\n|\r|$)/g;
  lines.lastIndex = first;
  for (let match = lines.exec(source); match && match[0] !== ''; match = lines.exec(source)) {
    reading.line(match[0].replace(/[\r\n]+$/, ''), match.index);
    if (reading.faults.length >= mostFaults) return { file: null, faults: reading.faults };
  }
  return reading.result(source.length);
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

class Reading {
  readonly faults: CheckFault[] = [];
  private model: PlacedText | null = null;
  private hash: PlacedText | null = null;
  private readonly texts: (Writable<Omit<CheckedText, 'expectations'>> & { readonly expectations: PlacedExpectation[] })[] = [];

  line(line: string, offset: number): void {
    const reader = new LineReader(line, offset);
    if (reader.isDone) return;
    try {
      const name = field.exec(line)?.[1];
      if (name === undefined) this.expectation(reader);
      else this.field(name, reader);
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      this.faults.push(error.fault);
    }
  }

  result(end: number): ReadCheckFile {
    if (this.model === null) this.faults.push({ start: 0, end: 0, message: 'Expected “model:” with a built-in id, such as encoder, or the path of a model folder from here.' });
    if (this.texts.length === 0) this.faults.push({ start: end, end, message: 'Expected “text:” with a text, and below it what is expected of it.' });
    return { file: this.model && { model: this.model, hash: this.hash, texts: this.texts }, faults: this.faults };
  }

  private field(name: string, reader: LineReader): void {
    const start = reader.position;
    reader.requireKeyword('a field', name);
    reader.requireSign('a colon', ':');
    const valueStart = reader.position;
    const refuse = (message: string): never => { throw new LineFault({ start, end: start + name.length, message }); };
    const text = this.texts.at(-1);
    switch (name) {
      case 'model':
      case 'hash': {
        if (this[name] !== null) refuse(`Expected one “${name}:” in a file. Put checks of another model into a file of their own.`);
        if (text) refuse(`Expected “${name}:” before the first “text:”.`);
        const value = reader.requireText(name === 'model' ? 'a built-in id, such as encoder, or the path of a model folder' : 'the hash of the model');
        if (name === 'hash' && !/^[0-9a-f]{8,64}$/.test(value)) throw new LineFault({ start: valueStart, end: reader.end, message: 'Expected a hash: 8 to 64 of the digits 0–9 and a–f.' });
        this[name] = { value, start: valueStart, end: reader.end };
        return;
      }
      case 'text':
        this.texts.push({ text: reader.requireText('the text that the model reads'), second: null, written: null, expectations: [] });
        return;
      case 'second':
      case 'written':
        if (!text) return refuse(`Expected “text:” before “${name}:”.`);
        if (text[name] !== null) refuse(`Expected one “${name}:” for a text.`);
        if (text.expectations.length > 0) refuse(`Expected “${name}:” before what is expected of the text.`);
        text[name] = reader.requireText(name === 'second' ? 'the second text of the pair' : 'what has been written so far');
    }
  }

  private expectation(reader: LineReader): void {
    const start = reader.position;
    const expectation = parseExpectation(reader);
    const range: TextRange = { start, end: reader.end };
    reader.requireEnd();
    const text = this.texts.at(-1);
    if (!text) throw new LineFault({ ...range, message: 'Expected “text:” before the first expectation.' });
    const { measured } = expectation;
    const outcome = measured.kind === 'effect' ? measured.on : measured;
    if (outcome.kind === 'nextSentence' && text.second === null) throw new LineFault({ ...range, message: 'Expected “second:” with the next sentence below “text:”.' });
    if (outcome.kind === 'cosine' && text.second === null && isOneWord(outcome)) throw new LineFault({ ...range, message: 'Expected “second:” below “text:”, or two words: “cosine of stand#1 and stand#2”.' });
    text.expectations.push({ ...expectation, range });
  }
}

function isOneWord({ first, second }: Extract<Measured, { kind: 'cosine' }>): boolean {
  return first.word === second.word && first.number === second.number;
}

function parseExpectation(reader: LineReader): Expectation {
  const measured = parseMeasured(reader);
  const sign = reader.requireSign('>=, <=, > or <', '>=', '<=', '≥', '≤', '>', '<');
  const relation: Relation = sign === '≥' ? '>=' : sign === '≤' ? '<=' : (sign as Relation);
  return { measured, relation, bound: reader.requireNumber() };
}

function parseMeasured(reader: LineReader): Measured {
  const keyword = reader.keyword('head', 'decoder', 'cross', 'effect');
  if (keyword === null) return parseOutcome(reader, true);
  if (keyword === 'effect') return parseEffect(reader);
  const place = parseHead(reader);
  reader.requireSign('a colon behind the head, as in 3.4:', ':');
  const query = reader.requireNamedWord('the word that looks');
  reader.requireSign('→ or ->', '→', '->');
  return { kind: 'attention', part: partOf(keyword), ...place, query, key: reader.requireNamedWord('the word that is looked at') };
}

const partOf = (keyword: 'head' | 'decoder' | 'cross'): CheckedPart => (keyword === 'head' ? 'first' : keyword);

function parseHead(reader: LineReader): { readonly layer: number; readonly head: number } {
  const layer = reader.requireIndex('layer and head, such as 3.4');
  reader.requireSign('a dot between layer and head, as in 3.4', '.');
  return { layer, head: reader.requireIndex('a head') };
}

function parseEffect(reader: LineReader): Measured {
  let ablation: Ablation = 'zero';
  if (reader.sign('(') !== null) {
    ablation = reader.requireKeyword('zero or mean', 'zero', 'mean');
    reader.requireSign('a closing parenthesis', ')');
  }
  reader.requireKeyword('“of” and what is switched off', 'of');
  const off: SwitchedOff[] = [];
  do off.push(parseOff(reader));
  while (reader.keyword('and') !== null);
  reader.requireKeyword('“on” and what is measured', 'on');
  return { kind: 'effect', off, ablation, on: parseOutcome(reader, false) as CheckedOutcome };
}

function parseOff(reader: LineReader): SwitchedOff {
  const keyword = reader.requireKeyword('head 5.1, layer 5, cross 2.1, decoder 2.1, decoder layer 2, cross layer 2 or positions', 'head', 'layer', 'cross', 'decoder', 'positions');
  if (keyword === 'positions') return { kind: 'positions' };
  if (keyword === 'layer') return { kind: 'layer', part: 'first', layer: reader.requireIndex('a layer') };
  const part = partOf(keyword);
  if (keyword !== 'head' && reader.keyword('layer') !== null) return { kind: 'layer', part, layer: reader.requireIndex('a layer') };
  return { kind: 'head', part, ...parseHead(reader) };
}

function parseOutcome(reader: LineReader, withRank: boolean): Measured {
  const keyword = reader.requireKeyword(withRank ? `an expectation, such as ${expectationsAre}` : 'P(word), next sentence, class, cosine or next token', 'P', 'next', 'class', 'cosine');
  switch (keyword) {
    case 'P': {
      reader.requireSign('a word in parentheses, as in P(moon)', '(');
      const word = reader.requireWord('a word');
      reader.requireSign('a closing parenthesis', ')');
      const at = reader.keyword('at') === null ? null : reader.requireNamedWord('the word in whose place it is');
      return { kind: withRank && reader.keyword('rank') !== null ? 'rank' : 'probability', word, at };
    }
    case 'next':
      return reader.requireKeyword('“next sentence” or “next token”', 'sentence', 'token') === 'sentence'
        ? { kind: 'nextSentence' }
        : { kind: 'nextToken', word: reader.requireWord('the token that is written') };
    case 'class':
      return { kind: 'class', label: reader.requireWord('the name of a class') };
    case 'cosine': {
      reader.requireKeyword('“of” and a word', 'of');
      const first = reader.requireNamedWord('a word');
      const second = reader.keyword('and') === null ? first : reader.requireNamedWord('the word in the second text');
      return { kind: 'cosine', first, second, state: reader.keyword('state') === null ? null : reader.requireIndex('a hidden state') };
    }
  }
}
