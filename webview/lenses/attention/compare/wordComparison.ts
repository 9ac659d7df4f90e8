import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { WordComparison } from '../../../../src/lenses/attention/compareContract';
import type { AttentionRequest } from '../../../../src/lenses/attention/contract';
import type { ModelInfo } from '../../../../src/lenses/model';
import { topK } from '../../../../src/math/topK';
import type { WithoutTarget } from '../../../../src/panel/contract';
import { linkStyles, select, selectStyles, sharedStyles } from '../../../controls';
import type { EditorConnection } from '../../../connection';
import { formatPercent, formatWeight } from '../../../format';
import { Latest } from '../../../latest';
import { cosinesByLayer } from '../../cosinesByLayer';
import { frameStyles, loadState } from '../../frame';
import { cosineNote, cosineText } from './cosineTexts';
import { differingHead, relationTexts } from './relationTexts';
import type { ChosenWord } from './sharedWord';

const headsShown = 10;

/**
 * One word where it stands in two texts: how alike its vectors are layer by layer, and which heads treat it differently.
 * Emits `word` with another shared word, and `open` (bubbling) with the layer and head that the reader wants to see.
 */
@customElement('headlight-word-comparison')
export class WordComparisonView extends LitElement {
  static override styles = [
    sharedStyles,
    linkStyles,
    ...frameStyles,
    selectStyles,
    css`
      .parts {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        align-items: start;
      }
      @container (min-width: 720px) {
        .parts {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
      }
      .link {
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) request!: WithoutTarget<AttentionRequest>;
  @property() other = '';
  @property({ attribute: false }) words: readonly string[] = [];
  @property({ attribute: false }) chosen!: ChosenWord;
  @property({ attribute: false }) model!: ModelInfo;
  @property({ type: Boolean }) table = false;
  private readonly comparison = new Latest<WordComparison>(this);
  private asked = '';

  override willUpdate(): void {
    const { chosen, editor } = this;
    const request = { ...this.request, word: chosen.first, other: { text: this.other, word: chosen.second } };
    const asked = JSON.stringify([request, this.model.id]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.comparison.load((signal) => editor.call('attention/compareWords', request, { signal }), { forget: true });
  }

  override render(): TemplateResult {
    const { chosen, words, comparison } = this;
    const found = comparison.value;
    return html`<div class="stack">
      <div class="bar spread">
        <h3>“<span class="source-text">${chosen.word}</span>” in both texts</h3>
        ${select({
          label: 'Word',
          value: chosen.word,
          options: words.map((word) => ({ value: word, label: word })),
          onChange: (word) => { this.dispatchEvent(new CustomEvent('word', { detail: word })); },
        })}
      </div>
      ${loadState(comparison, null)}
      ${found ? html`<div class="parts">${this.cosinePart(found)}${this.headPart(found)}</div>` : ''}
    </div>`;
  }

  private cosinePart({ cosines }: WordComparison): TemplateResult {
    const said = cosineText(cosines);
    return html`<section class="stack" aria-label="Cosine by layer">
      <h3>How alike its vectors are</h3>
      <p>${said}</p>
      ${cosinesByLayer(cosines, said, this.table)}
      <p class="muted small">${cosineNote}</p>
    </section>`;
  }

  private headPart(found: WordComparison): TemplateResult {
    const heads = topK(found.distances, headsShown).map((at) => differingHead(found, at));
    return html`<section class="stack" aria-label="Heads that differ most">
      <h3>Heads that differ most</h3>
      <table data-heads>
        <thead>
          <tr>
            <th scope="col">Head</th>
            <th scope="col">What changes most, A → B</th>
            <th scope="col" class="number">Distance</th>
          </tr>
        </thead>
        <tbody>
          ${heads.map(({ layer, head, distance, relation, shares: [a, b] }) => html`<tr>
            <td>
              <button type="button" class="link" title="Open this head in both texts" @click=${() => { this.open(layer, head); }}>
                Layer ${layer}, head ${head}
              </button>
            </td>
            <td>${relationTexts[relation]} <span class="number">${formatPercent(a)} → ${formatPercent(b)}</span></td>
            <td class="number">${formatWeight(distance)}</td>
          </tr>`)}
        </tbody>
      </table>
      <p class="muted small">
        The word’s attention in each text is added up by what it goes to: itself, the word before or after, earlier or
        later words, start token, separators. The distance is the Jensen–Shannon divergence of the two, as in Clark et al.
        2019 (section 6, arXiv:1906.04341): 0 the same, 1 nothing in common. What
        a text lacks, such as later words after its last one, gets no attention there. Click a head to open it in both texts.
      </p>
    </section>`;
  }

  private open(layer: number, head: number): void {
    this.dispatchEvent(new CustomEvent('open', { detail: { layer, head }, bubbles: true, composed: true }));
  }
}
