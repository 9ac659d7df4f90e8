import { css, html, nothing, type TemplateResult } from 'lit';
import type { Classification } from '../../../src/lenses/classification/contract';
import { readingInWords } from '../../../src/lenses/classification/outcome';
import { topK } from '../../../src/math/topK';
import { excerpt, visibleLine } from '../../../src/text/visibleText';
import { formatPercent } from '../../format';
import { formatSigned } from './numbers';

/** Classes that are shown where not all are asked for. */
const fewClasses = 8;
/** Characters of a class's name. */
const longestName = 60;

/** Styles of `classBars`. */
export const classBarStyles = css`
  .classes td,
  .classes th {
    vertical-align: middle;
  }
  .classes th[scope='row'] {
    max-width: 16ch;
    padding-inline-end: 8px;
    overflow: hidden;
    color: var(--vscode-foreground);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .classes tr:not([data-first]) th[scope='row'] {
    font-weight: normal;
  }
  .classes td:has(> .measure) {
    width: 100%;
  }
  .classes .measure {
    position: relative;
    height: 12px;
    min-width: 40px;
    border: 1px solid var(--headlight-border);
    border-radius: 2px;
  }
  .classes .measure > span {
    position: absolute;
    inset: 0 auto 0 0;
    background: var(--vscode-charts-blue, var(--vscode-focusBorder));
    border-radius: 1px;
  }
`;

/** A class's name on one line. */
export function className(label: string): string {
  return excerpt(visibleLine(label), longestName);
}

/** Each class with its probability as a bar and a number, the most probable first. */
export function classBars({ heldOut, logits, model, probabilities }: Classification, all: boolean): TemplateResult {
  const labels = model.labels!;
  const shown = topK(logits, all ? logits.length : fewClasses);
  const more = labels.length - shown.length;
  return html`<table class="classes">
      <caption class="visually-hidden">
        ${probabilities ? 'Probability of each class' : 'What the model answers'}
      </caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          ${probabilities ? html`<td></td><th scope="col" class="number">Probability</th>` : nothing}
          <th scope="col" class="number">Logit</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map((index, place) => html`<tr ?data-first=${place === 0} data-class=${index}>
          <th scope="row" title=${className(labels[index]!)}>${className(labels[index]!)}</th>
          ${probabilities
            ? html`<td><div class="measure" role="presentation"><span .style=${`width: ${probabilities[index]! * 100}%`}></span></div></td>
                <td class="number">${formatPercent(probabilities[index]!)}</td>`
            : nothing}
          <td class="number">${formatSigned(logits[index]!)}</td>
        </tr>`)}
      </tbody>
    </table>
    <p class="muted small" data-reading>
      ${readingInWords(model.problemType!)}
      ${more > 0 ? `${more.toLocaleString('en')} less probable classes stand in the table.` : nothing}
      ${heldOut
        ? html`On film reviews that it was not trained on (SST-2), this model’s label is right for ${formatPercent(heldOut.accuracy)}; guessing gives 50 %.`
        : nothing}
    </p>`;
}
