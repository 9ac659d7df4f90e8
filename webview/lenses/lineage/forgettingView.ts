import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeadlightError } from '../../../src/errors';
import { countWords } from '../../../src/lenses/lineage/lengths';
import { type ForgettingPoint, leftOfWords, movedByPlace, type MovedNumber } from '../../../src/lenses/lineage/meanForgetting';
import { readPairs } from '../../../src/lenses/lineage/pairs';
import type { Subject } from '../../../src/panel/contract';
import { sentencesNear } from '../../../src/text/sentencesNear';
import type { EditorConnection } from '../../connection';
import { button, notice, selectStyles, sharedStyles } from '../../controls';
import { formatCount, formatPercent, formatWeight } from '../../format';
import { Latest } from '../../latest';
import { memoize } from '../../memoize';
import { currentTheme, ThemeController } from '../../theme';
import { frameStyles, loadState } from '../frame';
import { fileFormats, type FileFormat } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { curveTexts, type MeasuredSentence } from './curves';
import { lookOf } from './looks';
import { movedNumbers } from './numbers';
import { PartialRun } from './partialRun';
import { savedForgetting } from './saveForgetting';
import './seriesChart';
import type { Turns } from './turns';
import type { Curve, SentenceSource } from './viewState';

const model = 'rnn';
/** Sentences that are measured, and how many words they have: the time grows with the square of these. */
const wanted = { most: 20, words: [6, 30] } as const;
/** Words that a point of the drawing is of at least, where there are several sentences; the table has all. */
const fewestWords = 3;

/**
 * Forgetting, measured over several sentences: of the document around the selection, or of the pasted pairs. Emits `curve`
 * and `sentences` with what the reader chose.
 */
