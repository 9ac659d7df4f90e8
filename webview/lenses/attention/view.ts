import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { AttentionMap, AttentionMapKey, AttentionOverview, AttentionSum, HeadMetrics } from '../../../src/lenses/attention/contract';
import { mapKeyOf, mapKinds, mapName } from '../../../src/lenses/attention/maps';
import type { AttentionKind } from '../../../src/lenses/model';
import type { Attended, KeptToken, Subject } from '../../../src/panel/contract';
import type { TextRange } from '../../../src/text/range';
import type { Token } from '../../../src/text/token';
import { button, checkbox, iconButton, notice, select, selectStyles, sharedStyles, slider, sliderStyles, tableButton } from '../../controls';
import { Latest } from '../../latest';
import { copyPicture } from '../../clipboard';
import { memoize } from '../../memoize';
import { ThemeController } from '../../theme';
import { frameStyles, layoutStyles, headline, loadState, windowedNotice } from '../frame';
import { documentRange, tokensUnder } from '../tokenRanges';
import { tokenText } from '../tokenText';
import { LensView, type ViewContext } from '../view';
import { AttendedLink, attendedBy, foundAgain } from './attended';
import './compare/compareView';
import { openedBeside, type CompareState } from './compare/compareState';
import { causalText, drawingFor, drawings, gestureTexts, keptText, readingTexts, shadedText, type Drawing } from './drawings';
import { usualMass } from './edges';
import './headGrid';
import './headLines';
import './headMatrix';
import './headText';
import { formatMetric, measured, metricTexts } from '../../../src/lenses/attention/headMetricTexts';
import { headTable } from './headTable';
import { headView, type HeadView, type PairFilter } from './headView';
import { legendStyles, scaleLegend } from './legend';
import { roundedText } from './roundedText';
import { saveBar } from './saveBar';
import { gridFormats, savedGrid, type GridFormat, type ShownGrid } from './saveGrid';
import { mapFormats, pageFormat, savedMap, type ShownMap, type MapFormat } from './saveMap';
import { ofOneHead, partViews, placeName, toggled, togetherView, type HeadPlace } from './severalHeads';
import { thumbnails, type Thumbnails } from './thumbnails';
import { togetherBar, togetherStyles, togetherText } from './togetherBar';
import { hasPieces, wholeWords, wordsOf } from './wordPieces';
import { mapTexts } from './mapTexts';
import './sumView';
import type { SumStage } from './sumStages';
import { openedState, readAttentionState, type AttentionViewState, type Followed, type HeadOrder } from './viewState';

type AttentionSubject = Extract<Subject, { lens: 'attention' }>;

const pairSegments = [
  { value: 'all', label: 'All' },
  { value: 'aa', label: 'A→A' },
  { value: 'ab', label: 'A→B' },
  { value: 'ba', label: 'B→A' },
  { value: 'bb', label: 'B→B' },
];

