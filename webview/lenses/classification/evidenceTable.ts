import { html, nothing, type TemplateResult } from 'lit';
import type { Evidence } from '../../../src/lenses/classification/contract';
import type { Source } from '../../../src/panel/contract';
import type { TextRange } from '../../../src/text/range';
import { visibleText } from '../../../src/text/visibleText';
import { formatPercent } from '../../format';
import { wordInDocument, wordText } from './evidenceWords';
import { formatPoints, formatSigned } from './numbers';

/** Each word with its numbers, in reading order. */
export function evidenceTable({ attention, model, words }: Evidence, source: Source, reveal: (range: TextRange) => void): TemplateResult {
  const hasProbability = model.problemType !== 'regression';
  return html`<div class="scroller" tabindex="0">
    <table data-evidence>
      <thead>
        <tr>
          <th scope="col">Word</th>
          <th scope="col" class="number">${hasProbability ? 'Log-odds' : 'Number'}</th>
          ${hasProbability ? html`<th scope="col" class="number">P, points</th>` : nothing}
          ${attention ? html`<th scope="col" class="number">Attention</th>` : nothing}
          ${attention?.best ? html`<th scope="col" class="number">Head ${attention.best.head}</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${words.map((word, index) => html`<tr>
          <th scope="row"><button type="button" class="place source-text" title="Go to it in the editor" @click=${() => { reveal(wordInDocument(source, word)); }}>${visibleText(wordText(source, word))}</button></th>
          <td class="number">${formatSigned(word.logit)}</td>
          ${hasProbability ? html`<td class="number">${formatPoints(word.probability!)}</td>` : nothing}
          ${attention ? html`<td class="number">${formatPercent(attention.mean[index]!)}</td>` : nothing}
          ${attention?.best ? html`<td class="number">${formatPercent(attention.best.weights[index]!)}</td>` : nothing}
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}