@customElement('headlight-lineage-forgetting')
export class LineageForgetting extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    css`
      .scroller {
        max-height: 320px;
        overflow: auto;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) subject!: Subject;
  @property({ attribute: false }) turns!: Turns;
  @property() pasted = '';
  @property() curve: Curve = 'left';
  @property() from: SentenceSource = 'document';
  @property() number: MovedNumber = 'cosineDistance';
  @property({ type: Boolean }) table = false;
  private readonly themed = new ThemeController(this);
  /** The sentences that are measured. */
  private readonly sentences = new Latest<readonly string[]>(this, (sentences) => { this.run.start(sentences, (text, signal) => this.measure(text, signal)); });
  private readonly run = new PartialRun<string, MeasuredSentence>(this);
  /** What was measured before, by sentence: another place of the document may be near to the same ones. */
  private readonly known = new Map<string, MeasuredSentence>();
  private readonly saved = new Latest<string | null>(this);
  private readonly points = memoize((done: readonly MeasuredSentence[], curve: Curve, number: MovedNumber): ForgettingPoint[] =>
    (curve === 'left' ? leftOfWords : movedByPlace)(done, number));

  override willUpdate(changed: PropertyValues<this>): void {
    const another = changed.has('subject') && changed.get('subject') !== this.subject;
    if (!another && !changed.has('from') && !(changed.has('pasted') && this.from === 'pairs')) return;
    this.run.clear();
    this.sentences.load(() => this.find(), { forget: true });
  }

  override render(): TemplateResult {
    const { curve, number, run } = this;
    const points = this.points(run.done, curve, number);
    const words = run.done.reduce((sum, one) => sum + one.words.length, 0);
    return html`<section class="card stack" aria-label="Forgetting">
      <div>
        <h2>Forgetting, over several sentences</h2>
        <p class="muted small">${curveTexts[curve].says} Here: ${movedNumbers[number].label.toLowerCase()}.</p>
      </div>
      <div class="bar">
        <headlight-segmented
          label="Curve"
          .value=${curve}
          .segments=${Object.entries(curveTexts).map(([value, { label }]) => ({ value, label }))}
          @choose=${({ detail }: CustomEvent<Curve>) => { this.dispatchEvent(new CustomEvent('curve', { detail })); }}
        ></headlight-segmented>
        <headlight-segmented
          label="Sentences from"
          .value=${this.from}
          .segments=${[{ value: 'document', label: 'Document' }, { value: 'pairs', label: 'Pasted pairs', ...(this.pasted.trim() === '' && { disabled: 'Paste pairs above, and have them translated.' }) }]}
          @choose=${({ detail }: CustomEvent<SentenceSource>) => { this.dispatchEvent(new CustomEvent('sentences', { detail })); }}
        ></headlight-segmented>
      </div>
      ${this.progress(words)}
      ${points.length === 0
        ? nothing
        : html`${this.inWords(points)}
            ${this.table ? this.numbers(points) : this.chart(points)}
            ${saveBar<FileFormat>('Save as', fileFormats, (format) => {
              reportSaved(this.saved, async () => this.editor.save(await savedForgetting({ sentences: run.done, points, drawn: this.drawn(points), curve, number }, format, currentTheme())));
            }, this.saved)}`}
    </section>`;
  }

  private progress(words: number): TemplateResult {
    const { run, sentences } = this;
    const [done, all] = [run.done.length, run.total];
    if (sentences.loading || sentences.error !== null) return loadState(sentences, null);
    if (run.running) {
      return html`<div class="bar spread">
        <span class="muted small" role="status">${done} of ${formatCount(all, 'sentence')} measured…</span>
        ${button({ label: 'Stop', name: 'Stop measuring', onClick: run.stop })}
      </div>`;
    }
    const measured = html`<p class="muted small" role="status" data-measured>
      ${formatCount(done, 'sentence')} of ${this.from === 'document' ? 'the document, those nearest to the selection' : 'the pasted pairs'}; ${formatCount(words, 'word or mark', 'words and marks')}.
    </p>`;
    if (run.error !== null) return html`${measured}${notice('error', run.error, [button({ label: 'Retry', icon: 'refresh', onClick: run.goOn })])}`;
    if (run.stopped) return html`${measured}${notice('info', `Stopped after ${done} of ${formatCount(all, 'sentence')}.`, [button({ label: 'Go on', onClick: run.goOn })])}`;
    return all === 0 ? html`${notice('info', `There is no sentence of ${wanted.words[0]} to ${wanted.words[1]} words to measure.`)}` : measured;
  }

  /** The measured course, at a few places. */
  private inWords(points: readonly ForgettingPoint[]): TemplateResult | typeof nothing {
    const drawn = this.drawn(points);
    const at = (later: number): ForgettingPoint | undefined => drawn.find((point) => point.later === later);
    const some = [5, 10, 20].flatMap((later) => at(later) ?? []);
    if (this.curve !== 'left' || some.length === 0) return nothing;
    return html`<p class="small" data-course>
      ${some.map(({ later, value }, index) => html`${index > 0 ? ', after' : 'After'} ${later} more words <strong class="number">${formatPercent(value)}</strong>`)} of a word is
      left.
    </p>`;
  }

  private chart(points: readonly ForgettingPoint[]): TemplateResult {
    const { curve, number } = this;
    const drawn = this.drawn(points);
    const shown = curve === 'left' ? drawn : drawn.toReversed();
    const text = (value: number): string => (curve === 'left' ? formatPercent(value) : formatWeight(value));
    const left = drawn.length < points.length;
    return html`<headlight-series-chart
        .labels=${shown.map(({ later }) => String(later))}
        .series=${[{
          ...lookOf(model, this.themed.theme),
          name: model,
          dash: [],
          values: shown.map(({ value }) => (curve === 'left' ? 100 * value : value)),
          said: (place: number) => text(shown[place]!.value),
        }]}
        .across=${curveTexts[curve].across}
        .up=${curve === 'left' ? 'left, in %' : movedNumbers[number].label.toLowerCase()}
        .placeName=${(place: number) => {
          const { later, texts, words } = shown[place]!;
          return `${formatCount(later, curve === 'left' ? 'word read since' : 'word behind it', curve === 'left' ? 'words read since' : 'words behind it')}: ${formatCount(words, 'word')} of ${formatCount(texts, 'sentence')}`;
        }}
        .hint=${'Point at a place for its number and how many words it is of.'}
        .label=${`${curveTexts[curve].label}: ${shown.map(({ later, value }) => `${later} ${text(value)}`).join(', ')}. “Show as table” gives the numbers.`}
      ></headlight-series-chart>
      ${left ? html`<p class="muted small">Places that fewer than ${fewestWords} words reach are in the table only.</p>` : nothing}`;
  }

  private numbers(points: readonly ForgettingPoint[]): TemplateResult {
    return html`<div class="scroller" tabindex="0">
      <table data-points>
        <thead>
          <tr>
            <th scope="col">${this.curve === 'left' ? 'Words read since' : 'Words behind it'}</th>
            <th scope="col" class="number">${this.curve === 'left' ? 'Left' : movedNumbers[this.number].label}</th>
            <th scope="col" class="number">Words</th>
            <th scope="col" class="number">Sentences</th>
          </tr>
        </thead>
        <tbody>
          ${points.map(({ later, texts, value, words }) => html`<tr>
            <th scope="row">${later}</th>
            <td class="number">${this.curve === 'left' ? formatPercent(value) : formatWeight(value)}</td>
            <td class="number">${words}</td>
            <td class="number">${texts}</td>
          </tr>`)}
        </tbody>
      </table>
    </div>`;
  }

  private drawn(points: readonly ForgettingPoint[]): readonly ForgettingPoint[] {
    return this.run.done.length > 1 ? points.filter(({ words }) => words >= fewestWords) : points;
  }

  private async find(): Promise<readonly string[]> {
    const [fewest, longest] = wanted.words;
    if (this.from === 'pairs') {
      const fitting = readPairs(this.pasted).map(({ source }) => source).filter((source) => fewest <= countWords(source) && countWords(source) <= longest);
      return [...new Set(fitting)].slice(0, wanted.most);
    }
    const { offset, text } = await this.editor.ask('panel/documentText', null);
    const { first } = this.subject.source;
    const start = first.offset - offset;
    return sentencesNear(text, { start, end: start + first.text.length }, wanted);
  }

  private async measure(text: string, signal: AbortSignal): Promise<MeasuredSentence> {
    const { editor, known, turns } = this;
    const before = known.get(text);
    if (before) return before;
    try {
      const { texts: [answer] } = await turns.take(() => editor.call('lineage/forgetting', { inModel: model, texts: [text], every: true }, { signal }), signal);
      const measured = { text, words: answer!.words };
      known.set(text, measured);
      return measured;
    } catch (error) {
      // Of many rare characters a sentence may have more tokens than the model reads: it counts for nothing.
      if (error instanceof HeadlightError && error.code === 'text-too-long') return { text, words: [] };
      throw error;
    }
  }
}
