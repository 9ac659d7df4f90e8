import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { generations, recordedSearch } from '../../../src/lenses/lineage/generations';
import type { LengthGroup, Recorded, RecordedFigures } from '../../../src/lenses/lineage/contract';
import { groupName } from '../../../src/lenses/lineage/lengths';
import { mostPairs, type Pair, readPairs } from '../../../src/lenses/lineage/pairs';
import type { EditorConnection } from '../../connection';
import { button, notice, selectStyles, sharedStyles, textAreaStyles } from '../../controls';
import { formatCount } from '../../format';
import { Latest } from '../../latest';
import { memoize } from '../../memoize';
import { currentTheme, ThemeController } from '../../theme';
import { frameStyles, loadState } from '../frame';
import { fileFormats, type FileFormat } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { type LengthSeries, lengthSeries, placeLabel, placesOf, type TranslatedPairs } from './lengthSeries';
import { liveDash, lookOf } from './looks';
import { PartialRun } from './partialRun';
import { savedLengths } from './saveLengths';
import './seriesChart';
import type { ChartSeries } from './seriesChart';
import { tableStyles } from './tableStyles';

/** Pairs that are translated before the chart is drawn anew. */
const pairsAtOnce = 16;
/** Pairs below which BLEU says little. */
const fewPairs = 100;

/** Some of the pairs, by all generations. */
interface Batch {
  readonly pairs: readonly Pair[];
  readonly outputs: readonly (readonly string[] | null)[];
  /** Why models could not, by generation; null for one that could. */
  readonly failures: readonly (string | null)[];
}

/**
 * BLEU by length: what was recorded on held-out pairs, and of pairs that the reader pastes. Emits `pairs` with the pasted
 * text.
 */
