import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { nextSentenceLines } from '../../../../src/lenses/checks/propose';
import type { HeldOutPairs } from '../../../../src/lenses/nextSentence/contract';
import type { Crossing } from '../../../../src/lenses/nextSentence/crossingContract';
import type { Direction } from '../../../../src/lenses/nextSentence/crossingHeads';
import { examplePair } from '../../../../src/lenses/nextSentence/ordinarySentences';
import type { ProposedCheck } from '../../../../src/panel/contract';
import type { EditorConnection } from '../../../connection';
import { button, selectStyles, sharedStyles } from '../../../controls';
import { formatPercent } from '../../../format';
import { Latest } from '../../../latest';
import { currentTheme } from '../../../theme';
import { frameStyles, loadState, windowedNotice } from '../../frame';
import { checkButton } from '../../checkButton';
import { fileFormats, type FileFormat } from '../../pictureFile';
import { reportSaved, saveBar } from '../../saveBar';
import './crossingView';
import { savedNextSentence } from './save';
import { askScores, type PairScores } from './scores';
import { scoreTable, scoreTableStyles } from './scoreTable';
import type { NextSentenceState } from './state';
import { longestSentence } from '../../longestSentence';
import { sentenceField, sentenceFieldStyles } from '../../sentenceField';

/** Milliseconds without a key after which what was typed is read. */
const rest = 400;

/**
 * Whether one sentence follows another, as BERT's second head has it, and how its heads look from one to the other.
 * Emits `change` with what the reader changed, and `answered` when a question is done with and drawn.
 */
