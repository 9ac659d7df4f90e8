import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { TranslationScore } from '../../../src/lenses/translation/contract';
import type { Attended, ListedModel, Subject, WritingLens } from '../../../src/panel/contract';
import { button, selectStyles, sharedStyles, sliderStyles } from '../../controls';
import { Latest } from '../../latest';
import type { Asked } from '../../whatIf/asked';
import { beforeAfter } from '../../whatIf/beforeAfter';
import { switchBar } from '../../whatIf/switchBar';
import { ThemeController } from '../../theme';
import { AttendedLink } from '../attention/attended';
import type { HeadView } from '../attention/headView';
import { legendStyles } from '../attention/legend';
import { frameStyles, headline, layoutStyles, loadState } from '../frame';
import '../modelChoice';
import { reportSaved, saveBar } from '../saveBar';
import { sentenceFieldStyles } from '../sentenceField';
import { tokensUnder } from '../tokenRanges';
import { tokenText, tokenTitle } from '../tokenText';
import { LensView, type ViewContext } from '../view';
import { modelInUse } from '../writing/modelInUse';
import type { StepPlayer } from '../writing/stepPlayer';
import '../writing/stepPlayer';
import { WritingRun } from '../writing/writingRun';
import { alignmentView } from './alignment';
import { alignmentCard } from './alignmentCard';
import { alternativesStyles, stepNumbers } from './alternatives';
import './beamTreeView';
import { choiceOf } from './choice';
import { choiceControls } from './choiceControls';
import { chosenRow, headChoice, headChoiceName, type HeadChoice } from '../writing/headChoice';
import { ownTranslation } from './ownTranslation';
import { savedTranslation, translationFormats } from './saveTranslation';
import { type ShownTranslation, stepText, writtenWords } from './shownTranslation';
import { stepCard } from './stepCard';
import { attendedSource, sourceWords, type SourceWord } from './sourceWords';
import { readTranslationState, type TranslationViewState } from './viewState';
import { wordBar, wordBarStyles } from './wordBars';

type TranslationSubject = Extract<Subject, { lens: WritingLens }>;

/** Milliseconds without a change after which the model is asked anew: sliders change many times a second. */
const rest = 250;
/** Tokens that are allowed more when the limit ended a translation. */
const further = 64;

