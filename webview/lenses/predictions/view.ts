import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { WithoutTarget } from '../../../src/lenses/model';
import { maskLines } from '../../../src/lenses/checks/propose';
import type { Predictions, PredictionsRequest } from '../../../src/lenses/predictions/contract';
import type { OpenedPart, ProposedCheck, Subject } from '../../../src/panel/contract';
import { button, selectStyles, sharedStyles, slider, sliderStyles, tableButton, textField } from '../../controls';
import { Latest } from '../../latest';
import { beforeAfter } from '../../whatIf/beforeAfter';
import { switchBar } from '../../whatIf/switchBar';
import { switchKey } from '../../whatIf/whatIf';
import { currentTheme } from '../../theme';
import { checkButton } from '../checkButton';
import { frameStyles, headline, loadState, windowedNotice } from '../frame';
import { reportSaved, saveBar } from '../saveBar';
import { tokensUnder } from '../tokenRanges';
import { LensView, type ViewContext } from '../view';
import { chipStyles, tokenChips } from './chips';
import './depthView';
import { maskCard } from './maskCard';
import { stateOf, type NextSentenceState } from './nextSentence/state';
import type { NextSentenceView } from './nextSentence/view';
import './nextSentence/view';
import { predictionsFormats, savedPredictions, type PredictionsFormat } from './savePredictions';
import './trainingView';
import { readPredictionsState, temperatures, type PredictionsViewState } from './viewState';

type PredictionsSubject = Extract<Subject, { lens: 'predictions' }>;

function temperatureText(temperature: number): string {
  if (temperature === 1) return 'as the model says';
  return temperature < 1 ? 'surer than the model: the likeliest gain' : 'less sure than the model: chances even out';
}

