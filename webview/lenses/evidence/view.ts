import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { MeasuredOutcome, OutcomeKind } from '../../../src/lenses/evidence/contract';
import { patchingExample } from '../../../src/lenses/evidence/patchingExample';
import { partsOf } from '../../../src/lenses/attention/parts';
import type { ModelInfo } from '../../../src/lenses/model';
import type { Senses } from '../../../src/lenses/senses/contract';
import type { Written } from '../../../src/lenses/writing/contract';
import type { ListedModel } from '../../../src/panel/contract';
import { inContext } from '../../../src/text/occurrences';
import { notice, selectStyles, sharedStyles } from '../../controls';
import { switchBar } from '../../whatIf/switchBar';
import { Latest } from '../../latest';
import { frameStyles, headline, loadState } from '../frame';
import '../modelChoice';
import { sentenceFieldStyles } from '../sentenceField';
import { LensView, type ViewContext } from '../view';
import { type AskedOutcome, choicesFor, type EvidenceSubject, kindsOf, outcomeOf } from './asked';
import './attributionCard';
import './headRanking';
import { outcomeCard, outcomeCardStyles } from './outcomeCard';
import './patchingCard';
import { type CardChoices, type EvidenceViewState, ofNoText, readEvidenceState } from './viewState';

/** Milliseconds without a key after which what was typed is read. */
const rest = 400;
/** Tokens that are written to choose one from, and what else could have come at each. */
const writtenAtMost = 24;
const alternatives = 8;

