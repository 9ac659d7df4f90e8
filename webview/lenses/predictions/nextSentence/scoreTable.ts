import { css, html, nothing, type TemplateResult } from 'lit';
import { isNextInWords } from '../../../../src/lenses/nextSentence/inWords';
import { excerpt } from '../../../../src/text/visibleText';
import { button } from '../../../controls';
import { formatPercent } from '../../../format';
import { type PairScores, scoredPairs } from './scores';

/** Characters of the control sentence that are shown. */
const shownOfControl = 120;

/** Styles of `scoreTable`. */
export const scoreTableStyles = css`
  .scores td,
  .scores th {
    vertical-align: top;
  }
  .scores th[scope='row'] {
    width: 30%;
    color: inherit;
  }
  .scores .measure {
    position: relative;
    height: 10px;
    margin-bottom: 2px;
    border: 1px solid var(--headlight-border);
    border-radius: 2px;
  }
  .scores .measure > span {
    position: absolute;
    inset: 0 auto 0 0;
    background: var(--vscode-charts-blue, var(--vscode-focusBorder));
    border-radius: 1px;
  }
`;

/** The three pairs, each with its probability as a bar, a number and words. */
export function scoreTable(scores: PairScores, another: () => void): TemplateResult {
  return html`<table class="scores">
    <caption class="visually-hidden">
      Probability that the second sentence follows the first
    </caption>
    <thead>
      <tr>
        <th scope="col">Pair</th>
        <th scope="col">It follows</th>
      </tr>
    </thead>
    <tbody>
      ${scoredPairs(scores).map(({ from, isNext, name, second }) => html`<tr data-pair=${name}>
        <th scope="row">${name}</th>
        <td>
          <div class="measure" role="presentation"><span .style=${`width: ${isNext * 100}%`}></span></div>
          <span class="number">${formatPercent(isNext)}</span> <span class="muted">${isNextInWords(isNext)}</span>
          ${from === null
            ? nothing
            : html`<div class="source-text">${excerpt(second, shownOfControl)}</div>
                <div class="bar" data-from><span class="muted">from ${from}</span>${button({ label: 'Another', icon: 'refresh', name: 'Another control sentence', onClick: another })}</div>`}
        </td>
      </tr>`)}
    </tbody>
  </table>`;
}
