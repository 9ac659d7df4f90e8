import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { AttentionHead, AttentionOverview } from '../../../src/lenses/attention/contract';
import type { Subject } from '../../../src/panel/contract';
import type { Token } from '../../../src/text/token';
import { checkbox, iconButton, notice, sharedStyles, tableButton } from '../../controls';
import { Latest } from '../../latest';
import { memoize } from '../../memoize';
import { ThemeController } from '../../theme';
import { frameStyles, layoutStyles, headline, loadState, windowedNotice } from '../frame';
import { documentRange, tokensUnder } from '../tokenRanges';
import { LensView, type ViewContext } from '../view';
import { crowded, keptMass, mostOfRow } from './edges';
import './headGrid';
import './headLines';
import './headMatrix';
import { headTable } from './headTable';
import { headView, type HeadView, type PairFilter } from './headView';
import { legendStyles, scaleLegend } from './legend';
import { thumbnails, type Thumbnails } from './thumbnails';
import { readAttentionState, type AttentionViewState, type Followed } from './viewState';

type AttentionSubject = Extract<Subject, { lens: 'attention' }>;

const pairSegments = [
  { value: 'all', label: 'All' },
  { value: 'aa', label: 'A→A' },
  { value: 'ab', label: 'A→B' },
  { value: 'ba', label: 'B→A' },
  { value: 'bb', label: 'B→B' },
];
const drawings = [
  { value: 'lines', label: 'Lines' },
  { value: 'matrix', label: 'Matrix' },
];