/** A number that the model comes to, and cards that find out by interventions what it is made of. */
@customElement('headlight-evidence')
export class EvidenceView extends LensView<EvidenceSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    ...sentenceFieldStyles,
    outcomeCardStyles,
    css`
      .sentence {
        flex: 1 1 240px;
      }
    `,
  ];

  @state() private own!: EvidenceViewState;
  /** Null until the editor has listed them. */
  @state() private models: readonly ListedModel[] | null = null;
  private readonly info = new Latest<ModelInfo>(this, () => { this.readBefore(); });
  private readonly written = new Latest<Written>(this, () => { this.measure(); });
  private readonly senses = new Latest<Senses>(this, () => { this.measure(); });
  private readonly measured = new Latest<MeasuredOutcome>(this, () => {
    if (this.patchesNext) this.examples++;
    this.patchesNext = false;
  });
  private asked: AskedOutcome | null = null;
  /** What the last answer is of. */
  private measuredFor: AskedOutcome | null = null;
  /** Whether heads are ranked as soon as the outcome that was asked about is measured. */
  private rankAtOnce = false;
  private typing: ReturnType<typeof setTimeout> | undefined;
  /** Whether the outcome that is measured next is to be patched at once. */
  private patchesNext = false;
  /** Counts the outcomes of which that was so. */
  private examples = 0;

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('context')) return;
    const before = changed.get('context') as ViewContext<EvidenceSubject> | undefined;
    const { saved, subject } = this.context;
    if (!before) this.own = readEvidenceState(saved);
    if (before?.subject !== subject) this.subjectChanged();
  }

  override updated(): void {
    const ranking = this.renderRoot.querySelector('headlight-head-ranking');
    if (!ranking || !this.rankAtOnce || this.measured.loading || this.measured.error !== null) return;
    this.rankAtOnce = false;
    void ranking.updateComplete.then(() => { ranking.rank(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
  }

  override render(): TemplateResult {
    const { context, info, kind, measured, own } = this;
    const { subject } = context;
    return html`<div class="stack">
      ${headline(subject.source.label, (this.asked ? measured.value?.model : null) ?? info.value)} ${switchBar(context, { model: own.model ?? undefined, part: info.value ? partsOf(info.value)[0] ?? 'encoder' : 'encoder' })}
      <headlight-model-choice
        .editor=${context.editor}
        .subject=${subject}
        .model=${own.model ?? this.models?.find(({ inForce }) => inForce)?.id ?? null}
        .offered=${({ readable }: ListedModel) => readable}
        @listed=${({ detail }: CustomEvent<readonly ListedModel[]>) => { this.models = detail; }}
        @model=${({ detail }: CustomEvent<string>) => { this.chooseModel(detail); }}
      ></headlight-model-choice>
      ${loadState(info, context.progress)}
      ${info.value === null ? nothing : kind === null
        ? notice('info', `${info.value.name} has no head whose answer could be measured on this text. Choose another model.`)
        : outcomeCard({
            subject, kind, own, measured,
            info: info.value,
            read: { written: this.written.value, senses: this.senses.value },
            reading: this.reading === 'written' ? loadState(this.written, null) : this.reading === 'senses' ? loadState(this.senses, null) : nothing,
            outcome: this.asked?.outcome ?? null,
            change: (change) => { this.choose(change); },
            typed: (text, done) => { this.typed(text, done); },
          })}
      ${this.cards()}
    </div>`;
  }

  /** What the outcome is made of: a card for each way to find out. */
  private cards(): TemplateResult | typeof nothing {
    const { context: { editor, rankings, subject, whatIf }, measured: { value }, measuredFor: asked } = this;
    if (!asked || !value) return nothing;
    const chosen = ({ detail }: CustomEvent<Partial<CardChoices>>): void => { this.change(detail); };
    return html`<headlight-head-ranking .editor=${editor} .subject=${subject} .asked=${asked} .measured=${value} .own=${this.own} .whatIf=${whatIf} .rankings=${rankings} @choice=${chosen}></headlight-head-ranking>
      <headlight-attribution .editor=${editor} .subject=${subject} .asked=${asked} .measured=${value} .own=${this.own} @choice=${chosen}></headlight-attribution>
      <headlight-patching
        .editor=${editor}
        .subject=${subject}
        .asked=${asked}
        .measured=${value}
        .own=${this.own}
        .examples=${this.examples}
        @choice=${chosen}
        @example=${() => { this.takeExample(); this.load(); }}
      ></headlight-patching>`;
  }

  private get kind(): OutcomeKind | null {
    const { info: { value }, own } = this;
    if (!value) return null;
    const kinds = kindsOf(value, this.context.subject, own);
    return kinds.find((kind) => kind === (own.given?.kind ?? own.kind)) ?? kinds[0] ?? null;
  }

  /** What the outcome of this kind waits for. */
  private get reading(): 'written' | 'senses' | null {
    const { kind, own } = this;
    if (own.given?.kind === kind) return null;
    return kind === 'nextToken' ? 'written' : kind === 'separation' ? 'senses' : null;
  }

  private get inModel(): Pick<AskedOutcome, 'inModel'> {
    return this.own.model === null ? {} : { inModel: this.own.model };
  }

  private subjectChanged(): void {
    const { first, second } = this.context.subject.source;
    const text = JSON.stringify([first.text, second?.text, this.context.subject.maskRange]);
    if (this.own.text !== text) this.change({ ...ofNoText, text });
    const { opened } = this.context.subject;
    if (opened && opened.id !== this.own.opened) {
      this.change({ opened: opened.id, model: opened.inModel ?? null, kind: null, given: null, ...(opened.outcome && choicesFor(opened.outcome, this.context.subject)) });
      this.rankAtOnce = opened.rank === true;
      if (opened.example === true) this.takeExample();
    }
    this.load();
  }

  /** Measures what the example of patching is about, with the model that it is of. */
  private takeExample(): void {
    const { direction, model, of, outcome } = patchingExample;
    const inForce = this.models?.find((one) => one.inForce)?.id;
    this.change({ given: outcome, model: inForce === model ? null : model, of, direction });
    this.patchesNext = true;
  }

  private chooseModel(id: string): void {
    const chosen = this.models?.find((model) => model.id === id);
    this.change({ model: chosen?.inForce === true ? null : id, step: 0, token: null });
    this.load();
  }

  private load(): void {
    this.asked = null;
    const { editor } = this.context;
    const { inModel } = this;
    this.info.load((signal) => editor.call('model/load', inModel, { signal }));
  }

  /** Reads what has to be known before the outcome can be told. */
  private readBefore(): void {
    const { context: { editor, subject }, inModel, reading } = this;
    if (reading === 'written') {
      const request = { text: subject.source.first.text, choice: { kind: 'greedy' }, alternatives, attention: false, ...inModel } as const;
      this.written.load((signal) =>
        this.info.value?.writes?.task === 'translation'
          ? editor.call('translation/translate', request, { signal })
          : editor.call('generation/generate', { ...request, maxTokens: writtenAtMost }, { signal }), { forget: true });
    } else if (reading === 'senses' && subject.word) {
      const { word, occurrences } = subject.word;
      const request = { word, occurrences: occurrences.map(inContext), top: 0, ...inModel };
      this.senses.load((signal) => editor.call('senses/group', request, { signal }), { forget: true });
    } else this.measure();
  }

  private measure(): void {
    const { context: { editor, subject }, inModel, kind, own } = this;
    const outcome = kind && outcomeOf(kind, own, subject, { written: this.written.value, senses: this.senses.value });
    this.asked = outcome && { outcome, ...inModel };
    const { asked } = this;
    if (!asked) return;
    this.measured.load(async (signal) => {
      const answer = await editor.call('evidence/measure', asked, { signal });
      this.measuredFor = asked;
      return answer;
    });
  }

  private choose(change: Partial<EvidenceViewState>): void {
    clearTimeout(this.typing);
    this.patchesNext = false;
    this.change(change);
    if ('kind' in change) this.readBefore();
    else this.measure();
  }

  private typed(second: string, done: boolean): void {
    clearTimeout(this.typing);
    const enter = (): void => { this.choose({ second }); };
    if (done) enter();
    else this.typing = setTimeout(enter, rest);
  }

  private change(change: Partial<EvidenceViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  }
}