@customElement('headlight-next-sentence')
export class NextSentenceView extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    ...sentenceFieldStyles,
    scoreTableStyles,
    css`
      .fields {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
      }
      @container (min-width: 640px) {
        .fields {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
      }
      .outdated {
        opacity: 0.6;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) own!: NextSentenceState;
  @property({ type: Boolean }) table = false;
  private readonly scores = new Latest<PairScores>(this, () => { this.loadCrossing(); });
  private readonly crossing = new Latest<{ readonly of: PairScores; readonly shares: Crossing }>(this);
  private readonly saved = new Latest<string | null>(this);
  /** Whether it was told that the last question is done with. */
  private answered = false;
  private typing: ReturnType<typeof setTimeout> | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('own');
    if (!changed.has('own')) return;
    const { first, second, turn } = this.own;
    if (before?.first !== first || before.second !== second || before.turn !== turn) this.load();
  }

  override updated(): void {
    if (this.answered || (this.complete && (this.scores.loading || this.crossing.loading))) return;
    this.answered = true;
    requestAnimationFrame(() => { this.dispatchEvent(new CustomEvent('answered')); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
  }

  override render(): TemplateResult {
    const { own, complete, scores } = this;
    const { value } = scores;
    const outdated = value !== null && (value.first !== own.first || value.second !== own.second);
    return html`<section class="card stack" aria-label="Next sentence">
      <h2>Next sentence${value ? html` <span class="muted small" title=${value.follows.model.deviceReason}>${value.follows.model.name} · ${value.follows.model.device}</span>` : nothing}</h2>
      <p class="muted small">
        BERT’s second task: is B the sentence that came after A, or one from elsewhere? Write your own, or see what the order and the
        topic change.
      </p>
      <div class="fields">
        ${this.field('first', 'A', examplePair.first)} ${this.field('second', 'B', examplePair.second)}
      </div>
      ${own.first.length >= longestSentence || own.second.length >= longestSentence
        ? html`<p class="muted small">A sentence is read up to ${longestSentence.toLocaleString('en')} characters.</p>`
        : nothing}
      <div class="bar">
        ${button({ label: 'Swap A and B', icon: 'arrow-swap', onClick: () => { this.change({ first: own.second, second: own.first }); } })}
        ${button({ label: 'Use the example', onClick: () => { this.change({ ...examplePair, turn: 1 }); } })}
      </div>
      ${complete
        ? html`${loadState(scores, null, scores.code === 'no-next-sentence-head' ? [this.chooseModel()] : [])}
            ${value ? html`<div class="stack ${outdated ? 'outdated' : ''}">${this.answer(value)}</div>` : nothing}`
        : html`<p class="waiting muted" role="status">Write a sentence in both fields.</p>`}
    </section>`;
  }

  private field(which: 'first' | 'second', label: string, placeholder: string): TemplateResult {
    return sentenceField({
      label,
      text: this.own[which],
      placeholder,
      onInput: (text, done) => {
        clearTimeout(this.typing);
        const enter = (): void => { this.change({ [which]: text }); };
        if (done) enter();
        else this.typing = setTimeout(enter, rest);
      },
    });
  }

  private answer(scores: PairScores): TemplateResult {
    const { crossing, own } = this;
    const { follows } = scores;
    return html`${windowedNotice(follows)} ${scoreTable(scores, () => { this.change({ turn: own.turn + 1 }); })}
      ${learnt(follows.heldOut)}
      ${saveBar('Save next sentence as', fileFormats, (format) => { this.save(scores, format); }, this.saved, checkButton(this.editor, this.proposedCheck(), this.saved))}
      ${loadState(crossing, null)}
      ${crossing.value && (crossing.loading || crossing.value.of === scores)
        ? html`<headlight-crossing
            .crossing=${crossing.value.shares}
            .direction=${own.direction}
            .table=${this.table}
            @direction=${({ detail }: CustomEvent<Direction>) => { this.change({ direction: detail }); }}
            @open=${({ detail }: CustomEvent<{ layer: number; head: number }>) => {
              this.editor.notify('panel/openHead', { first: scores.first, second: scores.second, direction: own.direction, layer: detail.layer, head: detail.head });
            }}
          ></headlight-crossing>`
        : nothing}`;
  }

  /** The pair as a check; null before it was scored. */
  proposedCheck(): ProposedCheck | null {
    const { value } = this.scores;
    if (!value || value.follows.windowed) return null;
    return { text: value.first, second: value.second, written: null, expectations: nextSentenceLines(value.follows.isNext) };
  }

  private chooseModel(): TemplateResult {
    return button({ label: 'Choose a Model', onClick: () => { this.editor.notify('panel/command', { command: 'chooseModel' }); } });
  }

  private get complete(): boolean {
    return this.own.first.trim() !== '' && this.own.second.trim() !== '';
  }

  private load(): void {
    this.answered = false;
    if (!this.complete) return;
    const { editor, own } = this;
    this.scores.load((signal) => askScores(editor, own, signal));
  }

  /** After the answer, which need not wait for it. */
  private loadCrossing(): void {
    const of = this.scores.value!;
    const { first, second } = of;
    this.crossing.load(async (signal) => ({ of, shares: await this.editor.call('nextSentence/crossing', { first, second }, { signal }) }));
  }

  private save(scores: PairScores, format: FileFormat): void {
    const { crossing: { value }, editor } = this;
    const crossing = value?.of === scores ? value.shares : null;
    reportSaved(this.saved, async () => editor.save(await savedNextSentence({ scores, crossing }, format, currentTheme())));
  }

  private change(detail: Partial<NextSentenceState>): void {
    clearTimeout(this.typing);
    this.dispatchEvent(new CustomEvent('change', { detail }));
  }
}

/** What such a head knows, and how well this one does. */
function learnt(heldOut: HeldOutPairs | null): TemplateResult {
  return html`<p class="muted small" data-learnt>
    Such a head learns to tell the sentence that follows from one taken from elsewhere. Mostly the topic gives that away, so it notes the
    topic more than the order.
    ${heldOut
      ? html`Of ${heldOut.pairs.toLocaleString('en')} pairs that it was not trained on, this model judges ${formatPercent(heldOut.otherDocument)}
          rightly where the others are of another document, but ${formatPercent(heldOut.sameDocument)} where they are of the same one; guessing
          gives 50 %.`
      : nothing}
    <span>Devlin et al. 2019, § 3.1; Lan et al. 2020, arXiv:1909.11942.</span>
  </p>`;
}