@customElement('headlight-lineage-lengths')
export class LineageLengths extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    textAreaStyles,
    tableStyles,
    css`
      .scroller {
        overflow-x: auto;
      }
      textarea {
        white-space: pre;
        overflow-x: auto;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property() pasted = '';
  @property({ type: Boolean }) table = false;
  /** Whether each model is there to be asked, in the order of the generations; null while that is not known. */
  @property({ attribute: false }) present: readonly boolean[] | null = null;
  /** What is wrong with what was pasted. */
  @state() private refused: string | null = null;
  /** The model that is at work. */
  private working = '';
  /** Pairs that were read of what was pasted. */
  private pairCount = 0;
  private readonly themed = new ThemeController(this);
  private readonly recorded = generations.map(() => new Latest<Recorded>(this));
  private readonly run = new PartialRun<readonly Pair[], Batch>(this);
  private readonly saved = new Latest<string | null>(this);
  private readonly translatedOf = memoize(translatedOf);

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('present') || this.present === null) return;
    this.recorded.forEach((latest, at) => {
      if (!this.present![at]) return;
      latest.load((signal) => this.editor.call('lineage/recorded', { inModel: generations[at]!.model }, { signal }));
    });
  }

  override render(): TemplateResult {
    const figures = this.recorded.map(({ value }) => value?.figures ?? null);
    const live = this.translatedOf(this.run.done);
    const places = placesOf(figures, live);
    const series = lengthSeries(figures, live, places);
    return html`<section class="card stack" aria-label="BLEU by length">
      <div>
        <h2>BLEU by length of the sentence</h2>
        <p class="muted small">
          BLEU (0–100) says how many runs of one to four words a translation has in common with a reference. Recorded when the models
          were made, on held-out pairs, with ${recordedSearch.beams} beams${places.some(({ joined }) => joined) ? '; ⁺ marks sources made of two to four such pairs, one after the other' : ''}.
        </p>
      </div>
      ${this.loading()}
      ${series.length === 0 ? nothing : this.table ? this.tables(series, figures) : this.chart(series, places)}
      ${live ? this.overall(series) : nothing}
      ${this.paste()}
      ${series.length === 0
        ? nothing
        : saveBar<FileFormat>('Save as', fileFormats, (format) => {
            reportSaved(this.saved, async () => this.editor.save(await savedLengths({ series, places, recorded: figures, live }, format, currentTheme())));
          }, this.saved)}
    </section>`;
  }

  private loading(): TemplateResult {
    const waiting = this.recorded.find(({ loading, value }) => loading && value === null);
    return html`${waiting && this.recorded.every(({ value }) => value === null) ? loadState(waiting, null) : nothing}
    ${this.recorded.map((latest) => (latest.error === null ? nothing : loadState(latest, null)))}`;
  }

  private chart(series: readonly LengthSeries[], places: ReturnType<typeof placesOf>): TemplateResult {
    const { theme } = this.themed;
    const said = series.map(({ bleu, kind, model, pairs }) => `${model} ${kind === 'live' ? 'on pasted pairs ' : ''}${bleu.toFixed(1)} on ${pairs} pairs`).join(', ');
    return html`<headlight-series-chart
      .labels=${places.map(placeLabel)}
      .series=${series.map(({ groups, kind, model }): ChartSeries => ({
        ...lookOf(model, theme),
        name: kind === 'live' ? `${model}, pasted` : model,
        dash: kind === 'live' ? liveDash : [],
        values: groups.map((group) => group?.bleu ?? null),
        said: (place) => groupText(groups[place] ?? null),
      }))}
      .across=${'words of the source'}
      .up=${'BLEU'}
      .most=${45}
      .limit=${100}
      .placeName=${(place: number) => `${groupName(places[place]!.words)} words${places[place]!.joined ? ', two to four pairs joined' : ''}`}
      .hint=${'Point at a length for the numbers and how many pairs they are of.'}
      .label=${`BLEU by number of words of the source. ${said}. “Show as table” gives the numbers.`}
    ></headlight-series-chart>`;
  }

  private tables(series: readonly LengthSeries[], figures: readonly (RecordedFigures | null)[]): TemplateResult {
    const live = series.filter(({ kind }) => kind === 'live');
    return html`${groupTable('Recorded on held-out pairs', figures.map((one) => one?.byLength ?? null), 'single')}
    ${groupTable('Recorded, two to four pairs joined', figures.map((one) => one?.joinedByLength ?? null), 'joined')}
    ${live.length === 0
      ? nothing
      : groupTable('Pasted pairs', generations.map(({ model }) => live.find((one) => one.model === model)?.groups.flatMap((group) => group ?? []) ?? null), 'live')}`;
  }

  /** BLEU over all lengths, recorded and of the pasted pairs. */
  private overall(series: readonly LengthSeries[]): TemplateResult {
    const count = this.run.done.reduce((sum, { pairs }) => sum + pairs.length, 0);
    const of = (model: string, kind: LengthSeries['kind']): LengthSeries | undefined => series.find((one) => one.model === model && one.kind === kind);
    return html`<table data-overall>
        <thead>
          <tr>
            <th scope="col">BLEU</th>
            <th scope="col" class="number">${formatCount(count, 'pasted pair')}</th>
            <th scope="col" class="number">recorded</th>
          </tr>
        </thead>
        <tbody>
          ${generations.map(({ model }, at) => html`<tr>
            <th scope="row">${model}</th>
            <td class="number">${of(model, 'live')?.bleu.toFixed(1) ?? '–'}</td>
            <td class="number">${of(model, 'recorded')?.bleu.toFixed(1) ?? '–'}</td>
          </tr>
          ${this.failureOf(at)}`)}
        </tbody>
      </table>
      ${count < fewPairs ? html`<p class="muted small">BLEU of fewer than ${fewPairs} pairs goes up and down with each of them.</p>` : nothing}`;
  }

  private failureOf(at: number): TemplateResult | typeof nothing {
    const failure = this.run.done.find(({ failures }) => failures[at] !== null)?.failures[at];
    return failure ? html`<tr><td colspan="3">${notice('error', failure)}</td></tr>` : nothing;
  }

  private paste(): TemplateResult {
    const { run } = this;
    const done = run.done.reduce((sum, { pairs }) => sum + pairs.length, 0);
    const all = this.pairCount;
    return html`<form class="stack" @submit=${(event: Event) => { event.preventDefault(); this.translateAll(); }}>
        <label
          >Pairs of your own: a line each, English, a tab, Spanish
          <textarea rows="4" spellcheck="false" wrap="off" dir="auto" placeholder=${'The cow jumped over the moon.\tLa vaca saltó sobre la luna.'} .value=${this.pasted} @keydown=${this.pressed}></textarea
        ></label>
        <div class="bar">
          ${run.running
            ? button({ label: 'Stop', onClick: run.stop })
            : button({ label: 'Translate by all three', icon: 'arrow-right', onClick: () => { this.translateAll(); } })}
          ${run.running || done === 0 ? nothing : button({ label: 'Clear', name: 'Clear pasted pairs', onClick: () => { this.clear(); } })}
          <span class="muted small" role="status">${run.running ? `${done} of ${formatCount(all, 'pair')} translated, ${this.working} is at work…` : `At most ${mostPairs} pairs; ${recordedSearch.beams} beams, as recorded.`}</span>
        </div>
      </form>
      ${this.refused === null ? nothing : notice('error', this.refused)}
      ${run.error === null ? nothing : notice('error', run.error, [button({ label: 'Retry', icon: 'refresh', onClick: run.goOn })])}
      ${run.stopped && done < all ? notice('info', `Stopped after ${done} of ${formatCount(all, 'pair')}: the figures are of these.`, [button({ label: 'Go on', onClick: run.goOn })]) : nothing}`;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    // Enter begins a line; Tab leaves the field, as everywhere.
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.translateAll();
  };

  private translateAll(): void {
    const text = this.renderRoot.querySelector('textarea')!.value;
    this.dispatchEvent(new CustomEvent<string>('pairs', { detail: text }));
    this.refused = null;
    let pairs: Pair[];
    try {
      pairs = readPairs(text);
    } catch (error) {
      // What was translated before stays in sight.
      this.refused = error instanceof Error ? error.message : String(error);
      return;
    }
    this.pairCount = pairs.length;
    const batches = Array.from({ length: Math.ceil(pairs.length / pairsAtOnce) }, (_, at) => pairs.slice(at * pairsAtOnce, (at + 1) * pairsAtOnce));
    this.run.start(batches, (batch, signal) => this.translateBatch(batch, signal));
  }

  private async translateBatch(pairs: readonly Pair[], signal: AbortSignal): Promise<Batch> {
    const outputs: (readonly string[] | null)[] = [];
    const failures: (string | null)[] = [];
    for (const [at, { model }] of generations.entries()) {
      const failed = this.run.done.find((batch) => batch.failures[at] !== null)?.failures[at] ?? (this.present?.[at] === false ? `${model} is not there.` : null);
      if (failed !== null) {
        outputs.push(null);
        failures.push(failed);
        continue;
      }
      try {
        this.working = model;
        this.requestUpdate();
        const { lines } = await this.editor.call('translation/lines', { inModel: model, texts: pairs.map(({ source }) => source), choice: recordedSearch }, { signal });
        outputs.push(lines.map(({ output }) => output));
        failures.push(null);
      } catch (error) {
        if (signal.aborted) throw error;
        outputs.push(null);
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    // A failure that all share, such as an engine that died, is one of this batch and can be retried.
    if (failures.every((failure) => failure !== null)) throw new Error(failures[0]);
    return { pairs, outputs, failures };
  }

  private clear(): void {
    this.run.clear();
    this.refused = null;
    this.dispatchEvent(new CustomEvent<string>('pairs', { detail: '' }));
  }
}

/** All batches together; null for none. A model that failed at one has no figures. */
function translatedOf(done: readonly Batch[]): TranslatedPairs | null {
  if (done.length === 0) return null;
  return {
    pairs: done.flatMap(({ pairs }) => pairs),
    outputs: generations.map((_, at) => (done.some(({ outputs }) => outputs[at] === null) ? null : done.flatMap(({ outputs }) => outputs[at] ?? []))),
  };
}

function groupText(group: LengthGroup | null): string {
  return group ? `${group.bleu.toFixed(1)} (${formatCount(group.pairs, 'pair')})` : '–';
}

/** Groups of all generations side by side. */
function groupTable(caption: string, groups: readonly (readonly LengthGroup[] | null)[], name: string): TemplateResult | typeof nothing {
  const rows = groups.flatMap((own) => own ?? []).filter(({ words }, at, all) => all.findIndex((other) => other.words[0] === words[0] && other.words[1] === words[1]) === at);
  if (rows.length === 0) return nothing;
  const of = (own: readonly LengthGroup[] | null, words: LengthGroup['words']): LengthGroup | undefined =>
    own?.find((group) => group.words[0] === words[0] && group.words[1] === words[1]);
  return html`<div class="scroller" tabindex="0">
    <table data-groups=${name}>
      <caption class="muted small">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">Words</th>
          <th scope="col" class="number">Pairs</th>
          ${generations.map(({ model }) => html`<th scope="col" class="number">${model}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.toSorted((a, b) => a.words[0] - b.words[0]).map(({ pairs, words }) => html`<tr>
          <th scope="row">${groupName(words)}</th>
          <td class="number">${pairs}</td>
          ${groups.map((own) => html`<td class="number">${of(own, words)?.bleu.toFixed(1) ?? '–'}</td>`)}
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}
