import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { WithoutTarget } from '../../../src/lenses/model';
import type { Senses, SensesRequest } from '../../../src/lenses/senses/contract';
import type { SenseLayer, SenseLayers } from '../../../src/lenses/senses/layersContract';
import type { Subject } from '../../../src/panel/contract';
import { button, notice, selectStyles, sharedStyles, slider, sliderStyles, tableButton } from '../../controls';
import { formatCount } from '../../format';
import { Latest } from '../../latest';
import { beforeAfter } from '../../whatIf/beforeAfter';
import { switchBar } from '../../whatIf/switchBar';
import { switchKey } from '../../whatIf/whatIf';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { frameStyles, layoutStyles, headline, loadState } from '../frame';
import { currentTheme } from '../../theme';
import { fileFormats, type FileFormat } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { LensView, type ViewContext } from '../view';
import { stateName } from '../stateName';
import { inContext } from '../../../src/text/occurrences';
import { groupsOf } from '../evidence/asked';
import { groupStyles, senseGroups } from './groups';
import { neighboursCard, wordReadout, wordsCard } from './furtherCards';
import { mapWords, type PlacedWord, placeWords, reachOf } from './furtherWords';
import './map';
import type { WordPoint } from './map';
import './occurrenceComparison';
import { placeLabel, scopeChoice, scopeNotice } from './scope';
import { savedSenses, type ShownSenses } from './saveSenses';
import './separationChange';
import { separationChart, separationNote, separationTable, separationText } from './separation';
import { projectionChoices, projectionNote, tooFewForUmap, type UmapPoints, umapPoints } from './umapPoints';
import { type Projection, readSensesState, type SensesViewState, type Vectors } from './viewState';

type SensesSubject = Extract<Subject, { lens: 'senses' }>;

const vectorChoices = [
  { value: 'probes', label: 'All evidence' },
  { value: 'layer', label: 'By layer' },
];

/** How long a layer is shown while the layers are played, in milliseconds. */
const playing = 900;

/** Substitutes asked for the current occurrence; the view itself shows those of the groups. */
const top = 8;

