import type { Outcome, OutcomeKind } from '../../../src/lenses/evidence/contract';
import type { ModelInfo } from '../../../src/lenses/model';
import type { OccurrenceInContext, Senses } from '../../../src/lenses/senses/contract';
import type { Written, WrittenStep } from '../../../src/lenses/writing/contract';
import type { Subject, WordInDocument } from '../../../src/panel/contract';
import { inContext } from '../../../src/text/occurrences';
import type { TextRange } from '../../../src/text/range';
import { wordRanges } from '../../../src/text/words';
import { type EvidenceViewState, outcomeKinds } from './viewState';

export type EvidenceSubject = Extract<Subject, { lens: 'evidence' }>;

/** What is measured, and of which model: as the calls about it take both. */
export interface AskedOutcome {
  readonly outcome: Outcome;
  /** Absent for the model in force. */
  readonly inModel?: string;
}

/** What has to be read of a text before its outcome can be told. */
export interface ReadBefore {
  /** What the model writes of its own. */
  readonly written: Written | null;
  /** The senses of the word's occurrences. */
  readonly senses: Senses | null;
}

/** Mask tokens as people type them. */
const typedMask = /\[MASK\]|<mask>/g;

/** What a model can be asked, of outcomes that the text has or that were handed over. */
export function kindsOf(info: ModelInfo, { word }: Pick<EvidenceSubject, 'word'>, { given }: Pick<EvidenceViewState, 'given'>): readonly OutcomeKind[] {
  const occurs = (kind: OutcomeKind, times: number): boolean => (word?.occurrences.length ?? 0) >= times || given?.kind === kind;
  const reads = info.writes === null;
  const can: Readonly<Record<OutcomeKind, boolean>> = {
    word: reads && info.hasMaskedLanguageHead && info.maskToken !== null,
    nextSentence: reads && info.hasNextSentenceHead,
    class: reads && info.labels !== null,
    nextToken: !reads && (info.writes.looksBy ?? 'attention') === 'attention',
    cosine: reads && info.layers > 0 && occurs('cosine', 2),
    separation: reads && info.layers > 0 && occurs('separation', 3),
  };
  return outcomeKinds.filter((kind) => can[kind]);
}

/** The places that can be masked: words, and masks that the text holds. */
export function maskable(text: string): readonly TextRange[] {
  const masks = Array.from(text.matchAll(typedMask), ({ 0: { length }, index }) => ({ start: index, end: index + length }));
  const words = wordRanges(text).filter(({ start, end }) => masks.every((mask) => end <= mask.start || mask.end <= start));
  return [...masks, ...words].sort((a, b) => a.start - b.start);
}

/** The masked place: the reader's choice, else the word at the cursor, a typed mask, or the longest word. */
export function maskedPlace({ maskRange, source: { first } }: EvidenceSubject, { wordAt }: Pick<EvidenceViewState, 'wordAt'>): TextRange | null {
  const places = maskable(first.text);
  const length = ({ start, end }: TextRange): number => end - start;
  return (
    places.find(({ start }) => start === wordAt) ?? maskRange ?? places.find((place) => isTypedMask(first.text, place)) ??
    places.toSorted((a, b) => length(b) - length(a))[0] ?? null
  );
}

export function isTypedMask(text: string, { start, end }: TextRange): boolean {
  return /^(?:\[MASK\]|<mask>)$/.test(text.slice(start, end));
}

/** The shown step of what the model writes; of a shorter text the last. */
export function shownStep({ steps }: Written, { step }: Pick<EvidenceViewState, 'step'>): { readonly index: number; readonly step: WrittenStep } | null {
  const index = Math.min(step, steps.length - 1);
  return index < 0 ? null : { index, step: steps[index]! };
}

/** The outcome as the reader chose it; null while something is missing. */
export function outcomeOf(kind: OutcomeKind, own: EvidenceViewState, subject: EvidenceSubject, { written, senses }: ReadBefore): Outcome | null {
  if (own.given?.kind === kind) return own.given;
  const { source: { first, second }, sentences, word } = subject;
  const pair = second && { pair: second.text };
  switch (kind) {
    case 'word': {
      const at = maskedPlace(subject, own);
      if (!at || (own.word === '' && isTypedMask(first.text, at))) return null;
      return { kind, text: first.text, ...pair, at, word: own.word === '' ? first.text.slice(at.start, at.end) : own.word };
    }
    case 'nextSentence': {
      const next = own.second ?? sentences.second?.text ?? '';
      return next.trim() === '' ? null : { kind, first: sentences.first.text, second: next };
    }
    case 'class':
      return { kind, text: first.text, ...pair, label: own.label };
    case 'nextToken': {
      const shown = written && shownStep(written, own);
      if (!shown) return null;
      const ids = written.steps.slice(0, shown.index).map(({ id }) => id);
      return { kind, text: first.text, written: { ids }, token: own.token ?? shown.step.id };
    }
    case 'cosine': {
      const [one, other] = pairOfOccurrences(word, own);
      return one && other && one !== other ? { kind, pair: [one, other] } : null;
    }
    case 'separation': {
      const groups = word && senses ? groupsOf(word, senses) : [];
      return groups.length < 2 ? null : { kind, groups };
    }
  }
}

/** The choices by which the view comes to an outcome that another view hands over; the outcome itself where none do. */
export function choicesFor(outcome: Outcome, { source: { first, second }, sentences }: EvidenceSubject): Partial<EvidenceViewState> {
  const { kind } = outcome;
  const none = { kind, given: null };
  switch (outcome.kind) {
    case 'word': {
      const { at, pair, text, word } = outcome;
      if (text !== first.text || pair !== second?.text || !maskable(text).some(({ start, end }) => start === at.start && end === at.end)) break;
      return { ...none, wordAt: at.start, word: word === text.slice(at.start, at.end) ? '' : word };
    }
    case 'nextSentence':
      if (outcome.first !== sentences.first.text) break;
      return { ...none, second: outcome.second };
    case 'class':
      if (outcome.text !== first.text || outcome.pair !== second?.text) break;
      return { ...none, label: outcome.label };
    default:
      break;
  }
  return { kind, given: outcome };
}

/** The two occurrences that are compared, as far as they are there. */
export function pairOfOccurrences(word: WordInDocument | undefined, { occurrences: [one, other] }: Pick<EvidenceViewState, 'occurrences'>): readonly (OccurrenceInContext | undefined)[] {
  return [one, other].map((index) => word?.occurrences[index]).map((found) => found && inContext(found));
}

/** Occurrences by their sense, those that could be read. */
export function groupsOf({ occurrences }: Pick<WordInDocument, 'occurrences'>, { occurrences: placed, senses }: Senses): readonly (readonly OccurrenceInContext[])[] {
  return senses.map((_, sense) => occurrences.filter((__, index) => placed[index]?.sense === sense).map(inContext)).filter(({ length }) => length > 0);
}
