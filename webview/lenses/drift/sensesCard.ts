import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Drift } from '../../../src/lenses/drift/contract';
import type { PickedLine } from '../../../src/lenses/drift/pickLines';
import { type MovedOccurrence, type MovedWord, senseStatesOf, wordsOf } from '../../../src/lenses/drift/tables';
import type { TextRange } from '../../../src/text/range';
import { visibleLine, visibleText } from '../../../src/text/visibleText';
import { button, linkStyles, select, selectStyles, sharedStyles } from '../../controls';
import { formatCount } from '../../format';
import { memoize } from '../../memoize';
import '../layerChart';
import { stateName } from '../stateName';
import { driftText } from './driftText';
import type { WordOrder } from './viewState';

/** Words that are listed until the reader asks for all. */
const listed = 20;

const orders: readonly { readonly value: WordOrder; readonly label: string }[] = [
  { value: 'moved', label: 'Moved' },
  { value: 'apart', label: 'Apart' },
  { value: 'together', label: 'Together' },
];

const compares: Readonly<Record<WordOrder, (a: MovedWord, b: MovedWord) => number>> = {
  moved: (a, b) => b.cosineDistance - a.cosineDistance,
  apart: (a, b) => a.after - a.before - (b.after - b.before),
  together: (a, b) => b.after - b.before - (a.after - a.before),
};

/**
 * How the vectors of repeated words moved: by layer as curves, and word by word at one hidden state. Emits `reveal` with a
 * range of the document, `line` with the index of a line that the reader chose, and `words` with the order of words.
 */
