import { css, html, nothing, type TemplateResult } from 'lit';
import type { MeasuredOutcome, Outcome, OutcomeKind } from '../../../src/lenses/evidence/contract';
import type { ModelInfo } from '../../../src/lenses/model';
import type { OccurrenceInContext } from '../../../src/lenses/senses/contract';
import type { Written } from '../../../src/lenses/writing/contract';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { select, textField } from '../../controls';
import { formatCount } from '../../format';
import type { Latest } from '../../latest';
import { loadState } from '../frame';
import { placeLabel } from '../senses/scope';
import { sentenceField } from '../sentenceField';
import { stateName } from '../stateName';
import '../writing/stepPlayer';
import { type EvidenceSubject, isTypedMask, kindsOf, maskable, maskedPlace, type ReadBefore, shownStep } from './asked';
import { formatOutcome, outcomeTexts } from './outcomeTexts';
import type { EvidenceViewState } from './viewState';

/** Styles of `outcomeCard`; it takes those of `select` and `sentenceField` too. */
export const outcomeCardStyles = css`
  .value {
    font-size: 1.6em;
    line-height: 1.2;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 8px 16px;
  }
`;

/** What the card that chooses an outcome shows, and what it is answered with. */
export interface OutcomeCard {
  readonly subject: EvidenceSubject;
  readonly info: ModelInfo;
  readonly kind: OutcomeKind;
  readonly own: EvidenceViewState;
  readonly read: ReadBefore;
  /** How far that is. */
  readonly reading: TemplateResult | typeof nothing;
  readonly measured: Latest<MeasuredOutcome>;
  /** Null until all is chosen that has to be. */
  readonly outcome: Outcome | null;
  readonly change: (change: Partial<EvidenceViewState>) => void;
  /** A sentence that is being typed. */
  readonly typed: (text: string, done: boolean) => void;
}

/** Chooses what is measured, and says what it is now. */
export function outcomeCard(card: OutcomeCard): TemplateResult {
  const { change, info, kind, measured, outcome, own, reading, subject } = card;
  const { value } = measured;
  return html`<section class="card stack" aria-label="Outcome">
    <h2>Outcome <span class="muted small">what is measured</span></h2>
    <div class="choices">
      ${select({
        label: 'Measure',
        value: kind,
        options: kindsOf(info, subject, own).map((one) => ({ value: one, label: outcomeTexts[one].name })),
        onChange: (chosen) => { change({ kind: chosen, given: null }); },
      })}
      ${own.given?.kind === kind ? nothing : choices(card)}
    </div>
    <p class="muted small">${outcomeTexts[kind].meaning}</p>
    ${reading}
    ${outcome?.kind === 'cosine' && own.given === outcome ? html`<p class="small" data-pair>${pairText(outcome)}</p>` : nothing}
    ${outcome?.kind === 'separation' ? html`<p class="small" data-groups>${groupsText(outcome)}</p>` : nothing}
    ${outcome
      ? html`${loadState(measured, null)}
          ${value
            ? html`<p role="status" data-value><span class="source-text">${visibleText(value.name)}</span> <span class="value number">${formatOutcome(value.value, value.scale)}</span></p>`
            : nothing}`
      : reading !== nothing && !hasRead(card) ? nothing : html`<p class="waiting muted" role="status">${missing(kind)}</p>`}
  </section>`;
}

function hasRead({ kind, read }: OutcomeCard): boolean {
  return (kind === 'nextToken' ? read.written : read.senses) !== null;
}

function choices(card: OutcomeCard): TemplateResult | typeof nothing {
  switch (card.kind) {
    case 'word':
      return ofWord(card);
    case 'nextSentence':
      return sentenceField({
        label: 'Second sentence',
        text: card.own.second ?? card.subject.sentences.second?.text ?? '',
        placeholder: 'Write the sentence that may follow',
        onInput: card.typed,
      });
    case 'class':
      return select({
        label: 'Class',
        value: String(card.own.label),
        options: (card.info.labels ?? []).map((label, index) => ({ value: String(index), label: visibleText(label) })),
        onChange: (label) => { card.change({ label: Number(label) }); },
      });
    case 'nextToken':
      return card.read.written ? ofNextToken(card, card.read.written) : nothing;
    case 'cosine':
      return ofOccurrences(card);
    case 'separation':
      return nothing;
  }
}