/** An encoder–decoder as it writes a translation, token by token. */
@customElement('headlight-translation')
export class TranslationView extends LensView<TranslationSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    layoutStyles,
    legendStyles,
    selectStyles,
    sliderStyles,
    sentenceFieldStyles,
    wordBarStyles,
    alternativesStyles,
    css`
      .line > .small {
        margin: 0 0 4px;
      }
      .settings {
        padding-bottom: 8px;
        border-bottom: 1px solid var(--headlight-border);
      }
    `,
  ];

  @state() private own!: TranslationViewState;
  @state() private models: readonly ListedModel[] | null = null;
  /** As it stands in the field; what is scored is remembered. */
  @state() private draft = '';
  /** Whether the document shades what the shown step looks at; Escape ends it until another step is shown. */
  @state() private shading = true;
  /** What is to be asked once it is known which model is in force. */
  private waiting: { readonly forget: boolean } | null = null;
  private readonly themed = new ThemeController(this);
  private readonly run = new WritingRun(this, 'translation/translate', () => this.context.editor, () => { this.arrived(); });
  private readonly score = new Latest<TranslationScore>(this);
  private readonly saved = new Latest<string | null>(this);
  private readonly attended = new AttendedLink(this, {
    editor: () => this.context.editor,
    shaded: () => this.shaded(),
    release: () => { this.shading = false; },
  });
  private shadedFor: { readonly key: string; readonly value: Attended | null } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the steps are played once they are there: a text that was not shown before. */
  private plays = false;

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('context') as ViewContext<TranslationSubject> | undefined;
    if (changed.has('context') && before?.subject !== this.context.subject) this.subjectChanged(before);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override render(): TemplateResult {
    const { context, own, run, shown } = this;
    return html`<div class="stack">
      ${headline(context.subject.source.label, shown?.model ?? null)}
      ${shown && shown.looksBy !== 'attention' ? nothing : switchBar(context, { model: this.model, part: 'cross' })}
      ${this.settings()} ${loadState(run.answer, context.progress)} ${this.writing()}
      ${shown ? beforeAfter(context, this.asked(own.forced)) : nothing}
      ${shown
        ? html`<div class="layout">${this.textCard(shown)}${this.stepCard(shown)}${this.alignmentCard(shown)}</div>
            ${this.beams()}
            ${ownTranslation({
              draft: this.draft,
              own: own.own,
              score: this.score,
              modelLogProbability: run.answer.value?.logProbability ?? null,
              write: (draft) => { this.draft = draft; },
              give: this.giveOwn,
            })}`
        : nothing}
    </div>`;
  }

  /** What the cards are of. */
  private get shown(): ShownTranslation | null {
    return this.own.shown === 'own' && this.score.value ? this.score.value : this.run.answer.value;
  }

  private get step(): number {
    const last = (this.shown?.steps.length ?? 0) - 1;
    return this.own.step < 0 ? last : Math.min(this.own.step, last);
  }

  private settings(): TemplateResult {
    const { context: { editor }, own } = this;
    return html`<section class="stack settings" aria-label="How it is translated">
      <headlight-model-choice
        .editor=${editor}
        .subject=${this.context.subject}
        .model=${this.models ? modelInUse('translation', this.models, own.model) : own.model}
        .offered=${(model: ListedModel) => model.task === 'translation'}
        @listed=${({ detail }: CustomEvent<readonly ListedModel[]>) => { this.listed(detail); }}
        @model=${({ detail }: CustomEvent<string>) => { this.ask({ model: detail, forced: [] }); }}
      ></headlight-model-choice>
      ${choiceControls(own, (change) => { this.askAtRest(change); })}
    </section>`;
  }

  /** What has come of a translation that is being written. */
  private writing(): TemplateResult | typeof nothing {
    const { answer, output, steps } = this.run;
    if (!answer.loading || steps.length === 0) return nothing;
    return html`<div class="bar" role="status">
      <span class="source-text" data-partial>${output}</span>
      <span class="muted small">${steps.length} tokens so far</span>
      ${button({ label: 'Stop', icon: 'close', onClick: () => { this.run.stop(); } })}
    </div>`;
  }

  private textCard(shown: ShownTranslation): TemplateResult {
    const { context: { selection, subject }, own, step } = this;
    const touched = selection ? tokensUnder(selection, shown.tokens, subject.source) : [];
    const at = shown.steps[step];
    return html`<section class="card stack" aria-label="Translation">
      ${this.score.value && own.own !== ''
        ? html`<headlight-segmented
            label="Whose translation"
            .segments=${[{ value: 'model', label: 'The model’s' }, { value: 'own', label: 'Yours' }]}
            .value=${own.shown}
            @choose=${({ detail }: CustomEvent<'model' | 'own'>) => { this.change({ shown: detail, step: -1 }); }}
          ></headlight-segmented>`
        : nothing}
      <div class="line">
        <p class="muted small">Source${shown.crossLayers > 0 && at ? html`: bars are what was looked at to find <span class="source-text">${stepText(at)}</span>, ${this.headsName(shown)}` : nothing}</p>
        <div class="words" role="list" aria-label="Source">
          ${this.wordsAt(shown, step).map(({ token, tokens, weight }) => html`<span role="listitem">${wordBar({
            text: tokenText(token),
            title: tokenTitle(token),
            share: weight,
            classes: [token.special ? 'special' : '', tokens.some((index) => touched.includes(index)) ? 'touched' : ''],
          })}</span>`)}
        </div>
      </div>
      <div class="line">
        <p class="muted small">${own.shown === 'own' && this.score.value ? 'Your translation' : 'Translation'}: bars are the probability of each token. Press one to see its step.</p>
        <div class="words" role="group" aria-label="Translation, token by token">
          ${shown.steps.map((written, index) => wordBar({
            text: stepText(written),
            title: stepNumbers(written),
            share: written.probability,
            classes: [written.special ? 'special' : '', index > step ? 'later' : '', index > 0 && !written.startsWord && !written.special ? 'joined' : ''],
            current: index === step,
            onClick: () => { this.show(index); },
          }))}
        </div>
      </div>
      <headlight-step-player
        label="Steps of the translation"
        .steps=${shown.steps.length}
        .value=${step}
        .text=${at ? stepText(at) : ''}
        @step=${({ detail }: CustomEvent<number>) => { this.showStep(detail); }}
      ></headlight-step-player>
      <p class="source-text" data-output>${shown.output}</p>
      ${this.ending(shown)}
    </section>`;
  }

  /** How the shown translation came to its end, and what was forced. */
  private ending(shown: ShownTranslation): TemplateResult {
    const { own, run } = this;
    const answer = run.answer.value;
    if (!answer || shown !== answer) return html``;
    const { logProbability, steps, stopped, stoppedExplanation } = answer;
    const given = steps.filter(({ forced }) => forced).length;
    const ends = run.stopped ? `Stopped by you after ${steps.length} tokens.`
      : stoppedExplanation ?? `Ended by its stop token after ${steps.length} tokens.`;
    const goesOn = run.stopped || stopped === 'limit';
    return html`<div class="bar">
        <span class="muted small" data-ending>${ends} Log-probability ${logProbability.toFixed(2)}.</span>
        ${goesOn ? button({ label: 'Go on', icon: 'arrow-right', onClick: this.goOn }) : nothing}
      </div>
      ${own.forced.length > 0
        ? html`<div class="bar">
            <span class="small">Its first ${given === 1 ? 'token was' : `${given} tokens were`} given: <span class="source-text">${writtenWords(steps.slice(0, given)).map((word) => word.map((index) => stepText(steps[index]!)).join('')).join(' ')}</span></span>
            ${button({ label: 'Write freely', icon: 'refresh', onClick: () => { this.ask({ forced: [] }); } })}
          </div>`
        : nothing}`;
  }

  private stepCard(shown: ShownTranslation): TemplateResult | typeof nothing {
    const { own, step, change } = this;
    return stepCard({
      shown, step, own, change,
      theme: this.themed.theme,
      show: (other) => { this.show(other); },
      force: (id) => { this.force(step, [id]); },
      compareGenerations: () => { this.context.editor.notify('panel/openLens', { lens: 'lineage' }); },
    });
  }

  private alignmentCard(shown: ShownTranslation): TemplateResult {
    const { own, step, change } = this;
    const view = this.alignment(shown);
    const below = this.saveBar(shown, view);
    if (!view) return html`<section class="card stack" aria-label="Save">${below}</section>`;
    return alignmentCard({
      shown, view, step, own, below, change,
      name: this.headsName(shown),
      theme: this.themed.theme,
      show: (other) => { this.show(other); },
    });
  }

  private saveBar(shown: ShownTranslation, view: HeadView | null): TemplateResult {
    const { context: { editor }, own } = this;
    const note = [own.hideSpecial ? 'Without special tokens, rows renormalised.' : '', own.words ? 'Word pieces merged.' : ''].filter((part) => part !== '').join(' ');
    const alignment = view && { view, name: headChoiceName(this.choice(shown), shown.crossLayers, shown.crossHeads), note, drawing: own.drawing };
    const open = view ? button({ label: 'Open in the Attention Lens', icon: 'eye', onClick: () => { this.openAttention(shown); } }) : nothing;
    return saveBar('Save', translationFormats(view), (format) => {
      reportSaved(this.saved, async () => editor.save(await savedTranslation(shown, alignment, format, this.themed.theme)));
    }, this.saved, open);
  }

  /** Shows the same translation there, with the head that is chosen, or the first of the last layer. */
  private openAttention(shown: ShownTranslation): void {
    const { layer, head } = this.choice(shown);
    this.context.editor.notify('panel/openWritten', {
      text: this.context.subject.source.first.text,
      model: shown.model.id,
      written: { ids: shown.steps.map(({ id }) => id) },
      part: 'cross',
      layer: layer ?? shown.crossLayers - 1,
      head: head ?? 0,
    });
  }

  private beams(): TemplateResult | typeof nothing {
    const { own, run } = this;
    const tree = run.answer.value?.beams;
    if (!tree || tree.nodes.length === 0 || own.shown === 'own') return nothing;
    const given = own.forced;
    return html`<section class="card stack" aria-label="Beams">
      <h2>Beam search</h2>
      <headlight-beam-tree
        .tree=${tree}
        @force=${({ detail }: CustomEvent<readonly number[]>) => { this.ask({ forced: [...given, ...detail], step: given.length + detail.length - 1 }); }}
      ></headlight-beam-tree>
    </section>`;
  }

  private choice({ crossHeads, crossLayers }: ShownTranslation): HeadChoice {
    return headChoice(this.own.heads, crossLayers, crossHeads);
  }

  private headsName(shown: ShownTranslation): string {
    return headChoiceName(this.choice(shown), shown.crossLayers, shown.crossHeads);
  }

  private alignment(shown: ShownTranslation): HeadView | null {
    return alignmentView(shown, this.choice(shown), this.own);
  }

  private wordsAt(shown: ShownTranslation, step: number): SourceWord[] {
    const rows = shown.steps[step]?.crossAttention ?? null;
    return sourceWords(shown.tokens, rows && chosenRow(rows, shown.crossLayers, shown.crossHeads, this.choice(shown)));
  }

  /** What the document shades; null for nothing, undefined while that is being computed. */
  private shaded(): Attended | null | undefined {
    const { context: { subject: { source } }, shown, step } = this;
    if (this.run.answer.loading) return undefined;
    const at = shown?.steps[step];
    if (!this.shading || !shown || !at?.crossAttention) return null;
    const key = JSON.stringify([source.uri, source.version, source.first.offset, this.own.shown, this.own.heads, step, at.id, shown.output, shown.model.id]);
    if (this.shadedFor?.key !== key) {
      this.shadedFor = { key, value: attendedSource(this.wordsAt(shown, step), stepText(at), source, `cross-attention, ${this.headsName(shown)}`) };
    }
    return this.shadedFor.value;
  }

  private subjectChanged(before: ViewContext<TranslationSubject> | undefined): void {
    const { saved, subject } = this.context;
    if (!before) this.own = readTranslationState(saved);
    const { text } = subject.source.first;
    if (this.own.text !== text) {
      // Not what is read anew while somebody types.
      this.plays = before?.subject.source.label !== subject.source.label;
      this.change({ text, forced: [], own: '', shown: 'model', step: -1, maxTokens: null });
    }
    this.draft = this.own.own;
    this.attended.forget();
    this.shadedFor = null;
    this.shading = true;
    this.waiting = { forget: before !== undefined && before.subject.source.first.text !== text };
  }

  private listed(models: readonly ListedModel[]): void {
    const { waiting } = this;
    this.models = models;
    this.waiting = null;
    if (waiting) this.start(waiting.forget);
  }

  /** Asks the model, and for the score of the reader's own translation, if there is one. */
  private start(forget = false): void {
    const { models, own } = this;
    clearTimeout(this.timer);
    if (!models) return;
    this.run.start(this.asked(own.forced).request, { forget });
    this.loadScore(forget);
  }

  private get model(): string {
    return modelInUse('translation', this.models ?? [], this.own.model);
  }

  private asked(forced: readonly number[]): Extract<Asked, { method: 'translation/translate' }> {
    const { context: { settings, subject }, model, own } = this;
    return {
      method: 'translation/translate',
      request: {
        text: subject.source.first.text,
        choice: choiceOf(own),
        alternatives: settings.topK,
        inModel: model,
        ...(forced.length > 0 && { prefix: { ids: forced } }),
        ...(own.maxTokens !== null && { maxTokens: own.maxTokens }),
      },
    };
  }

  private loadScore(forget: boolean): void {
    const { context: { editor, settings, subject }, models, own } = this;
    if (own.own === '' || !models) return;
    const request = { text: subject.source.first.text, translation: own.own, alternatives: settings.topK, inModel: modelInUse('translation', models, own.model) };
    this.score.load((signal) => editor.call('translation/score', request, { signal }), { forget });
  }

  /** Changes what the model is asked, and asks at once. */
  private readonly ask = (change: Partial<TranslationViewState>): void => {
    this.change({ shown: 'model', maxTokens: null, ...change });
    this.start();
  };

  private askAtRest(change: Partial<TranslationViewState>): void {
    this.change({ shown: 'model', maxTokens: null, ...change });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.start(); }, rest);
  }

  /** Has `ids` written at a step, after what stands before it. */
  private force(step: number, ids: readonly number[]): void {
    const before = this.shown?.steps.slice(0, step).map(({ id }) => id) ?? [];
    this.ask({ forced: [...before, ...ids], step });
  }

  private readonly goOn = (): void => {
    const steps = this.run.answer.value?.steps ?? [];
    this.ask({ forced: steps.map(({ id }) => id), maxTokens: steps.length + further, step: -1 });
  };

  private readonly giveOwn = (own: string): void => {
    this.draft = own;
    this.change({ own, shown: own === '' ? 'model' : 'own', step: -1 });
    this.loadScore(true);
  };

  /** The reader goes to a step. */
  private show(step: number): void {
    this.player?.pause();
    this.showStep(step);
  }

  private showStep(step: number): void {
    this.shading = true;
    this.change({ step });
  }

  private get player(): StepPlayer | null {
    return this.renderRoot.querySelector<StepPlayer>('headlight-step-player');
  }

  /** A translation that was not shown before is written in front of the reader's eyes, unless motion is unwanted. */
  private arrived(): void {
    const { plays } = this;
    this.plays = false;
    if (!plays || this.themed.theme.reduceMotion) return;
    this.change({ step: 0 });
    void this.updateComplete.then(() => { this.player?.toggle(); });
  }

  private readonly change = (change: Partial<TranslationViewState>): void => {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  };
}

