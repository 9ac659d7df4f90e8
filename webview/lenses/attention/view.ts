import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type {
  AttentionMap, AttentionMapKey, AttentionOverview, AttentionPart, AttentionRequest, AttentionSum, HeadMetrics,
} from '../../../src/lenses/attention/contract';
import { mapKeyOf, mapName } from '../../../src/lenses/attention/maps';
import { hasVectors, mapKindsOf, partNames, partsOf } from '../../../src/lenses/attention/parts';
import { attentionLines } from '../../../src/lenses/checks/propose';
import type { AttentionKind } from '../../../src/lenses/model';
import type { Attended, KeptToken, PanelCall, PageOfView, ProposedCheck, Source, Subject, WithoutTarget } from '../../../src/panel/contract';
import type { TextRange } from '../../../src/text/range';
import type { Token } from '../../../src/text/token';
import { selectStyles, sharedStyles, sliderStyles } from '../../controls';
import type { SwitchedText } from '../../../src/lenses/whatIf/chosen';
import { nothingOff } from '../../../src/lenses/whatIf/contract';
import { offText } from '../../../src/lenses/whatIf/describe';
import { beforeAfter } from '../../whatIf/beforeAfter';
import { switchBar } from '../../whatIf/switchBar';
import { switchKey } from '../../whatIf/whatIf';
import type { Asked } from '../../whatIf/asked';
import { lacksSource, textOfMap } from '../../whatIf/tokenSwitches';
import { Latest } from '../../latest';
import { memoize } from '../../memoize';
import { ThemeController } from '../../theme';
import { frameStyles, layoutStyles, headline, loadState, windowedNotice } from '../frame';
import type { KeptRanking } from '../evidence/keptRankings';
import { documentRange, tokensUnder } from '../tokenRanges';
import { tokenText } from '../tokenText';
import { LensView, type ViewContext } from '../view';
import { AttendedLink, attendedBy, foundAgain } from './attended';
import './compare/compareView';
import { openedBeside, type CompareState } from './compare/compareState';
import { drawingFor, shadedText } from './drawings';
import { effectsOf } from './effects';
import { effectsStyles } from './effectsLegend';
import { fittingOutcome } from './fittingOutcome';
import { gridCard } from './gridCard';
import { headCard } from './headCard';
import { cutEdges, type SwitchedHead, switchPlace, tokenSwitches } from './headSwitches';
import { headView, pairLabels, type HeadView, type MapRows, type PairFilter } from './headView';
import { legendStyles } from './legend';
import { mapRows } from './mapRows';
import { mapSaveBar } from './mapSaveBar';
import { mapTexts } from './mapTexts';
import { partBar } from './partBar';
import { roundedText } from './roundedText';
import { ofOneHead, partViews, placeName, toggled, togetherView, type HeadPlace } from './severalHeads';
import { sumCard } from './sumCard';
import type { SumStage } from './sumStages';
import { thumbnails, type Thumbnails } from './thumbnails';
import { togetherStyles } from './togetherBar';
import { openedState, readAttentionState, type AttentionViewState, type Followed } from './viewState';
import { hasPieces, wholeWords, wordsOf } from './wordPieces';

type AttentionSubject = Extract<Subject, { lens: 'attention' }>;