/** Who looks at whom: all heads at a glance, one in full. */
@customElement('headlight-attention')
export class AttentionView extends LensView<AttentionSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    layoutStyles,
    legendStyles,
    selectStyles,
    sliderStyles,
    togetherStyles,
    css`
      .busy {
        opacity: 0.6;
      }
    `,
  ];

  @state() private own!: AttentionViewState;
  private readonly themed = new ThemeController(this);
  private readonly overview = new Latest<AttentionOverview>(this, (overview) => { this.overviewArrived(overview); });
  /** One for each head that is drawn. */
  private readonly maps = new Latest<readonly AttentionMap[]>(this);
  private readonly sum = new Latest<AttentionSum>(this);
  private readonly metrics = new Latest<HeadMetrics>(this);
  /** What to say of the map that was saved or the link that was copied last. */
  private readonly saved = new Latest<string | null>(this);
  /** What the reader is told about the grid's file. */
  private readonly savedGrid = new Latest<string | null>(this);
  private readonly thumbnailsOf = memoize(thumbnails);
  private readonly headViewOf = memoize(
    (maps: readonly AttentionMap[], tokens: readonly Token[], hideSpecial: boolean, pairs: PairFilter, mergePieces: boolean, kind: AttentionKind) =>
      togetherView(maps.map(({ map, weights }) => ({ map, view: headView(weights, tokens, { hideSpecial, pairs, mergePieces }, kind) }))),
  );
  private readonly wholeWordsOf = memoize(wholeWords);
  private readonly hasPieces = memoize(hasPieces);
  private readonly attendedBy = memoize(attendedBy);
  private readonly attended = new AttendedLink(this, {
    editor: () => this.context.editor,
    shaded: () => this.shadedWords(),
    release: () => { if (this.own.pinned) this.pin(null); },
  });
  /** The kept token of a text that was edited, until the tokens of the text as it reads now are there. */
  private kept: { readonly now: KeptToken; readonly was: Token | undefined } | null = null;
  private thumbnails: Thumbnails | null = null;
  private shown: HeadView | null = null;
  private selected: readonly number[] = [];
  /** What the editor selects at our own word. */
  private revealed: TextRange | null = null;

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
      ${overview ? html`<div class="layout">${this.gridCard(overview)}${this.headCard(overview)}${context.editor.live ? this.sumCard(overview) : nothing}</div>` : nothing}
      ${overview ? this.comparison(overview) : nothing}
    </div>`;
  }

  private get layer(): number {
    const layers = this.overview.value?.layers ?? 1;
    return this.own.layer < 0 ? layers - 1 : Math.min(this.own.layer, layers - 1);
  }

  private get headIndex(): number {
    return Math.min(this.own.head, (this.overview.value?.heads ?? 1) - 1);
  }

  private get mapKey(): AttentionMapKey {
    return mapKeyOf(this.own.map, this.layer, this.headIndex);
  }

  /** Whether words of the text are made of several tokens. */
  private get pieces(): boolean {
    const tokens = this.overview.value?.tokens;
    return tokens !== undefined && this.hasPieces(tokens);
  }

  private get merging(): boolean {
    return this.own.mergePieces && this.pieces;
  }

  private get headName(): string {
    const { places } = this;
    return places.length > 1 ? `${places.length} heads` : placeName(places[0]!);
  }

  /** The heads that are drawn. */
  private get places(): readonly HeadPlace[] {
    const { layers, heads } = this.overview.value ?? { layers: Infinity, heads: Infinity };
    const together = this.own.together?.filter(({ layer, head }) => layer >= 0 && layer < layers && head >= 0 && head < heads) ?? [];
    return together.length > 0 ? together : [{ layer: this.layer, head: this.headIndex }];
  }

  private get mapTitle(): string {
    const { places, own } = this;
    if (places.length === 1) return mapName(this.mapKey);
    return `${places.length} heads together${own.map === 'norms' ? ', by norms' : ''}`;
  }

  private gridCard(overview: AttentionOverview): TemplateResult {
    const { thumbnails: shown } = this;
    if (!shown) return html``;
    // Until the metrics of this text are there, or where it cannot be measured by the one that was chosen.
    const order = this.own.order !== 'layer' && this.metrics.value?.values[this.own.order] ? this.own.order : 'layer';
    return html`<section class="card stack" aria-label="All heads">
      <h2>All heads${order === 'layer' ? html` <span class="muted small">rows: layers · columns: heads</span>` : nothing}</h2>
      ${this.orderBar(overview, order)}
      <headlight-head-grid
        .layers=${overview.layers}
        .heads=${overview.heads}
        .thumbnails=${shown}
        .tokens=${overview.tokens}
        .layer=${this.layer}
        .head=${this.headIndex}
        .metrics=${this.metrics.value}
        .order=${order}
        .least=${this.own.least}
        .chosen=${this.places}
        @choose=${({ detail }: CustomEvent<HeadPlace & { together: boolean }>) => { this.chosen(detail, detail.together); }}
      ></headlight-head-grid>
      ${scaleLegend(this.themed.theme.ramp, shown.max)}
      ${this.gridSaveBar({ overview, thumbnails: shown, metrics: this.metrics.value, order, least: order === 'layer' ? 0 : this.own.least, text: this.context.subject.source.first.text })}
      ${checkbox({ label: 'Draw several heads together', checked: this.own.together !== null, onChange: (on) => { this.drawTogether(on); } })}
      <p class="muted small">
        Arrow keys walk, Enter opens, a digit jumps to that layer.
        ${this.own.together ? 'Click or Enter adds a head to the drawing, or takes it out.' : 'Shift with click or Enter draws a head together with the open one.'}
      </p>
      ${shown.exact
        ? nothing
        : html`<p class="muted small">
            Each cell stands for several tokens and shows the largest weight among
            them${this.own.hideSpecial ? ', special tokens included' : ''}.
          </p>`}
    </section>`;
  }

  private gridSaveBar(grid: ShownGrid): TemplateResult {
    const save = (format: GridFormat): void => {
      this.savedGrid.load(async () => {
        const at = await this.context.editor.save(await savedGrid(grid, format, this.themed.theme));
        return at === null ? null : `Saved: ${at}`;
      }, { forget: true });
    };
    return saveBar('Save grid as', gridFormats, save, this.savedGrid);
  }

  /** By what heads are ordered, from what value on they count, and what the number means. */
  private orderBar({ layers, heads }: AttentionOverview, order: HeadOrder): TemplateResult {
    const metrics = this.metrics.value;
    if (!metrics) return loadState(this.metrics, null);
    const values = order === 'layer' ? null : metrics.values[order];
    const largest = values ? Math.max(...values) : 1;
    const least = Math.min(this.own.least, largest);
    const left = values?.filter((value) => value >= least).length ?? layers * heads;
    return html`<div class="bar">
        ${select({
          label: 'Order',
          value: order,
          options: [
            { value: 'layer', label: 'by layer' },
            ...measured(metrics).map((metric) => ({ value: metric, label: `by ${metricTexts[metric].name}` })),
          ],
          onChange: (chosen) => { this.change({ order: chosen, least: 0 }); },
        })}
        ${order === 'layer' || !values
          ? nothing
          : slider({
              label: 'At least',
              min: 0,
              max: largest,
              step: largest / 50,
              value: least,
              text: formatMetric(order, least),
              onInput: (value) => { this.change({ least: value }); },
            })}
        ${order === 'layer' ? nothing : html`<span class="muted small" aria-live="polite">${left} of ${layers * heads} heads</span>`}
      </div>
      ${order === 'layer'
        ? nothing
        : html`<p class="muted small">${metricTexts[order].definition} Mean over the tokens of the text (${metricTexts[order].source}).</p>`}`;
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
          ${own.together ? nothing : iconButton({ label: 'Previous head', icon: 'chevron-left', disabled: at === 0, onClick: go(-1) })}
          <h2 aria-live="polite">${this.mapTitle}</h2>
          ${own.together ? nothing : iconButton({ label: 'Next head', icon: 'chevron-right', disabled: at === heads - 1, onClick: go(1) })}
        </div>
        ${tableButton(own.table, () => { this.change({ table: !own.table }); })}
      </div>
      ${own.together ? togetherBar(this.places, this.themed.theme, { onRemove: (place) => { this.chosen(place, true); }, onEnd: () => { this.drawTogether(false); } }) : nothing}
      <div class="bar spread">
        <headlight-segmented
          label="Drawing"
          .segments=${drawings}
          .value=${drawingFor(own.drawing, shown?.queries.length ?? 0)}
          @choose=${({ detail }: CustomEvent<Drawing>) => { this.change({ drawing: detail, table: false }); }}
        ></headlight-segmented>
        ${checkbox({
          label: 'Hide special tokens',
          checked: own.hideSpecial,
          onChange: (hideSpecial) => { this.change({ hideSpecial }); },
        })}
        ${this.pieces
          ? checkbox({
              label: 'Merge word pieces',
              checked: own.mergePieces,
              onChange: (mergePieces) => { this.change({ mergePieces }); },
            })
          : nothing}
        ${this.context.subject.source.second
          ? html`<headlight-segmented
              label="Sentence pair"
              .segments=${pairSegments}
              .value=${own.pairs}
              @choose=${({ detail }: CustomEvent<PairFilter>) => { this.change({ pairs: detail }); }}
            ></headlight-segmented>`
          : nothing}
      </div>
      ${this.mapChoice()}
      ${own.hideSpecial
        ? notice('info', 'Weights renormalised without special tokens: each row sums to 1 again.')
        : nothing}
      ${own.mergePieces && this.pieces ? notice('info', 'Words instead of pieces: sums over the pieces of a key, means over those of a query.') : nothing}
      ${roundedText(this.maps.value) === '' ? nothing : html`<p class="muted small">${roundedText(this.maps.value)}</p>`}
      ${loadState(this.maps, null)} ${shown ? this.drawing(shown) : nothing}
      ${shown ? this.mapSaveBar(overview, shown) : nothing}
    </section>`;
  }

  private mapSaveBar(overview: AttentionOverview, view: HeadView): TemplateResult {
    const { live } = this.context.editor;
    const map = (): ShownMap => {
      const drawing = drawingFor(this.own.drawing, view.queries.length) === 'matrix' ? 'matrix' : 'lines';
      return { overview, view, name: this.mapTitle, note: this.note, drawing };
    };
    const save = (format: MapFormat | 'html'): void => {
      const { editor, subject: { source } } = this.context;
      this.saved.load(async () => {
        const at = format === 'html'
          ? await editor.ask('panel/savePage', { source, state: this.own })
          : await editor.save(await savedMap(map(), format, this.themed.theme));
        return at === null ? null : `Saved: ${at}`;
      }, { forget: true });
    };
    const copyLink = (): void => {
      this.saved.load(async () => {
        await this.context.editor.ask('panel/copyLink', this.own);
        return 'Link copied.';
      }, { forget: true });
    };
    const copy = (): void => {
      this.saved.load(() => copyPicture(savedMap(map(), 'png', this.themed.theme)), { forget: true });
    };
    return saveBar('Save as', [...mapFormats, ...(live ? [pageFormat] : [])], save, this.saved, html`
      ${button({ label: 'Copy picture', onClick: copy })}
      ${live
        ? html`${button({ label: 'Copy link', name: 'Copy link to this view', onClick: copyLink })}
            ${button({ label: this.own.compare ? 'Close comparison' : 'Compare…', onClick: () => { void this.toggleComparison(); } })}`
        : nothing}`);
  }

  /** What was done to the numbers that are shown, in a line. */
  private get note(): string {
    const { own } = this;
    return [
      own.map === 'head' ? '' : mapTexts[own.map].explanation,
      own.hideSpecial ? 'Without special tokens, rows renormalised.' : '',
      this.merging ? 'Word pieces merged.' : '',
      own.pairs === 'all' ? '' : `Only ${pairSegments.find(({ value }) => value === own.pairs)!.label}.`,
      this.overview.value?.windowed?.explanation ?? '',
      roundedText(this.maps.value),
    ].filter((part) => part !== '').join(' ');
  }

  private drawing(shown: HeadView): TemplateResult {
    const { own } = this;
    const rows = shown.queries.length;
    if (rows === 0 || shown.keys.length === 0) return html`<p class="muted">No token is left to show.</p>`;
    if (own.table) return headTable(shown, own.pinned);
    const drawing = drawingFor(own.drawing, rows);
    const mass = own.mass ?? usualMass(rows);
    const what = this.merging ? 'words' : 'tokens';
    const label = `${this.mapTitle}: attention from ${rows} query ${what} to ${shown.keys.length} key ${what}; “Show as table” gives the numbers.`;
    return html`${this.drawn(drawing, shown, mass, label)}
      ${drawing === 'matrix' && !shown.parts
        ? scaleLegend(this.themed.theme.ramp, shown.max)
        : drawing === 'matrix' ? nothing : slider({
            label: 'Keep of each row',
            min: 0.05,
            max: 1,
            step: 0.05,
            value: mass,
            text: `${Math.round(mass * 100)}\u202f%`,
            onInput: (value) => { this.change({ mass: value }); },
          })}
      ${shown.parts ? html`<p class="muted small">${togetherText(drawing, shown.parts.length)}</p>` : nothing}
      <p class="muted small">
        ${keptText(drawing, mass, rows)} ${readingTexts[drawing]} ${shown.kind === 'causal' ? causalText : ''}
      </p>
      <p class="muted small" data-gestures>${gestureTexts[drawing]} ${this.context.editor.live ? shadedText : ''}</p>`;
  }

  private drawn(drawing: Drawing, shown: HeadView, mass: number, label: string): TemplateResult {
    const { pinned } = this.own;
    const pin = ({ detail }: CustomEvent<Followed | null>): void => { this.pin(detail); };
    switch (drawing) {
      case 'lines':
        return html`<headlight-head-lines
          .view=${shown}
          .pinned=${pinned}
          .selected=${this.selected}
          .mass=${mass}
          .label=${label}
          @pin=${pin}
        ></headlight-head-lines>`;
      case 'matrix':
        return html`<headlight-head-matrix
          .view=${shown}
          .pinned=${pinned}
          .selected=${this.selected}
          .label=${label}
          @pin=${pin}
        ></headlight-head-matrix>`;
      case 'text':
        return html`<headlight-head-text
          .view=${shown}
          .pinned=${pinned}
          .selected=${this.selected}
          .mass=${mass}
          .label=${label}
          @pin=${pin}
        ></headlight-head-text>`;
    }
  }

  /** Which map of this layer and head is shown. */
  private mapChoice(): TemplateResult {
    const choice = select({
      label: 'Show',
      value: this.own.map,
      options: mapKinds
        .filter((kind) => (!this.own.together || ofOneHead(kind)) && (this.context.editor.live || kind !== 'norms'))
        .map((kind) => ({ value: kind, label: mapTexts[kind].label })),
      onChange: (map) => {
        this.change({ map });
        this.loadMaps();
      },
    });
    return html`${choice}<p class="muted small">${mapTexts[this.own.map].explanation}</p>`;
  }

  /** How this head makes its weights for one token, in numbers. */
  private sumCard({ tokens }: AttentionOverview): TemplateResult {
    const { own } = this;
    const open = own.stage !== null;
    const toggle = (): void => {
      this.change({ stage: open ? null : 'query' });
      this.loadSum();
    };
    const sum = this.sum.value;
    // After a new text the sum still shown may be of another.
    const shown = open && sum?.weights.length === tokens.length ? sum : null;
    return html`<section class="card stack" aria-label="The sum, step by step">
      <div class="bar spread">
        <h2>The sum, step by step${shown ? html` <span class="muted">${tokenText(tokens[shown.query]!)}, layer ${shown.layer}, head ${shown.head}</span>` : nothing}</h2>
        ${button({ label: open ? 'Close' : 'Show', onClick: toggle })}
      </div>
      ${open
        ? html`${loadState(this.sum, null)}
            <p class="muted small">For the query token that is kept above, else the first of the text. Click another query token to follow it here.</p>
            ${shown
              ? html`<headlight-attention-sum
                  .sum=${shown}
                  .tokens=${tokens}
                  .stage=${own.stage}
                  @stage=${({ detail }: CustomEvent<SumStage>) => { this.change({ stage: detail }); }}
                ></headlight-attention-sum>`
              : nothing}`
        : html`<p class="muted small">Query, keys, products, softmax, values: how one head gets one row of its weights, with the numbers of this text.</p>`}
    </section>`;
  }

  private async toggleComparison(): Promise<void> {
    this.change({ compare: this.own.compare ? null : openedBeside(this.layer, this.headIndex) });
    await this.updateComplete;
    this.renderRoot.querySelector('headlight-attention-compare')?.scrollIntoView({ block: 'nearest' });
  }

  /** The shown map beside another. */
  private comparison(overview: AttentionOverview): TemplateResult | typeof nothing {
    const { own, shown } = this;
    // Of several heads the one that was opened last.
    const map = this.maps.value?.at(-1);
    if (!own.compare || !shown || !map || !this.context.editor.live) return nothing;
    const { compare, hideSpecial, mergePieces, pairs, pinned } = own;
    const followed = pinned ? overview.tokens[pinned.token] : undefined;
    return html`<headlight-attention-compare
      .editor=${this.context.editor}
      .own=${compare}
      .overview=${overview}
      .request=${this.request}
      .map=${map}
      .view=${partViews(shown).at(-1)!}
      .filter=${{ hideSpecial, pairs, mergePieces }}
      .followed=${followed && !followed.special && followed.segment === 0 ? followed : null}
      @compare=${({ detail }: CustomEvent<Partial<CompareState>>) => { this.change({ compare: { ...(this.own.compare ?? compare), ...detail } }); }}
      @open=${({ detail }: CustomEvent<{ layer: number; head: number }>) => { this.change({ map: 'head', together: null }); this.open(detail.layer, detail.head); }}
      @close=${() => { this.change({ compare: null }); }}
    ></headlight-attention-compare>`;
  }

  private loadSum(): void {
    const tokens = this.overview.value?.tokens;
    if (this.own.stage === null || !tokens) return;
    const { editor } = this.context;
    const { pinned } = this.own;
    const first = Math.max(0, tokens.findIndex(({ special }) => !special));
    const query = pinned?.side === 'query' && pinned.token < tokens.length ? pinned.token : first;
    const request = { ...this.request, layer: this.layer, head: this.headIndex, query };
    this.sum.load((signal) => editor.call('attention/sum', request, { signal }));
  }

  private viewOfHead(): HeadView | null {
    const { overview: { value: overview }, maps: { value: maps }, own } = this;
    // After a new text the heads still shown may be old ones, of another length.
    if (!overview || !maps || maps.some(({ weights }) => weights.length !== overview.tokens.length ** 2)) return null;
    const { tokens } = overview;
    const kind = overview.kinds[this.layer] ?? 'self';
    return this.headViewOf(maps, tokens, own.hideSpecial, own.pairs, this.merging, kind);
  }

  private subjectChanged(before: ViewContext<AttentionSubject> | undefined): void {
    const { context } = this;
    const { source, kept, opened } = context.subject;
    if (!before) {
      this.own = readAttentionState(context.saved, context.settings.layer);
      // Norms come from the model's values, which a page does not hold.
      if (!context.editor.live && this.own.map === 'norms') this.own = { ...this.own, map: 'head' };
    }
    const { pinned } = this.own;
    this.kept = before && kept && pinned ? { now: kept, was: this.overview.value?.tokens[pinned.token] } : null;
    const text = [source.first, ...(source.second ? [source.second] : [])].map((part) => part.text).join('\n');
    if (opened && opened.id !== this.own.opened) this.change(openedState(opened, text, context.settings.layer));
    if (this.own.text !== text) this.change({ pinned: this.kept && pinned, text });
    this.attended.forget();
    if (!source.second) this.change({ pairs: 'all' });
    this.metrics.value = null;
    this.overview.load((signal) => context.editor.call('attention/overview', this.request, { signal }));
  }

  private get request() {
    const { first, second, selection } = this.context.subject.source;
    return { text: first.text, ...(second && { pair: second.text }), focus: selection.start };
  }

  private overviewArrived(overview: AttentionOverview): void {
    if (this.kept) this.change({ pinned: foundAgain(this.kept.now, this.kept.was, overview.tokens, this.context.subject.source) });
    this.kept = null;
    // A link may name a token that the text does not have.
    if (this.own.pinned && this.own.pinned.token >= overview.tokens.length) this.change({ pinned: null });
    this.selected = this.selectedOf(overview.tokens);
    const old = this.maps.value?.[0]?.weights.length;
    this.loadMaps({ forget: old !== undefined && old !== overview.tokens.length ** 2, known: [] });
    this.loadSum();
    // After the grid, which need not wait for them.
    this.metrics.load((signal) => this.context.editor.call('attention/metrics', this.request, { signal }));
  }

  /** Asks for the maps that are drawn, one after the other, and not for those that are known. */
  private loadMaps({ forget = false, known = this.maps.value ?? [] } = {}): void {
    const { editor } = this.context;
    const { request, places, own } = this;
    const keys = places.map(({ layer, head }) => mapKeyOf(own.map, layer, head));
    this.maps.load(async (signal) => {
      const maps: AttentionMap[] = [];
      for (const key of keys) {
        const same = known.find(({ map }) => mapName(map) === mapName(key));
        maps.push(same ?? await editor.call('attention/map', { ...request, map: key }, { signal }));
      }
      return maps;
    }, { forget });
  }

  private open(layer: number, head: number): void {
    this.change({ layer, head });
    this.loadMaps();
    this.loadSum();
  }

  /** A head was chosen in the grid: alone, or beside those that are drawn. */
  private chosen({ layer, head }: HeadPlace, together: boolean): void {
    if (this.own.together || together) {
      const places = toggled(this.places, { layer, head });
      const last = places.at(-1)!;
      this.change({ together: places, map: ofOneHead(this.own.map) ? this.own.map : 'head', layer: last.layer, head: last.head });
      this.loadMaps();
      this.loadSum();
    } else {
      this.open(layer, head);
    }
  }

  private drawTogether(on: boolean): void {
    this.change({ together: on ? this.places : null, ...(on && !ofOneHead(this.own.map) && { map: 'head' }) });
    this.loadMaps();
  }

  /** What the document shades; null for nothing, undefined while that is being computed. */
  private shadedWords(): Attended | null | undefined {
    const { overview, maps, shown, own: { pinned } } = this;
    if (!pinned?.kept) return null;
    if (!overview.value || !shown || [overview, maps].some(({ loading, error }) => loading || error !== null)) return undefined;
    return this.attendedBy(shown, overview.value.tokens, pinned, this.context.subject.source, this.mapTitle);
  }

  private pin(pinned: Followed | null): void {
    this.kept = null;
    this.change({ pinned: pinned && { ...pinned, kept: true } });
    if (pinned?.side === 'query') this.loadSum();
    const tokens = this.overview.value?.tokens;
    const shown = tokens && this.merging ? this.wholeWordsOf(tokens) : tokens;
    const token = pinned && shown?.[pinned.token];
    const range = token && documentRange(token, this.context.subject.source);
    if (!range) return;
    this.revealed = range;
    this.reveal(range);
  }

  /** Tokens, or first pieces of words, under the editor's selection. */
  private selectedOf(tokens: readonly Token[]): readonly number[] {
    const { selection, subject } = this.context;
    const touched = selection ? tokensUnder(selection, tokens, subject.source) : [];
    return this.merging ? wordsOf(tokens).filter((word) => word.some((index) => touched.includes(index))).map((word) => word[0]!) : touched;
  }

  private selectionChanged(): void {
    const { selection } = this.context;
    const { value: overview, loading } = this.overview;
    // Until the tokens of a new text or model are there, those at hand would be the wrong ones.
    this.selected = overview && !loading ? this.selectedOf(overview.tokens) : [];
    const [first] = this.selected;
    // The editor's answer to our own reveal, which may come when the token was let go again.
    const { revealed } = this;
    this.revealed = null;
    if (selection && selection.start === revealed?.start && selection.end === revealed.end) return;
    const { pinned } = this.own;
    if (first === undefined || (pinned && this.selected.includes(pinned.token))) return;
    // Who reads or types in the document does not choose another token with each step of the cursor.
    if (pinned?.kept && selection!.start === selection!.end) return;
    this.change({ pinned: { side: 'query', token: first, kept: pinned?.kept === true } });
  }

  private change(change: Partial<AttentionViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  }
}