/** What the model would put at masked places of the text. */
@customElement('headlight-predictions')
export class PredictionsView extends LensView<PredictionsSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    chipStyles,
    sliderStyles,
    selectStyles,
    css`
      .masks {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      @container (min-width: 760px) {
        .masks {
          grid-template-columns: repeat(auto-fit, minmax(340px, 1fr));
        }
      }
      headlight-next-sentence {
        /* The tabs stay above what is scrolled to. */
        scroll-margin-top: 40px;
      }
      .blank {
        color: var(--headlight-muted);
      }
      .asked .action {
        width: 28px;
        padding: 0 0 0 4px;
      }
      .ask {
        flex-wrap: wrap;
        align-items: end;
      }
      vscode-text-field {
        flex: 1 1 180px;
        max-width: 320px;
      }
    `,
  ];

  @state() private own!: PredictionsViewState;
  private readonly saved = new Latest<string | null>(this);
  /** Whether the part that a command opened is still to be brought into view: there is nothing to scroll until it is there. */
  private bringIntoView = false;
  private readonly predictions = new Latest<Predictions>(this, (predictions) => { this.arrived(predictions); });

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('context') as ViewContext<PredictionsSubject> | undefined;
    if (!changed.has('context')) return;
    const { subject, settings } = this.context;
    if (before?.subject !== subject) this.subjectChanged(before);
    else if (before.settings.topK !== settings.topK) this.load();
  }

  override render(): TemplateResult {
    const { context } = this;
    const answer = this.predictions.value;
    return html`<div class="stack">
      ${headline(context.subject.source.label, answer?.model ?? null)} ${switchBar(context)} ${loadState(this.predictions, context.progress)}
      ${answer ? html`${windowedNotice(answer)}${this.tokensCard(answer)}${answer.masks.length > 0 ? beforeAfter(context, { method: 'predictions/predict', request: this.request() }) : nothing}${this.masks(answer)}${this.depth()}${this.training()}` : nothing}
      ${this.nextSentence()}
    </div>`;
  }

  private tokensCard(answer: Predictions): TemplateResult {
    const { context, own } = this;
    return html`<section class="card stack" aria-label="Text">
      <div class="bar spread">
        <h2>Click tokens to mask them</h2>
        ${tableButton(own.table, () => { this.change({ table: !own.table }); })}
      </div>
      ${tokenChips({
        tokens: answer.tokens,
        masked: own.masked ?? [],
        selected: context.selection ? tokensUnder(context.selection, answer.tokens, context.subject.source) : [],
        maskToken: answer.model.maskToken,
        toggle: this.toggle,
      })}
      ${answer.tokens.some(({ piece }) => piece.startsWith('##'))
        ? html`<p class="muted small">Joined chips are pieces of one word; ## marks a piece that continues a word.</p>`
        : nothing}
      <div class="bar ask">
        ${textField({ label: 'Probability of a word', placeholder: 'Type a word, press Enter', onEnter: this.addCandidate })}
        ${button({
          label: own.depth ? 'Hide layers' : 'By layer',
          icon: 'layers',
          onClick: () => { this.change({ depth: !own.depth }); },
        })}
        ${button({
          label: own.training ? 'Hide the game' : 'Train like BERT',
          icon: 'game',
          onClick: () => { this.change({ training: !own.training }); },
        })}
        ${button({
          label: own.next ? 'Hide next sentence' : 'Next sentence',
          icon: 'arrow-right',
          onClick: () => { this.change({ next: own.next ? null : this.nextOf(null) }); },
        })}
      </div>
      <div class="bar">
        ${slider({
          label: 'Temperature',
          ...temperatures,
          value: own.temperature,
          text: own.temperature.toFixed(1),
          onInput: (temperature) => {
            this.change({ temperature });
            this.load();
          },
        })}
        <span class="muted small">${temperatureText(own.temperature)}</span>
      </div>
    </section>`;
  }

  private masks(answer: Predictions): TemplateResult {
    if (answer.masks.length === 0) return html`<p class="waiting muted">Nothing is masked yet.</p>`;
    return html`<div class="masks">
      ${answer.masks.map((mask) =>
        maskCard({ mask, tokens: answer.tokens, table: this.own.table, removeCandidate: this.removeCandidate }),
      )}
      </div>
      ${saveBar('Save as', predictionsFormats, (format) => { this.save(answer, format); }, this.saved, checkButton(this.context.editor, this.check(), this.saved))}`;
  }

  protected override proposedCheck(): ProposedCheck | null {
    const { context: { subject: { source: { first, second } } }, own, predictions: { value } } = this;
    // A check asks the model as it is: neither at another temperature nor for a part of a long text.
    const [mask] = value && !value.windowed && own.temperature === 1 ? value.masks : [];
    const expectations = value && mask ? maskLines(mask, value, first.text) : [];
    if (expectations.length > 0) return { text: first.text, second: second?.text ?? null, written: null, expectations };
    return this.renderRoot.querySelector<NextSentenceView>('headlight-next-sentence')?.proposedCheck() ?? null;
  }

  private save(answer: Predictions, format: PredictionsFormat): void {
    const { editor, subject: { source: { first, label, second } } } = this.context;
    const shown = { answer, temperature: this.own.temperature, text: first.text, ...(second && { pair: second.text }), label };
    reportSaved(this.saved, async () => editor.save(await savedPredictions(shown, format, currentTheme())));
  }

  private depth(): unknown {
    return this.own.depth
      ? keyed(switchKey(this.context.whatIf), html`<headlight-predictions-depth .editor=${this.context.editor} .request=${this.request()} .table=${this.own.table}></headlight-predictions-depth>`)
      : nothing;
  }

  private training(): unknown {
    const { first, selection } = this.context.subject.source;
    return this.own.training
      ? keyed(switchKey(this.context.whatIf), html`<headlight-predictions-training .editor=${this.context.editor} .text=${first.text} .focusAt=${selection.start}></headlight-predictions-training>`)
      : nothing;
  }

  /** It needs no answer about words: a model may have a head for sentences alone. */
  private nextSentence(): TemplateResult | typeof nothing {
    const { next, table } = this.own;
    return next
      ? html`${keyed(switchKey(this.context.whatIf), html`<headlight-next-sentence
          .editor=${this.context.editor}
          .own=${next}
          .table=${table}
          .whole=${this.context.whatIf?.isAllOn() !== false}
          @change=${({ detail }: CustomEvent<Partial<NextSentenceState>>) => { this.change({ next: { ...(this.own.next ?? next), ...detail } }); }}
          @answered=${({ currentTarget }: Event) => {
            if (this.bringIntoView) (currentTarget as HTMLElement).scrollIntoView({ block: 'start' });
            this.bringIntoView = false;
          }}
        ></headlight-next-sentence>`)}
        ${next.first.trim() !== '' && next.second.trim() !== '' ? beforeAfter(this.context, { method: 'nextSentence/score', request: { first: next.first, second: next.second } }) : nothing}`
      : nothing;
  }

  private nextOf(before: NextSentenceState | null): NextSentenceState {
    const { sentences, source } = this.context.subject;
    return stateOf(sentences ?? { first: source.first }, before);
  }

  private subjectChanged(before: ViewContext<PredictionsSubject> | undefined): void {
    const { subject, saved } = this.context;
    if (!before) this.own = readPredictionsState(saved);
    const key = JSON.stringify([subject.source.first.text, subject.source.second?.text, subject.maskRange]);
    if (this.own.text !== key) this.change({ text: key, masked: null, next: this.own.next && this.nextOf(this.own.next) });
    const { opened } = subject;
    if (opened && opened.id !== this.own.opened) this.open(opened);
    this.load();
  }

  private open({ id }: OpenedPart): void {
    this.change({ opened: id, next: this.nextOf(this.own.next) });
    this.bringIntoView = true;
  }

  private request(): WithoutTarget<PredictionsRequest> {
    const { subject, settings } = this.context;
    const { first, second, selection } = subject.source;
    const { masked, candidates, temperature } = this.own;
    return {
      text: first.text,
      ...(second && { pair: second.text }),
      focus: subject.maskRange?.start ?? selection.start,
      ...(masked ? { maskTokens: masked } : subject.maskRange ? { maskRange: subject.maskRange } : {}),
      top: settings.topK,
      candidates,
      temperature,
    };
  }

  private load(): void {
    const request = this.request();
    this.predictions.load((signal) => this.context.editor.call('predictions/predict', request, { signal }));
  }

  private arrived({ masks }: Predictions): void {
    if (this.own.masked) return;
    this.change({ masked: masks.filter(({ original }) => original !== null).map(({ index }) => index) });
  }

  private readonly toggle = (index: number): void => {
    const masked = this.own.masked ?? [];
    const without = masked.filter((other) => other !== index);
    this.change({ masked: masked.includes(index) ? without : [...masked, index].sort((a, b) => a - b) });
    this.load();
  };

  private readonly addCandidate = (word: string): void => {
    if (this.own.candidates.includes(word)) return;
    this.change({ candidates: [...this.own.candidates, word] });
    this.load();
  };

  private readonly removeCandidate = (word: string): void => {
    this.change({ candidates: this.own.candidates.filter((other) => other !== word) });
    this.load();
  };

  private change(change: Partial<PredictionsViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  }
}