/** Who looks at whom: all heads at a glance, one in full. */
@customElement('headlight-attention')
export class AttentionView extends LensView<AttentionSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    layoutStyles,
    legendStyles,
    css`
      .busy {
        opacity: 0.6;
      }
    `,
  ];

  @state() private own!: AttentionViewState;
  private readonly themed = new ThemeController(this);
  private readonly overview = new Latest<AttentionOverview>(this, (overview) => { this.overviewArrived(overview); });
  private readonly head = new Latest<AttentionHead>(this);
  private readonly thumbnailsOf = memoize(thumbnails);
  private readonly headViewOf = memoize((weights: Float32Array, tokens: readonly Token[], hideSpecial: boolean, pairs: PairFilter) =>
    headView(weights, tokens, { hideSpecial, pairs }),
  );
  private thumbnails: Thumbnails | null = null;
  private shown: HeadView | null = null;
  private selected: readonly number[] = [];

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('context') as ViewContext<AttentionSubject> | undefined;
    const { context } = this;
    if (changed.has('context') && before?.subject !== context.subject) this.subjectChanged(before);
    const overview = this.overview.value;
    this.thumbnails = overview && this.thumbnailsOf(overview, this.own.hideSpecial);
    this.shown = this.viewOfHead();
    if (changed.has('context') && before?.selection !== context.selection) this.selectionChanged();
  }

  override render(): TemplateResult {
    const { context } = this;
    const overview = this.overview.value;
    return html`<div class="stack">
      ${headline(context.subject.source.label, overview?.model ?? null, overview ? [this.headName] : [])}
      ${loadState(this.overview, context.progress)}
      ${overview ? windowedNotice(overview) : nothing}
      ${overview ? html`<div class="layout">${this.gridCard(overview)}${this.headCard(overview)}</div>` : nothing}
    </div>`;
  }

  private get layer(): number {
    const layers = this.overview.value?.layers ?? 1;
    return this.own.layer < 0 ? layers - 1 : Math.min(this.own.layer, layers - 1);
  }

  private get headIndex(): number {
    return Math.min(this.own.head, (this.overview.value?.heads ?? 1) - 1);
  }

  private get headName(): string {
    return `layer ${this.layer}, head ${this.headIndex}`;
  }

  private gridCard(overview: AttentionOverview): TemplateResult {
    const { thumbnails: shown } = this;
    if (!shown) return html``;
    return html`<section class="card stack" aria-label="All heads">
      <h2>All heads <span class="muted small">rows: layers · columns: heads</span></h2>
      <headlight-head-grid
        .layers=${overview.layers}
        .heads=${overview.heads}
        .thumbnails=${shown}
        .tokens=${overview.tokens}
        .layer=${this.layer}
        .head=${this.headIndex}
        @choose=${({ detail }: CustomEvent<{ layer: number; head: number }>) => { this.open(detail.layer, detail.head); }}
      ></headlight-head-grid>
      ${scaleLegend(this.themed.theme.ramp, shown.max)}
      ${shown.exact
        ? nothing
        : html`<p class="muted small">
            Each cell stands for several tokens and shows the largest weight among
            them${this.own.hideSpecial ? ', special tokens included' : ''}.
          </p>`}
    </section>`;
  }

  private headCard(overview: AttentionOverview): TemplateResult {
    const { own, shown } = this;
    const heads = overview.layers * overview.heads;
    const at = this.layer * overview.heads + this.headIndex;
    const go = (step: number) => (): void => {
      this.open(Math.floor((at + step) / overview.heads), (at + step) % overview.heads);
    };
    return html`<section class="card stack" aria-label="One head">
      <div class="bar spread">
        <div class="bar">
          ${iconButton({ label: 'Previous head', icon: 'chevron-left', disabled: at === 0, onClick: go(-1) })}
          <h2 aria-live="polite">Layer ${this.layer}, head ${this.headIndex}</h2>
          ${iconButton({ label: 'Next head', icon: 'chevron-right', disabled: at === heads - 1, onClick: go(1) })}
        </div>
        ${tableButton(own.table, () => { this.change({ table: !own.table }); })}
      </div>
      <div class="bar spread">
        <headlight-segmented
          label="Drawing"
          .segments=${drawings}
          .value=${own.drawing}
          @choose=${({ detail }: CustomEvent<AttentionViewState['drawing']>) => { this.change({ drawing: detail, table: false }); }}
        ></headlight-segmented>
        ${checkbox({
          label: 'Hide special tokens',
          checked: own.hideSpecial,
          onChange: (hideSpecial) => { this.change({ hideSpecial }); },
        })}
        ${this.context.subject.source.second
          ? html`<headlight-segmented
              label="Sentence pair"
              .segments=${pairSegments}
              .value=${own.pairs}
              @choose=${({ detail }: CustomEvent<PairFilter>) => { this.change({ pairs: detail }); }}
            ></headlight-segmented>`
          : nothing}
      </div>
      ${own.hideSpecial
        ? notice('info', 'Weights renormalised without special tokens: each row sums to 1 again.')
        : nothing}
      ${loadState(this.head, null)} ${shown ? this.drawing(overview, shown) : nothing}
    </section>`;
  }

  private drawing(overview: AttentionOverview, shown: HeadView): TemplateResult {
    const { own } = this;
    const { tokens } = overview;
    const pin = ({ detail }: CustomEvent<Followed | null>): void => { this.pin(detail); };
    const size = `${shown.queries.length} query tokens to ${shown.keys.length} key tokens`;
    const label = `Attention of ${this.headName} from ${size}; “Show as table” gives the numbers.`;
    if (shown.queries.length === 0 || shown.keys.length === 0) return html`<p class="muted">No token is left to show.</p>`;
    if (own.table) return headTable(shown, tokens, own.pinned);
    if (own.drawing === 'matrix') {
      return html`<headlight-head-matrix
          .view=${shown}
          .tokens=${tokens}
          .pinned=${own.pinned}
          .selected=${this.selected}
          .label=${label}
          @pin=${pin}
        ></headlight-head-matrix>
        ${scaleLegend(this.themed.theme.ramp, shown.max)}`;
    }
    return html`<headlight-head-lines
        .view=${shown}
        .tokens=${tokens}
        .pinned=${own.pinned}
        .selected=${this.selected}
        .label=${label}
        @pin=${pin}
      ></headlight-head-lines>
      <p class="muted small">
        ${shown.queries.length > crowded ? `Of each row the largest weights are drawn, up to ${keptMass * 100}\u202f% of its sum and no more than ${mostOfRow}. ` : ''}Wider and
        stronger lines are larger weights. Click a token to keep it, Esc to let it go.
      </p>`;
  }

  private viewOfHead(): HeadView | null {
    const tokens = this.overview.value?.tokens;
    const weights = this.head.value?.weights;
    // After a new text the head still shown may be the old one, of another length.
    if (!tokens || weights?.length !== tokens.length ** 2) return null;
    return this.headViewOf(weights, tokens, this.own.hideSpecial, this.own.pairs);
  }

  private subjectChanged(before: ViewContext<AttentionSubject> | undefined): void {
    const { context } = this;
    const { source } = context.subject;
    if (!before) this.own = readAttentionState(context.saved, context.settings.layer);
    const sameText = this.own.text === source.first.text;
    if (!sameText) this.change({ pinned: null, text: source.first.text });
    if (!source.second) this.change({ pairs: 'all' });
    this.overview.load((signal) => context.editor.call('attention/overview', this.request, { signal }));
  }

  private get request() {
    const { first, second, selection } = this.context.subject.source;
    return { text: first.text, ...(second && { pair: second.text }), focus: selection.start };
  }

  private overviewArrived(overview: AttentionOverview): void {
    const old = this.head.value?.weights.length;
    this.loadHead(old !== undefined && old !== overview.tokens.length ** 2);
  }

  private loadHead(forget: boolean): void {
    const { editor } = this.context;
    const request = { ...this.request, layer: this.layer, head: this.headIndex };
    this.head.load((signal) => editor.call('attention/head', request, { signal }), { forget });
  }

  private open(layer: number, head: number): void {
    this.change({ layer, head });
    this.loadHead(false);
  }

  private pin(pinned: Followed | null): void {
    this.change({ pinned });
    const token = pinned && this.overview.value?.tokens[pinned.token];
    const range = token && documentRange(token, this.context.subject.source);
    if (range) this.reveal(range);
  }

  private selectionChanged(): void {
    const { selection, subject } = this.context;
    const tokens = this.overview.value?.tokens;
    this.selected = selection && tokens ? tokensUnder(selection, tokens, subject.source) : [];
    const [first] = this.selected;
    // The editor's answer to our own reveal touches the token that is pinned already.
    if (first === undefined || (this.own.pinned && this.selected.includes(this.own.pinned.token))) return;
    this.change({ pinned: { side: 'query', token: first } });
  }

  private change(change: Partial<AttentionViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  }
}
