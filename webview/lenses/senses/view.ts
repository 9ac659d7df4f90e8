import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Senses } from '../../../src/lenses/senses/contract';
import type { SenseLayer, SenseLayers } from '../../../src/lenses/senses/layersContract';
import type { Subject } from '../../../src/panel/contract';
import { button, notice, selectStyles, sharedStyles, slider, sliderStyles, tableButton } from '../../controls';
import { formatCount } from '../../format';
import { Latest } from '../../latest';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { frameStyles, layoutStyles, headline, loadState } from '../frame';
import { currentTheme } from '../../theme';
import { fileFormats, type FileFormat } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { LensView, type ViewContext } from '../view';
import { stateName } from '../stateName';
import { groupStyles, senseGroups } from './groups';
import './map';
import './occurrenceComparison';
import { placeLabel, scopeChoice, scopeNotice } from './scope';
import { savedSenses, type ShownSenses } from './saveSenses';
import { separationChart, separationNote, separationTable, separationText } from './separation';
import { readSensesState, type SensesViewState, type Vectors } from './viewState';

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
  private readonly senses = new Latest<Senses>(this, () => { this.loadLayers(); });
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
    this.loadSenses();
  }

  private loadSenses(): void {
    const { editor, subject } = this.context;
    const { scope } = this.own;
    this.senses.load(async (signal) => {
      const found = scope === 'document' ? subject.word : await editor.ask('panel/occurrences', { scope }, { signal });
      const { word, occurrences, current } = found;
      const plain = occurrences.map(({ sentence, start, end }) => ({ sentence, start, end }));
      const request = { word, occurrences: plain, ...(current >= 0 && { current }), top };
      const senses = await editor.call('senses/group', request, { signal });
      if (!signal.aborted) this.answered = { ...subject, word: found };
      return senses;
    });
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
      ${scopeChoice(this.own.scope, (scope) => { this.change({ scope }); this.loadSenses(); })}
      ${loadState(this.senses, context.progress)} ${senses && answered ? this.answer(senses, answered) : nothing}
    </div>`;
  }

  private answer(senses: Senses, { word }: SensesSubject): TemplateResult {
    const compared = word.occurrences.length;
    return html`
      ${scopeNotice(word)}
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
        </section>
        ${this.comparisonCard(senses, word)}
      </div>
    `;
  }

  private mapCard(senses: Senses, word: SensesSubject['word']): TemplateResult {
    const { vectors } = this.own;
    const states = vectors === 'layer' ? (this.layers.value?.states ?? null) : null;
    const at = this.pointed === null ? undefined : word.occurrences[this.pointed];
    const size = `${word.occurrences.length} occurrences in ${senses.senses.length} senses`;
    // Until the layers are there the points stay where they are.
    const shown = states ? `the word’s own vector, ${stateName(this.stateIn(states)).toLowerCase()}` : 'all evidence';
    const points = states ? states[this.stateIn(states)]!.points : senses.occurrences;
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
      <headlight-sense-map
        .senses=${senses}
        .points=${points}
        .current=${word.current}
        .pointed=${this.pointed}
        .label=${`Map of ${size}, ${shown}; the list of groups tells the same.`}
        @point=${({ detail }: CustomEvent<number | null>) => { this.point(detail); }}
        @choose=${({ detail }: CustomEvent<number>) => { this.choose(detail); }}
      ></headlight-sense-map>
      <p class="readout small">
        ${at
          ? html`<span class="muted">${at.file === undefined ? `Line ${at.line}` : placeLabel(word, this.pointed!)}:</span> ${excerpt(at.sentence, 120)}`
          : html`<span class="muted"
              >${states
                ? separationText(states, this.stateIn(states))
                : 'Near points are used alike. The large point is the occurrence at the cursor.'}</span
            >`}
      </p>
      ${states ? this.separation(states) : nothing}
      ${saveBar('Save as', fileFormats, (format) => { this.save({ senses, word, points, vectors: shown }, format); }, this.saved)}
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
        onInput: (value) => { this.stop(); this.change({ state: value }); },
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
      ${table ? separationTable(states, shown) : separationChart(states, shown, (state) => { this.stop(); this.change({ state }); })}
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

  private stateIn(states: readonly SenseLayer[]): number {
    return Math.min(this.own.state, states.length - 1);
  }

  private chooseVectors(vectors: Vectors): void {
    this.stop();
    this.change({ vectors });
    if (!this.layers.value) this.loadLayers();
  }

  private loadLayers(): void {
    const { senses: { value: senses }, answered } = this;
    const { editor } = this.context;
    // What may still be on its way for another word is given up.
    if (this.own.vectors !== 'layer' || !senses || !answered) {
      this.layers.load(() => Promise.resolve(null), { forget: true });
      return;
    }
    const occurrences = answered.word.occurrences.map(({ sentence, start, end }) => ({ sentence, start, end }));
    const request = { occurrences, senses: senses.occurrences.map((occurrence) => occurrence?.sense ?? null) };
    this.layers.load((signal) => editor.call('senses/layers', request, { signal }), { forget: true });
  }

  /** From the shown layer on, or from the first where it is the last, to the last. */
  private play(states: number): void {
    if (this.player !== null) {
      this.stop();
      return;
    }
    if (this.own.state >= states - 1) this.change({ state: 0 });
    this.player = setInterval(() => {
      this.change({ state: this.own.state + 1 });
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

  private readonly choose = (occurrence: number): void => {
    const at = this.answered?.word.occurrences[occurrence];
    if (!at) return;
    const range = { start: at.offset, end: at.offset + at.end - at.start };
    const file = at.file === undefined ? undefined : this.answered?.word.files?.[at.file];
    if (file) this.context.editor.notify('panel/reveal', { uri: file.uri, ...range });
    else this.reveal(range);
  };
}