/** Which occurrences of a word mean the same. */
@customElement('headlight-senses')
export class SensesView extends LensView<SensesSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    layoutStyles,
    groupStyles,
    sliderStyles,
    selectStyles,
    css`
      .readout {
        min-height: 2.8em;
      }
      .layers {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .layers .slider,
      .layers .slider input {
        flex: 1;
        min-width: 0;
      }
      .layers .slider output {
        min-width: 10ch;
      }
    `,
  ];

  @state() private own: SensesViewState = readSensesState(null);
  @state() private pointed: number | null = null;
  @state() private pointedWord: WordPoint | null = null;
  /** The occurrence that the reader chose last, −1 for none. */
  @state() private chosen = -1;
  private readonly senses = new Latest<Senses>(this, () => {
    this.loadLayers();
    this.loadWords({ forget: true });
  });
  /** Further words among the senses on screen. */
  private readonly placed = new Latest<readonly PlacedWord[]>(this, () => { this.loadUmap(); });
  private readonly umap = new Latest<UmapPoints | null>(this);
  /** The senses with all on, and what question they answer; null until they are known. */
  @state() private whole: { readonly of: string; readonly senses: Senses } | null = null;
  /** Of the senses on screen; asked for once the reader wants the map by layer. */
  private readonly layers = new Latest<SenseLayers | null>(this);
  private readonly saved = new Latest<string | null>(this);
  /** Set while the layers are played. */
  @state() private player: ReturnType<typeof setInterval> | null = null;
  /** The word that the answer on screen belongs to: the last good one while another is computed. */
  private answered: SensesSubject | null = null;

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('context') as ViewContext<SensesSubject> | undefined;
    const { subject, saved } = this.context;
    if (!changed.has('context') || before?.subject === subject) return;
    if (!before) this.own = readSensesState(saved);
    this.stop();
    this.pointed = null;
    this.pointedWord = null;
    this.chosen = -1;
    this.loadSenses();
  }

  private loadSenses(): void {
    const { editor, subject } = this.context;
    const { scope } = this.own;
    this.senses.load(async (signal) => {
      const found = scope === 'document' ? subject.word : await editor.ask('panel/occurrences', { scope }, { signal });
      const senses = await editor.call('senses/group', this.requestOf(found), { signal });
      if (!signal.aborted) this.answered = { ...subject, word: found };
      return senses;
    });
  }

  private requestOf({ word, occurrences, current }: SensesSubject['word']): WithoutTarget<SensesRequest> {
    return { word, occurrences: occurrences.map(inContext), ...(current >= 0 && { current }), top };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  override render(): TemplateResult {
    const { context, answered } = this;
    const senses = this.senses.value;
    const label = (answered ?? context.subject).source.label;
    return html`<div class="stack">
      ${headline(label, senses?.model ?? null, [`“${visibleText((answered ?? context.subject).word.word)}”`])}
      ${switchBar(context)}
      ${scopeChoice(this.own.scope, (scope) => { this.change({ scope }); this.loadSenses(); })}
      ${loadState(this.senses, context.progress)} ${senses && answered ? this.answer(senses, answered) : nothing}
    </div>`;
  }

  private answer(senses: Senses, subject: SensesSubject): TemplateResult {
    const { context, own } = this;
    const { word } = subject;
    const compared = word.occurrences.length;
    const request = this.requestOf(word);
    return html`
      ${scopeNotice(word)} ${this.separationChange(word, JSON.stringify(request))}
      ${beforeAfter(context, { method: 'senses/group', request }, ([whole]) => { this.whole = { of: JSON.stringify(request), senses: whole as Senses }; })}
      ${senses.calibrated
        ? nothing
        : notice('info', 'The grouping was not calibrated for this model: the number of senses is a rough guess.')}
      <div class="layout">
        ${this.mapCard(senses, word)}
        <section class="card stack" aria-label="Groups">
          <h2>
            ${formatCount(senses.senses.length, 'sense')}
            <span class="muted small">in ${formatCount(compared, 'occurrence')} of “${visibleText(word.word)}”</span>
          </h2>
          ${senseGroups({ senses, word, pointed: this.pointed, point: this.point, choose: this.choose })}
          ${this.whichHeads(senses, word)}
        </section>
        ${wordsCard({
          senses,
          asked: own.words,
          placed: this.placed,
          state: this.shownState,
          umap: this.umapOf(senses) !== null,
          pointed: this.pointedWord,
          progress: context.progress,
          change: (words) => { this.change({ words }); this.loadWords(); },
          point: this.pointWord,
          choose: this.chooseWord,
        })}
        ${keyed(switchKey(context.whatIf), this.comparisonCard(senses, word))}
        ${keyed(switchKey(context.whatIf), neighboursCard({
          editor: context.editor,
          subject,
          word,
          open: own.neighbours,
          state: own.vectors === 'layer' ? own.state : null,
          chosen: this.chosen,
          progress: context.progress,
          toggle: () => { this.change({ neighbours: !own.neighbours }); },
        }))}
      </div>
    `;
  }

  /** What becomes of the senses that are found with all on, where something is off. */
  private separationChange(word: SensesSubject['word'], asked: string): TemplateResult | typeof nothing {
    const { context: { editor, whatIf }, whole } = this;
    if (!whatIf || whatIf.isAllOn() || whole?.of !== asked || whole.senses.senses.length < 2) return nothing;
    const state = this.shownState;
    return html`<headlight-separation-change
      .editor=${editor}
      .word=${word}
      .senses=${whole.senses}
      .off=${whatIf.off()}
      .shown=${state === 0 ? null : state}
    ></headlight-separation-change>`;
  }

  /** To the evidence view, with the groups as they are. */
  private whichHeads(senses: Senses, word: SensesSubject['word']): TemplateResult | typeof nothing {
    const groups = groupsOf(word, senses);
    if (groups.length < 2 || groups.every(({ length }) => length < 2)) return nothing;
    const state = this.shownState;
    const outcome = { kind: 'separation', groups, ...(state !== null && state > 0 && { state }) } as const;
    return html`<div class="bar">${button({ label: 'Which heads tell these senses apart?', icon: 'beaker', onClick: () => { this.context.editor.notify('panel/openOutcome', { outcome, rank: true }); } })}</div>`;
  }

  private mapCard(senses: Senses, word: SensesSubject['word']): TemplateResult {
    const { vectors } = this.own;
    const states = vectors === 'layer' ? (this.layers.value?.states ?? null) : null;
    const at = this.pointed === null ? undefined : word.occurrences[this.pointed];
    const size = `${word.occurrences.length} occurrences in ${senses.senses.length} senses`;
    const placed = this.placed.value ?? [];
    const tooFew = tooFewForUmap(senses, placed);
    const umap = this.umapOf(senses);
    const points = umap?.points ?? (states ? states[this.stateIn(states)]!.points : senses.occurrences);
    const words = mapWords(placed, this.shownState, umap);
    // Until the layers or UMAP's map are there the points stay where they are.
    const state = umap ? umap.state : this.shownState;
    const shown = `${state === null ? 'all evidence' : `the word’s own vector, ${stateName(state).toLowerCase()}`}${umap ? ', by UMAP' : ''}`;
    return html`<section class="card stack" aria-label="Map">
      <div class="bar spread">
        <h2>Map of vectors</h2>
        <headlight-segmented
          label="Vectors"
          .segments=${vectorChoices}
          .value=${vectors}
          @choose=${({ detail }: CustomEvent<Vectors>) => { this.chooseVectors(detail); }}
        ></headlight-segmented>
      </div>
      ${vectors === 'layer' ? loadState(this.layers, null) : nothing} ${states ? this.layerBar(states) : nothing}
      <headlight-segmented
        label="Projection"
        .segments=${projectionChoices(tooFew)}
        .value=${tooFew === null ? this.own.projection : 'pca'}
        @choose=${({ detail }: CustomEvent<Projection>) => { this.change({ projection: detail }); this.loadUmap(); }}
      ></headlight-segmented>
      ${this.own.projection === 'umap' && tooFew === null ? loadState(this.umap, null) : nothing}
      <headlight-sense-map
        .senses=${senses}
        .points=${points}
        .words=${words}
        .reach=${umap ? 1 : reachOf(placed)}
        .current=${word.current}
        .pointed=${this.pointed}
        .pointedWord=${this.pointedWord}
        .label=${`Map of ${size}, ${shown}; the list of groups tells the same.${words.length > 0 ? ` Further words: ${words.map(({ label }) => label).join(', ')}; the table of any words has their cosines.` : ''}`}
        @point=${({ detail }: CustomEvent<number | null>) => { this.point(detail); }}
        @choose=${({ detail }: CustomEvent<number>) => { this.choose(detail); }}
        @pointWord=${({ detail }: CustomEvent<WordPoint | null>) => { this.pointWord(detail); }}
        @chooseWord=${({ detail }: CustomEvent<WordPoint>) => { this.chooseWord(detail); }}
      ></headlight-sense-map>
      <p class="readout small">
        ${this.pointedWord
          ? wordReadout(placed, this.pointedWord)
          : at
          ? html`<span class="muted">${at.file === undefined ? `Line ${at.line}` : placeLabel(word, this.pointed!)}:</span> ${excerpt(at.sentence, 120)}`
          : html`<span class="muted"
              >${states
                ? separationText(states, this.stateIn(states))
                : 'Near points are used alike. The large point is the occurrence at the cursor.'}</span
            >`}
      </p>
      ${projectionNote(umap !== null, tooFew)} ${states ? this.separation(states) : nothing}
      ${saveBar('Save as', fileFormats, (format) => { this.save({ senses, word, points, vectors: shown, placed, words, state: this.shownState }, format); }, this.saved)}
    </section>`;
  }

  /** The layer that the map shows, from the static vector to the last. */
  private layerBar(states: readonly SenseLayer[]): TemplateResult {
    const state = this.stateIn(states);
    return html`<div class="layers">
      ${slider({
        label: 'After',
        min: 0,
        max: states.length - 1,
        step: 1,
        value: state,
        text: stateName(state),
        onInput: (value) => { this.stop(); this.showState(value); },
      })}
      ${button({ label: this.player === null ? 'Play' : 'Pause', name: this.player === null ? 'Play the layers' : 'Pause', onClick: () => { this.play(states.length); } })}
    </div>`;
  }

  /** How far the senses lie apart in each layer. */
  private separation(states: readonly SenseLayer[]): TemplateResult {
    const shown = this.stateIn(states);
    const { table } = this.own;
    return html`<div class="bar spread">
        <h3>How far apart the senses lie</h3>
        ${tableButton(table, () => { this.change({ table: !table }); })}
      </div>
      ${table ? separationTable(states, shown) : separationChart(states, shown, (state) => { this.stop(); this.showState(state); })}
      <p class="muted small">${separationNote}</p>`;
  }

  /** Two occurrences in detail. */
  private comparisonCard(senses: Senses, word: SensesSubject['word']): TemplateResult {
    const { comparing, table } = this.own;
    return html`<section class="card stack" aria-label="Two occurrences">
      <div class="bar spread">
        <h2>Two occurrences</h2>
        <div class="bar">
          ${comparing ? tableButton(table, () => { this.change({ table: !table }); }) : nothing}
          ${button({ label: comparing ? 'Close' : 'Compare', onClick: () => { this.change({ comparing: !comparing }); } })}
        </div>
      </div>
      ${comparing
        ? html`<headlight-occurrence-comparison
            .editor=${this.context.editor}
            .senses=${senses}
            .word=${word}
            .table=${table}
          ></headlight-occurrence-comparison>`
        : html`<p class="muted small">How alike two are layer by layer, which words of their sentences move the vector most, and what could stand in each place.</p>`}
    </section>`;
  }

  private save(shown: ShownSenses, format: FileFormat): void {
    const { editor } = this.context;
    reportSaved(this.saved, async () => editor.save(await savedSenses(shown, format, currentTheme())));
  }

  /** The map by UMAP, where it is shown and is one of the words that are shown. */
  private umapOf(senses: Senses): UmapPoints['map'] | null {
    const { value: placed } = this.placed;
    const isShown = this.own.projection === 'umap' && placed !== null && tooFewForUmap(senses, placed) === null;
    return isShown && this.umap.value?.placed === placed ? this.umap.value.map : null;
  }

  /** Hidden state of the vectors on the map; null for all evidence. */
  private get shownState(): number | null {
    const states = this.own.vectors === 'layer' ? this.layers.value?.states : undefined;
    return states ? this.stateIn(states) : null;
  }

  private stateIn(states: readonly SenseLayer[]): number {
    return Math.min(this.own.state, states.length - 1);
  }

  private chooseVectors(vectors: Vectors): void {
    this.stop();
    this.change({ vectors });
    if (!this.layers.value) this.loadLayers();
    this.loadUmap();
  }

  private loadLayers(): void {
    const { senses: { value: senses }, answered } = this;
    const { editor } = this.context;
    // What may still be on its way for another word is given up.
    if (this.own.vectors !== 'layer' || !senses || !answered) {
      this.layers.load(() => Promise.resolve(null), { forget: true });
      return;
    }
    const occurrences = answered.word.occurrences.map(inContext);
    const request = { occurrences, senses: senses.occurrences.map((occurrence) => occurrence?.sense ?? null) };
    this.layers.load((signal) => editor.call('senses/layers', request, { signal }), { forget: true });
  }

  private loadWords(options?: { readonly forget: boolean }): void {
    const { senses: { value: senses }, answered, own: { words } } = this;
    const { editor } = this.context;
    this.pointedWord = null;
    if (!senses || !answered) return;
    this.placed.load((signal) => placeWords(editor, answered, senses, answered.word, words, signal), options);
  }

  /** The map by UMAP, where it is shown, of the vectors that are shown. */
  private loadUmap(): void {
    const { senses: { value: senses }, answered, own, placed: { value: placed } } = this;
    const { editor } = this.context;
    if (own.projection !== 'umap' || !senses || !answered || !placed || tooFewForUmap(senses, placed) !== null) {
      this.umap.load(() => Promise.resolve(null), { forget: true });
      return;
    }
    const state = own.vectors === 'layer' ? Math.min(own.state, senses.model.layers) : null;
    this.umap.load((signal) => umapPoints(editor, answered.word, placed, state, signal));
  }

  private showState(state: number): void {
    this.change({ state });
    this.loadUmap();
  }

  /** From the shown layer on, or from the first where it is the last, to the last. */
  private play(states: number): void {
    if (this.player !== null) {
      this.stop();
      return;
    }
    if (this.own.state >= states - 1) this.showState(0);
    this.player = setInterval(() => {
      this.showState(this.own.state + 1);
      if (this.own.state >= states - 1) this.stop();
    }, playing);
  }

  private stop(): void {
    if (this.player !== null) clearInterval(this.player);
    this.player = null;
  }

  private change(change: Partial<SensesViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  }

  private readonly point = (occurrence: number | null): void => {
    this.pointed = occurrence;
  };

  private readonly pointWord = (word: WordPoint | null): void => {
    this.pointedWord = word;
  };

  private readonly chooseWord = ([word, place]: WordPoint): void => {
    const at = this.placed.value?.[word]?.use.places[place];
    if (at?.offset !== undefined) this.reveal({ start: at.offset, end: at.offset + at.end - at.start });
  };

  private readonly choose = (occurrence: number): void => {
    this.chosen = occurrence;
    const at = this.answered?.word.occurrences[occurrence];
    if (!at) return;
    const range = { start: at.offset, end: at.offset + at.end - at.start };
    const file = at.file === undefined ? undefined : this.answered?.word.files?.[at.file];
    if (file) this.context.editor.notify('panel/reveal', { uri: file.uri, ...range });
    else this.reveal(range);
  };
}
