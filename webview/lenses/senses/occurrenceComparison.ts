import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ComparedOccurrence, OccurrencePair } from '../../../src/lenses/senses/compareContract';
import type { Senses } from '../../../src/lenses/senses/contract';
import type { WordInDocument } from '../../../src/panel/contract';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { select, selectStyles, sharedStyles } from '../../controls';
import type { EditorConnection } from '../../connection';
import { formatPercent, formatWeight } from '../../format';
import { Latest } from '../../latest';
import { cosinesByLayer } from '../cosinesByLayer';
import { frameStyles, loadState } from '../frame';
import { senseMarker } from './marker';
import { placeLabel } from './scope';

/** Words of each sentence that are listed: those that move the vector most. */
const wordsShown = 5;
const substitutesShown = 6;
/** Characters on either side of an occurrence in the lists to choose from. */
const contextShown = 30;

type Pair = readonly [number, number];

/** Two occurrences of the word: how alike layer by layer, and which words of their sentences make them so. */
@customElement('headlight-occurrence-comparison')
export class OccurrenceComparison extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    css`
      .choices {
        display: grid;
        gap: 8px;
      }
      .choices label {
        display: grid;
        grid-template-columns: 2ch minmax(0, 1fr);
        align-items: center;
      }
      .choices select {
        width: 100%;
        min-width: 0;
      }
      .sides {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
        gap: 12px;
      }
      h3 {
        display: flex;
        align-items: center;
        gap: 6px;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) senses!: Senses;
  @property({ attribute: false }) word!: WordInDocument;
  @property({ type: Boolean }) table = false;
  @state() private pair: Pair | null = null;
  private readonly compared = new Latest<OccurrencePair>(this);

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('senses')) return;
    this.compare(farthestFrom(this.senses, this.word.current));
  }

  override render(): TemplateResult {
    const { pair, compared, senses } = this;
    if (!pair) return html`<p class="muted small">There are not two occurrences that the model can read.</p>`;
    const same = senses.sameSense[pair[0] * senses.occurrences.length + pair[1]]!;
    return html`<div class="stack">
      <div class="choices">${this.choice('A', 0, pair)}${this.choice('B', 1, pair)}</div>
      <p>Both mean the same with a probability of <strong class="number">${formatPercent(same)}</strong>${senses.calibrated ? '' : ', a rough guess for this model'}.</p>
      ${loadState(compared, null)} ${compared.value ? this.answer(compared.value, pair) : nothing}
    </div>`;
  }

  private choice(name: string, side: 0 | 1, pair: Pair): TemplateResult {
    const { occurrences } = this.senses;
    const options = this.word.occurrences.flatMap(({ sentence, start, end }, index) => {
      if (!occurrences[index]) return [];
      // From a word's beginning near the occurrence on.
      const before = start > contextShown ? `…${sentence.slice(start - contextShown, start).replace(/^\S*\s/u, '')}` : sentence.slice(0, start);
      return [{ value: String(index), label: `${placeLabel(this.word, index)}: ${excerpt(before + sentence.slice(start, end + contextShown), 2 * contextShown)}` }];
    });
    const onChange = (value: string): void => {
      const chosen = Number(value);
      // The other one takes the place of the one that is left.
      const other = chosen === pair[1 - side] ? pair[side] : pair[1 - side]!;
      this.compare(side === 0 ? [chosen, other] : [other, chosen]);
    };
    return select({ label: name, value: String(pair[side]), options, onChange });
  }

  private answer({ cosines, sides }: OccurrencePair, pair: Pair): TemplateResult {
    const said = `The cosine of their vectors is ${formatWeight(cosines[0]!)} before the first layer and ${formatWeight(cosines.at(-1)!)} after the last.`;
    return html`<p>${said}</p>
      ${cosinesByLayer(cosines, said, this.table)}
      <div class="sides">${this.side('A', pair[0], sides[0])}${this.side('B', pair[1], sides[1])}</div>
      <p class="muted small">
        Each word of the sentence is left out in turn, and the vector after the last layer read again. “Moves” is 1 − cosine of
        the vectors with the word and without; “nears” is how much the cosine of A and B grows without it: what has a large
        one keeps the two apart.
      </p>`;
  }

  private side(name: string, occurrence: number, { context, words, substitutes }: ComparedOccurrence): TemplateResult {
    const { sentence, line } = this.word.occurrences[occurrence]!;
    const most = [...context].sort((a, b) => b.moved - a.moved).slice(0, wordsShown);
    return html`<section class="stack" aria-label="Occurrence ${name}" data-side=${name}>
      <h3>${senseMarker(this.senses.occurrences[occurrence]!.sense)} ${name} <span class="muted small">line ${line}</span></h3>
      ${most.length === 0
        ? html`<p class="muted small">The sentence has no other word.</p>`
        : html`<table>
            <thead>
              <tr><th scope="col">Without</th><th scope="col" class="number">Moves</th><th scope="col" class="number">Nears</th></tr>
            </thead>
            <tbody>
              ${most.map(({ start, end, moved, nearer }) => html`<tr>
                <th scope="row" class="term source-text">${visibleText(sentence.slice(start, end))}</th>
                <td class="number">${formatWeight(moved)}</td>
                <td class="number">${nearer >= 0.001 ? '+' : ''}${Math.abs(nearer) < 0.001 ? '0' : formatWeight(nearer)}</td>
              </tr>`)}
            </tbody>
          </table>`}
      ${words > context.length ? html`<p class="muted small">Left out in turn were the ${context.length} words nearest, of ${words}.</p>` : nothing}
      ${substitutes
        ? html`<p class="small">Here it would also write: <span class="source-text">${substitutes.map(({ token }) => visibleText(token)).join(', ')}</span></p>`
        : nothing}
    </section>`;
  }

  private compare(pair: Pair | null): void {
    this.pair = pair;
    if (!pair) return;
    const at = (index: number) => {
      const { sentence, start, end } = this.word.occurrences[index]!;
      return { sentence, start, end };
    };
    const request = { pair: [at(pair[0]), at(pair[1])] as const, top: substitutesShown };
    this.compared.load((signal) => this.editor.call('senses/compareOccurrences', request, { signal }), { forget: true });
  }
}

/** The occurrence at the cursor, else the first that can be read, and the one least likely to mean the same. */
function farthestFrom({ occurrences, sameSense }: Senses, current: number): Pair | null {
  const readable = [...occurrences.keys()].filter((index) => occurrences[index]);
  const first = readable.includes(current) ? current : readable[0];
  const others = readable.filter((index) => index !== first);
  if (first === undefined || others.length === 0) return null;
  const same = (index: number): number => sameSense[first * occurrences.length + index]!;
  return [first, others.reduce((least, index) => (same(index) < same(least) ? index : least))];
}