@customElement('headlight-drift-senses')
export class DriftSenses extends LitElement {
  static override styles = [
    sharedStyles,
    selectStyles,
    linkStyles,
    css`
      @container (min-width: 480px) {
        .card {
          padding: 12px;
        }
      }
      tbody th,
      tbody td {
        vertical-align: top;
      }
      td.lines {
        width: 100%;
      }
      .place {
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) drift!: Drift;
  @property({ attribute: false }) lines: readonly PickedLine[] = [];
  @property() order: WordOrder = 'moved';
  /** Numbers in place of curves. */
  @property({ type: Boolean }) table = false;
  /** Hidden state of the list of words; the last until the reader chooses. */
  @state() private chosen: number | null = null;
  @state() private all = false;
  private readonly ordered = memoize((drift: Drift, lines: readonly PickedLine[], at: number, order: WordOrder) => wordsOf(drift, lines, at).sort(compares[order]));

  override render(): TemplateResult {
    const { drift } = this;
    return html`<section class="card stack" aria-label="Senses">
      <h2>Senses</h2>
      ${drift.senses
        ? html`${this.byState()} ${this.words()}`
        : html`<p class="muted small">No content word occurs twice in these lines, so that there are no uses to compare.</p>`}
    </section>`;
  }

  private get at(): number {
    const last = this.drift.states.cosineDistance.length - 1;
    return Math.min(this.chosen ?? last, last);
  }

  private byState(): TemplateResult {
    const { drift, table } = this;
    const states = senseStatesOf(drift);
    const last = states.at(-1)!;
    const said = `After the last layer, two uses of a word have a cosine of ${cosineText(last.withinBefore)} in the first model and ${cosineText(last.withinAfter)} in the other; uses of different words ${cosineText(last.betweenBefore)} and ${cosineText(last.betweenAfter)}. Similarity of the two spaces: ${cosineText(last.similarity)}.`;
    return html`<p class="muted small">
        Do vectors still tell the uses of a word apart? Compared are ${formatCount(drift.senses!.words.length, 'content word')} that occur
        several times${drift.senses!.leftOut > 0 ? ` (${drift.senses!.leftOut} more would not fit into memory)` : ''}. <span data-last>${said}</span>
      </p>
      ${table
        ? html`<table data-sense-states>
            <thead>
              <tr>
                <th scope="col">State</th><th scope="col" class="number">Same word</th><th scope="col" class="number">Other words</th>
                <th scope="col" class="number">Similarity</th>
              </tr>
            </thead>
            <tbody>
              ${states.map((one) => html`<tr>
                <th scope="row">${stateName(one.state)}</th>
                <td class="number">${cosineText(one.withinBefore)} → ${cosineText(one.withinAfter)}</td>
                <td class="number">${cosineText(one.betweenBefore)} → ${cosineText(one.betweenAfter)}</td>
                <td class="number">${cosineText(one.similarity)}</td>
              </tr>`)}
            </tbody>
          </table>`
        : html`<headlight-layer-chart
            .series=${[
              { name: 'same word, first model', values: states.map(({ withinBefore }) => withinBefore) },
              { name: 'same word, other model', values: states.map(({ withinAfter }) => withinAfter) },
              { name: 'similarity of the spaces', values: states.map(({ similarity }) => similarity) },
            ]}
            .unit=${'cosine'}
            .shown=${this.at}
            .label=${`How alike the uses of a word are, by layer. ${said} “Show as table” gives all numbers.`}
            .hint=${''}
            @choose=${({ detail }: CustomEvent<number>) => { this.chosen = detail; }}
          ></headlight-layer-chart>`}
      <p class="muted small">
        Similarity is the correlation of the cosines of all pairs of uses in the one model and in the other: 1 where the same ones lie
        together as before (representational similarity analysis, as Merchant et al. 2020 use it of fine-tuning).
      </p>`;
  }

  private words(): TemplateResult {
    const { all, at, drift, lines, order } = this;
    const ordered = this.ordered(drift, lines, at, order);
    return html`<div class="bar spread">
        ${select({
          label: 'Words after',
          value: String(at),
          options: Array.from(drift.states.cosineDistance, (_, index) => ({ value: String(index), label: stateName(index) })),
          onChange: (value) => { this.chosen = Number(value); },
        })}
        <headlight-segmented
          label="Order of words"
          .value=${order}
          .segments=${orders}
          @choose=${({ detail }: CustomEvent<WordOrder>) => { this.dispatchEvent(new CustomEvent('words', { detail })); }}
        ></headlight-segmented>
      </div>
      <p class="muted small">${says[order]}</p>
      <table data-words>
        <caption class="visually-hidden">
          Words that occur several times, with how far their vectors moved and the lines that they stand in
        </caption>
        <thead>
          <tr>
            <th scope="col">Word and lines</th>
            <th scope="col" class="number" title="Mean of 1 − cosine of the two models’ vectors of an occurrence">Moved</th>
            <th scope="col" class="number" title="Mean cosine of two occurrences of the word, in the first model and in the other">Alike</th>
            <th scope="col" class="number" title="Correlation of these cosines in the one model and in the other: 1 where the same occurrences lie together as before. Of words with four occurrences or more">Structure</th>
          </tr>
        </thead>
        <tbody>
          ${ordered.slice(0, all ? ordered.length : listed).map((word) => this.row(word))}
        </tbody>
      </table>
      ${ordered.length > listed && !all ? html`<div class="bar">${button({ label: `Show all ${ordered.length} words`, onClick: () => { this.all = true; } })}</div>` : nothing}`;
  }

  private row({ after, before, cosineDistance, occurrences, structure, word }: MovedWord): TemplateResult {
    const farthest = Math.max(...occurrences.map((one) => one.cosineDistance));
    return html`<tr data-word=${word}>
      <td class="lines">
        <span class="source-text" dir="auto">${visibleText(word)}</span>
        <span class="muted small">line</span>
        ${occurrences.map((one, index) => html`<span class="place">${this.place(word, one, one.cosineDistance === farthest && farthest > 0)}${index + 1 < occurrences.length ? ',' : nothing}</span> `)}
      </td>
      <td class="number">${driftText(cosineDistance)}</td>
      <td class="number">${cosineText(before)} → ${cosineText(after)}</td>
      <td class="number">${cosineText(structure)}</td>
    </tr>`;
  }

  private place(word: string, { cosineDistance, end, index, line, start }: MovedOccurrence, isFarthest: boolean): TemplateResult {
    const moved = `moved by ${driftText(cosineDistance)}${isFarthest ? ', the most' : ''}`;
    return html`<button
      class="link"
      type="button"
      title=${`${moved}: ${visibleLine(this.lines[index]!.text)}`}
      aria-label=${`Go to “${visibleText(word)}” in line ${line}: ${moved}`}
      @click=${() => { this.go(index, { start, end }); }}
    >${isFarthest ? html`<strong>${line}</strong>` : line}</button>`;
  }

  private go(index: number, range: TextRange): void {
    this.dispatchEvent(new CustomEvent<number>('line', { detail: index }));
    this.dispatchEvent(new CustomEvent<TextRange>('reveal', { detail: range }));
  }
}

const says: Readonly<Record<WordOrder, string>> = {
  moved: 'Words whose vectors turned most from the one model to the other come first; of their lines, the bold one most.',
  apart: 'Words whose uses came to lie further apart come first: the other model tells them apart more.',
  together: 'Words whose uses came to lie nearer to each other come first: the other model tells them apart less.',
};

/** Two digits, three near to 1, and a dash for nothing. */
function cosineText(value: number | null): string {
  if (value === null) return '–';
  return value.toFixed(value >= 0.99 && value < 1 ? 3 : 2).replace('-', '−');
}