/** Who looks at whom: all heads at a glance, one in full. */
@customElement('headlight-attention')
export class AttentionView extends LensView<AttentionSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    layoutStyles,
    legendStyles,
    effectsStyles,
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
  /** What edges of a decoder's own map are counted in, which the map does not show. */
  private readonly source = new Latest<SwitchedText | null>(this);
  private readonly thumbnailsOf = memoize(thumbnails);
  private readonly effectsOf = memoize(effectsOf);
  private readonly headViewOf = memoize(
    (maps: readonly AttentionMap[], tokens: readonly Token[], hideSpecial: boolean, pairs: PairFilter, mergePieces: boolean, kind: AttentionKind, rows: MapRows) =>
      togetherView(maps.map(({ map, weights }) => ({ map, view: headView(weights, tokens, { hideSpecial, pairs, mergePieces }, kind, rows) }))),
  );
  private readonly wholeWordsOf = memoize(wholeWords);
  private readonly hasPieces = memoize(hasPieces);
  private readonly checkLinesOf = memoize((overview: AttentionOverview, map: AttentionMap, { first, second }: Source, followed: Followed | null) =>
    attentionLines(overview, map, second ? [first.text, second.text] : [first.text], followed));
  private readonly attendedBy = memoize(attendedBy);
  private readonly attended = new AttendedLink(this, {
    editor: () => this.context.editor,
    shaded: () => this.shadedWords(),
    release: () => { if (this.own.pinned) this.pin(null); },
  });
  /** The kept token of a text that was edited, until the tokens of the text as it reads now are there. */
  private kept: { readonly now: KeptToken; readonly was: Token | undefined } | null = null;
  private thumbnails: Thumbnails | null = null;
  /** The ranking whose effects the reader chose to see; the latest where it is not of this text. */
  @state() private chosenRanking: KeptRanking | null = null;
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
      ${headline(context.subject.source.label, overview?.model ?? null, overview ? [...(overview.written ? [partNames[overview.part]] : []), this.headName] : [])}
      ${overview && !hasVectors(overview) ? nothing : switchBar(context, { model: this.switchedModel, part: overview?.part ?? 'encoder' })}
      ${loadState(this.overview, context.progress)}
      ${overview ? windowedNotice(overview) : nothing} ${overview ? this.partBar(overview) : nothing}
      ${overview && this.thumbnails
        ? html`<div class="layout">${this.gridCard(overview, this.thumbnails)}${this.headCard(overview)}${context.editor.live && hasVectors(overview) ? this.sumCard(overview) : nothing}</div>`
        : nothing}
      ${beforeAfter(context, this.askedToCompare)} ${overview ? keyed(switchKey(context.whatIf, this.switchedModel), this.comparison(overview)) : nothing}
    </div>`;
  }

  private get layer(): number {
    const layers = this.overview.value?.layers ?? 1;
    return this.own.layer < 0 ? layers - 1 : Math.min(this.own.layer, layers - 1);
  }

  private get headIndex(): number {
    return Math.min(this.own.head, (this.overview.value?.heads ?? 1) - 1);
  }

  /** What is shown of a layer and head, where that makes sense of the part. */
  private get mapKind(): AttentionMapKey['kind'] {
    const overview = this.overview.value;
    return !overview || mapKindsOf(overview).includes(this.own.map) ? this.own.map : 'head';
  }

  /** Whether words of the text are made of several tokens. */
  private get pieces(): boolean {
    const overview = this.overview.value;
    return overview !== null && (this.hasPieces(overview.tokens) || this.hasPieces(overview.queries));
  }

  private get merging(): boolean {
    return this.own.mergePieces && this.pieces;
  }

  /** The model that the view asks; undefined for the one in force. */
  private get switchedModel(): string | undefined {
    return this.own.inModel ?? undefined;
  }

  /** The map that is open, of several the one that was opened last. */
  private get askedToCompare(): Asked | null {
    const { value: overview } = this.overview;
    const map = this.maps.value?.at(-1)?.map;
    if (!overview || !map || !hasVectors(overview)) return null;
    // Where a model writes otherwise, there are other places: what it is looked at writing stays the same.
    const written = overview.written && { written: { ids: overview.written.writes.map(({ id }) => id) } };
    const labels = { queries: overview.queries.map(tokenText), keys: overview.tokens.map(tokenText) };
    return { method: 'attention/map', request: { ...this.request, ...written, map }, labels };
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

  /** What the drawn numbers are: while others are asked for, still those. */
  private get mapTitle(): string {
    const drawn = this.maps.value;
    const keys = this.shown && drawn ? drawn.map(({ map }) => map) : this.places.map(({ layer, head }) => mapKeyOf(this.mapKind, layer, head));
    if (keys.length === 1) return mapName(keys[0]!);
    return `${keys.length} heads together${keys.every(({ kind }) => kind === 'norms') ? ', by norms' : ''}`;
  }

  private partBar(overview: AttentionOverview): TemplateResult | typeof nothing {
    const { context: { editor: { live }, subject: { source } }, own } = this;
    return partBar({
      text: overview,
      chosen: own.part,
      pair: source.second !== undefined,
      live,
      ofOtherModel: live && own.inModel !== null,
      choose: (part) => { this.lookInto({ part }); },
      write: (text) => { this.lookInto({ written: text === null ? null : { text } }); },
      useOwnModel: () => { this.lookInto({ inModel: null, written: null }); },
    });
  }

  private gridCard(overview: AttentionOverview, shown: Thumbnails): TemplateResult {
    const { context: { editor, subject } } = this;
    const kept = this.keptRankings(overview);
    const shownRanking = kept.find((one) => one === this.chosenRanking) ?? kept[0];
    const effects = shownRanking ? this.effectsOf(shownRanking, overview) : null;
    return gridCard({
      overview,
      thumbnails: shown,
      own: this.own,
      open: { layer: this.layer, head: this.headIndex },
      places: this.places,
      metrics: this.metrics,
      saved: this.savedGrid,
      text: subject.source.first.text,
      theme: this.themed.theme,
      save: (file) => editor.save(file),
      change: this.change,
      choose: this.choose,
      effects,
      kept,
      chooseEffects: (chosen) => { this.chosenRanking = chosen; },
      // Of a long text, what is read of it may differ.
      openEvidence: editor.live && hasVectors(overview) && !overview.windowed ? () => { this.openEvidence(overview, shownRanking ?? null); } : null,
      drawTogether: this.drawTogether,
      switches: hasVectors(overview) ? (this.context.whatIf?.off(this.switchedModel) ?? null) : null,
      switchHead: (place) => { switchPlace(this.switchedHead(overview), place); },
    });
  }

  /** What was measured of the heads of this very text, by this model with the same off. */
  private keptRankings({ model, part, windowed, written }: AttentionOverview): readonly KeptRanking[] {
    const { context: { rankings, subject: { source }, whatIf }, overview } = this;
    // While another text is read, what is drawn is not what the subject names.
    if (!rankings || windowed || overview.loading || overview.error !== null) return [];
    return rankings.ofText({
      model: model.id, part, off: switchKey(whatIf, this.switchedModel),
      first: source.first.text, second: source.second?.text, writes: written?.writes.map(({ id }) => id) ?? [],
    });
  }

  /** What was measured, or what suits the token that is followed. */
  private openEvidence(overview: AttentionOverview, kept: KeptRanking | null): void {
    const { context: { editor, subject: { source: { first, second } } }, own: { pinned }, switchedModel } = this;
    const outcome = kept?.asked.outcome ?? fittingOutcome({ overview, first, second, pinned });
    editor.notify('panel/openOutcome', { outcome, ...(switchedModel !== undefined && { inModel: switchedModel }) });
  }

  private headCard(overview: AttentionOverview): TemplateResult {
    const { context, shown } = this;
    const at = this.layer * overview.heads + this.headIndex;
    const placeAt = (index: number): HeadPlace | null =>
      index >= 0 && index < overview.layers * overview.heads ? { layer: Math.floor(index / overview.heads), head: index % overview.heads } : null;
    return headCard({
      title: this.mapTitle,
      own: { ...this.own, map: this.mapKind },
      shown,
      maps: this.maps,
      places: this.places,
      previous: placeAt(at - 1),
      next: placeAt(at + 1),
      pieces: this.pieces,
      pair: context.subject.source.second !== undefined,
      mapKinds: mapKindsOf(overview),
      live: context.editor.live,
      shaded: context.editor.live ? shadedText(overview) : '',
      selected: this.selected,
      theme: this.themed.theme,
      below: shown ? this.mapSaveBar(overview, shown) : nothing,
      change: this.change,
      open: this.open,
      takeOut: (place) => { this.choose(place, true); },
      drawAlone: () => { this.drawTogether(false); },
      chooseMap: (map) => {
        this.change({ map });
        this.loadMaps();
      },
      pin: this.pin,
      cut: shown ? cutEdges(this.switchedHead(overview), shown) : null,
      whatIf: shown ? tokenSwitches(this.switchedHead(overview), shown, this.own.pinned, context.editor) : nothing,
    });
  }

  protected override proposedCheck(): ProposedCheck | null {
    const { context: { subject: { source } }, maps: { value: maps }, overview: { value: overview }, own, shown } = this;
    const [map, ...others] = maps ?? [];
    // A part of a long text that was read around the cursor is another text to a check.
    if (!overview || !map || !shown || others.length > 0 || overview.windowed) return null;
    const { first, second } = source;
    const expectations = this.checkLinesOf(overview, map, source, own.pinned);
    if (expectations.length === 0) return null;
    const { inModel } = this.askedOf(this.shownPart);
    return {
      text: first.text, second: second?.text ?? null, written: overview.written?.text ?? null, expectations,
      ...(inModel !== undefined && { inModel }),
    };
  }

  /** The open head, and what is switched by it. */
  private switchedHead(overview: AttentionOverview): SwitchedHead {
    return {
      overview,
      place: { layer: this.layer, head: this.headIndex },
      text: lacksSource(overview) ? this.source.value : textOfMap(overview),
      whatIf: this.context.whatIf,
      model: this.switchedModel,
    };
  }

  private mapSaveBar(overview: AttentionOverview, view: HeadView): TemplateResult {
    const { context: { editor, subject }, own } = this;
    const drawing = drawingFor(own.drawing, view.queries.length) === 'matrix' ? 'matrix' : 'lines';
    return mapSaveBar({
      map: { overview, view, name: this.mapTitle, note: this.note, drawing },
      own,
      source: subject.source,
      asked: this.askedOf(this.shownPart),
      check: this.check(),
      editor,
      theme: this.themed.theme,
      off: this.context.whatIf?.isAllOn(this.switchedModel) === false,
      saved: this.saved,
      compare: () => { void this.toggleComparison(); },
    });
  }

  private sumCard(text: AttentionOverview): TemplateResult {
    const show = (stage: SumStage | null): void => {
      const opened = this.own.stage === null;
      this.change({ stage });
      if (opened) this.loadSum();
    };
    return sumCard({ text, stage: this.own.stage, sum: this.sum, show });
  }

  /** What was done to the numbers that are shown, in a line. */
  private get note(): string {
    const { own, overview: { value: overview } } = this;
    const off = offText(this.context.whatIf?.off(this.switchedModel) ?? nothingOff);
    return [
      off === '' ? '' : `With ${off}.`,
      this.mapKind === 'head' ? '' : mapTexts[this.mapKind].explanation,
      overview?.written ? `${overview.part === 'cross' ? 'Rows: what is written' : 'What is written'}, “${overview.written.text}”${overview.written.given ? ' (given)' : ''}.` : '',
      own.hideSpecial ? 'Without special tokens, rows renormalised.' : '',
      this.merging ? 'Word pieces merged.' : '',
      own.pairs === 'all' ? '' : `Only ${pairLabels[own.pairs]}.`,
      overview?.windowed?.explanation ?? '',
      roundedText(this.maps.value),
    ].filter((part) => part !== '').join(' ');
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
    const followed = pinned && (pinned.side === 'key' || overview.part !== 'cross') ? overview.tokens[pinned.token] : undefined;
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
      @open=${({ detail }: CustomEvent<{ layer: number; head: number }>) => { this.change({ map: 'head', together: null }); this.open(detail); }}
      @close=${() => { this.change({ compare: null }); }}
    ></headlight-attention-compare>`;
  }

  private loadSum(): void {
    const overview = this.overview.value;
    const { editor } = this.context;
    if (this.own.stage === null || !overview || !hasVectors(overview) || !editor.live) return;
    const tokens = overview.queries;
    const { pinned } = this.own;
    const first = Math.max(0, tokens.findIndex(({ special }) => !special));
    const query = pinned?.side === 'query' && pinned.token < tokens.length ? pinned.token : first;
    const request = { ...this.request, layer: this.layer, head: this.headIndex, query };
    this.sum.load((signal) => editor.call('attention/sum', request, { signal }));
  }

  private viewOfHead(): HeadView | null {
    const { overview: { value: overview }, maps: { value: maps }, own } = this;
    // After a new text the heads still shown may be old ones, of another length.
    if (!overview || !maps || maps.some(({ weights }) => weights.length !== overview.queries.length * overview.tokens.length)) return null;
    const { tokens } = overview;
    const kind = overview.kinds[this.layer] ?? 'self';
    return this.headViewOf(maps, tokens, own.hideSpecial, own.pairs, this.merging, kind, mapRows(overview));
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
    this.kept = before && kept && pinned ? { now: kept, was: this.tokensOf(pinned.side)[pinned.token] } : null;
    const text = [source.first, ...(source.second ? [source.second] : [])].map((part) => part.text).join('\n');
    if (opened && opened.id !== this.own.opened) this.change(openedState(opened, text, context.settings.layer));
    // What was given to look into belongs to its text, and holds while that is edited.
    if (this.own.text !== text) this.change({ pinned: this.kept && pinned, text, ...(kept === undefined && { written: null, inModel: null }) });
    this.attended.forget();
    if (!source.second) this.change({ pairs: 'all' });
    this.load();
  }

  private load(): void {
    const { editor } = this.context;
    this.metrics.value = null;
    this.overview.load(async (signal) => editor.call('attention/overview', this.requestOf(await this.partToAsk(signal)), { signal }));
  }

  /** The part that the reader chose, where the model has it, as another one may be in use by now, and where the text is no pair. */
  private async partToAsk(signal: AbortSignal): Promise<AttentionPart | null> {
    const { context: { editor, subject: { source } }, own: { inModel, part } } = this;
    if (part === null || !editor.live || source.second) return null;
    const info = await editor.call('model/load', { ...(inModel !== null && { inModel }) }, { signal });
    return partsOf(info).includes(part) ? part : null;
  }

  /** Looks into another part, another translation or by another model, of the same text. */
  private lookInto(change: Pick<Partial<AttentionViewState>, 'part' | 'written' | 'inModel'>): void {
    // Tokens are others.
    this.change({ pinned: null, ...change });
    this.attended.forget();
    this.load();
  }

  /** What is asked of the shown part. */
  private get request(): WithoutTarget<AttentionRequest> & PanelCall {
    return this.requestOf(this.shownPart);
  }

  /** The shown part where there are several. */
  private get shownPart(): AttentionPart | null {
    const overview = this.overview.value;
    return overview && partsOf(overview.model).length > 1 ? overview.part : null;
  }

  private askedOf(part: AttentionPart | null): PageOfView['asked'] {
    const { inModel, written } = this.own;
    return {
      ...(part !== null && { part }),
      ...(written !== null && part !== 'encoder' && { written }),
      ...(inModel !== null && { inModel }),
    };
  }

  private requestOf(part: AttentionPart | null): WithoutTarget<AttentionRequest> & PanelCall {
    const { first, second, selection } = this.context.subject.source;
    return { text: first.text, ...(second && { pair: second.text }), focus: selection.start, ...this.askedOf(part) };
  }

  private tokensOf(side: Followed['side']): readonly Token[] {
    const overview = this.overview.value;
    return (side === 'query' ? overview?.queries : overview?.tokens) ?? [];
  }

  private overviewArrived(overview: AttentionOverview): void {
    this.loadSource(overview);
    if (this.kept) this.change({ pinned: foundAgain(this.kept.now, this.kept.was, this.tokensOf(this.kept.now.side), this.context.subject.source) });
    this.kept = null;
    // A link may name a token that the text does not have.
    if (this.own.pinned && this.own.pinned.token >= this.tokensOf(this.own.pinned.side).length) this.change({ pinned: null });
    this.selected = this.selectedOf(overview.tokens);
    const old = this.maps.value?.[0]?.weights.length;
    this.loadMaps({ forget: old !== undefined && old !== overview.queries.length * overview.tokens.length, known: [] });
    this.loadSum();
    // After the grid, which need not wait for them.
    this.metrics.load((signal) => this.context.editor.call('attention/metrics', this.request, { signal }));
  }

  private loadSource(overview: AttentionOverview): void {
    const { editor } = this.context;
    if (!lacksSource(overview) || !editor.live) return;
    const request = { ...this.requestOf('encoder'), switches: nothingOff };
    this.source.load(async (signal) => {
      const { model, tokens } = await editor.call('attention/overview', request, { signal });
      return textOfMap({ model, tokens });
    }, { forget: true });
  }

  /** Asks for the maps that are drawn, one after the other, and not for those that are known. */
  private loadMaps({ forget = false, known = this.maps.value ?? [] } = {}): void {
    const { editor } = this.context;
    const { request, places, mapKind } = this;
    const keys = places.map(({ layer, head }) => mapKeyOf(mapKind, layer, head));
    this.maps.load(async (signal) => {
      const maps: AttentionMap[] = [];
      for (const key of keys) {
        const same = known.find(({ map }) => mapName(map) === mapName(key));
        maps.push(same ?? await editor.call('attention/map', { ...request, map: key }, { signal }));
      }
      return maps;
    }, { forget });
  }

  private readonly open = ({ layer, head }: HeadPlace): void => {
    this.change({ layer, head });
    this.loadMaps();
    this.loadSum();
  };

  /** A head was chosen in the grid: alone, or beside those that are drawn. */
  private readonly choose = ({ layer, head }: HeadPlace, together: boolean): void => {
    if (!this.own.together && !together) {
      this.open({ layer, head });
      return;
    }
    const places = toggled(this.places, { layer, head });
    const last = places.at(-1)!;
    this.change({ together: places, map: ofOneHead(this.own.map) ? this.own.map : 'head', layer: last.layer, head: last.head });
    this.loadMaps();
    this.loadSum();
  };

  private readonly drawTogether = (on: boolean): void => {
    this.change({ together: on ? this.places : null, ...(on && !ofOneHead(this.own.map) && { map: 'head' }) });
    this.loadMaps();
  };

  /** What the document shades; null for nothing, undefined while that is being computed. */
  private shadedWords(): Attended | null | undefined {
    const { overview, maps, shown, own: { pinned } } = this;
    if (!pinned?.kept) return null;
    if (!overview.value || !shown || [overview, maps].some(({ loading, error }) => loading || error !== null)) return undefined;
    return this.attendedBy(shown, overview.value.tokens, pinned, this.context.subject.source, this.mapTitle, overview.value.queries);
  }

  private readonly pin = (pinned: Followed | null): void => {
    this.kept = null;
    this.change({ pinned: pinned && { ...pinned, kept: true } });
    if (pinned?.side === 'query') this.loadSum();
    if (!pinned) return;
    const tokens = this.tokensOf(pinned.side);
    const token = (this.merging ? this.wholeWordsOf(tokens) : tokens)[pinned.token];
    const range = token && documentRange(token, this.context.subject.source);
    if (!range) return;
    this.revealed = range;
    this.reveal(range);
  };

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
    if (first === undefined || (pinned && this.ofDocument(pinned.side) && this.selected.includes(pinned.token))) return;
    // Who reads or types in the document does not choose another token with each step of the cursor.
    if (pinned?.kept && selection!.start === selection!.end) return;
    // The document holds what is read, which in attention across texts are the keys.
    const side = overview!.part === 'cross' ? 'key' : 'query';
    this.change({ pinned: { side, token: first, kept: pinned?.kept === true } });
  }

  /** Whether the tokens of a side stand in the document. */
  private ofDocument(side: Followed['side']): boolean {
    return side === 'key' || this.overview.value?.part !== 'cross';
  }

  private readonly change = (change: Partial<AttentionViewState>): void => {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  };
}