function ofWord({ change, own, subject }: OutcomeCard): TemplateResult {
  const { text } = subject.source.first;
  const place = maskedPlace(subject, own);
  const places = maskable(text);
  const chosen = place && (places.find(({ start, end }) => start <= place.start && place.end <= end) ?? place);
  return html`${select({
      label: 'Masked',
      value: String(chosen?.start ?? ''),
      options: places.map(({ start, end }) => ({ value: String(start), label: visibleText(text.slice(start, end)) })),
      onChange: (start) => { change({ wordAt: Number(start), word: '' }); },
    })}
    ${textField({
      label: place && !isTypedMask(text, place) ? 'Another word there' : 'Word there',
      placeholder: own.word === '' ? 'Type a word, press Enter' : own.word,
      onEnter: (word) => { change({ word }); },
    })}`;
}

function ofNextToken({ change, own }: OutcomeCard, written: Written): TemplateResult | typeof nothing {
  const shown = shownStep(written, own);
  if (!shown) return nothing;
  const { index, step } = shown;
  const tokens = step.alternatives.some(({ id }) => id === step.id) ? step.alternatives : [step, ...step.alternatives];
  return html`<headlight-step-player
      label="Tokens that are written"
      .steps=${written.steps.length}
      .value=${index}
      .text=${visibleText(step.token)}
      @step=${({ detail }: CustomEvent<number>) => { change({ step: detail, token: null }); }}
    ></headlight-step-player>
    ${select({
      label: 'Token',
      value: String(own.token ?? step.id),
      options: tokens.map(({ id, token }) => ({ value: String(id), label: visibleText(token) + (id === step.id ? ' · its own' : '') })),
      onChange: (id) => { change({ token: Number(id) === step.id ? null : Number(id) }); },
    })}
    <p class="muted small">after <span class="source-text">${written.steps.slice(0, index).map(({ token }) => visibleText(token)).join(' ') || 'nothing'}</span></p>`;
}

function ofOccurrences({ change, own, subject: { word } }: OutcomeCard): TemplateResult | typeof nothing {
  if (!word) return nothing;
  const [one, other] = own.occurrences;
  const options = word.occurrences.map(({ sentence }, index) => ({ value: String(index), label: `${placeLabel(word, index)}: ${excerpt(sentence, 48)}` }));
  return html`${select({ label: 'One', value: String(one), options, onChange: (index) => { change({ occurrences: [Number(index), other] }); } })}
    ${select({ label: 'Other', value: String(other), options, onChange: (index) => { change({ occurrences: [one, Number(index)] }); } })}`;
}

/** What is held against each other, where it is not of the shown text. */
function pairText({ pair: [one, other] }: Extract<Outcome, { kind: 'cosine' }>): TemplateResult {
  const { end, sentence, start } = one;
  return html`“${visibleText(sentence.slice(start, end))}” in <span class="source-text">${excerpt(sentence, 200)}</span> and in <span class="source-text">${excerpt(other.sentence, 200)}</span>`;
}

/** What is told apart: “stand”, 9 occurrences in 3 senses. */
function groupsText({ groups, state }: Extract<Outcome, { kind: 'separation' }>): string {
  const [{ sentence, start, end }] = groups.flat() as [OccurrenceInContext];
  const sizes = groups.map(({ length }) => length);
  const after = state === undefined ? '' : `, after ${stateName(state).toLowerCase()}`;
  return `“${visibleText(sentence.slice(start, end))}”: ${formatCount(sizes.reduce((sum, size) => sum + size, 0), 'occurrence')} in ${formatCount(groups.length, 'sense')} (${sizes.join(', ')})${after}.`;
}

/** What the reader has to do first. */
function missing(kind: OutcomeKind): string {
  switch (kind) {
    case 'word':
      return 'Type the word whose probability is measured.';
    case 'nextSentence':
      return 'Write the second sentence.';
    case 'cosine':
      return 'Choose two different occurrences.';
    case 'separation':
      return 'The word’s occurrences are of one sense only, so nothing stands apart.';
    default:
      return 'There is nothing to measure here. Choose another outcome.';
  }
}
