import { css, html, type TemplateResult } from 'lit';
import type { ForgottenText, ForgottenWord } from '../../../src/lenses/lineage/contract';
import type { MovedNumber } from '../../../src/lenses/lineage/meanForgetting';
import type { TextRange } from '../../../src/text/range';
import { visibleText } from '../../../src/text/visibleText';
import { formatPercent, formatWeight } from '../../format';

/** Styles of `influenceBars` and `influenceTable`. */
export const influenceStyles = css`
  .words {
    display: grid;
    grid-template-columns: minmax(0, max-content) minmax(40px, 1fr) max-content;
    gap: 1px 8px;
    align-items: center;
    font-size: var(--headlight-small);
  }
  .words li {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
    align-items: center;
  }
  .word {
    max-width: 14ch;
    padding: 0 4px;
    overflow: hidden;
    border: none;
    border-radius: 2px;
    color: inherit;
    background: none;
    font: inherit;
    font-family: var(--vscode-editor-font-family, monospace);
    text-align: end;
    text-overflow: ellipsis;
    white-space: pre;
    unicode-bidi: isolate;
    cursor: pointer;
  }
  .word:hover {
    background: var(--vscode-list-hoverBackground, transparent);
  }
  .track {
    position: relative;
    height: 12px;
  }
  .track > span {
    position: absolute;
    inset: 0 auto 0 0;
    border-radius: 1px;
  }
  .track > .read {
    border: 1px dashed var(--headlight-muted);
  }
  .track > .end {
    min-width: 1px;
    background: var(--vscode-charts-blue, var(--vscode-focusBorder));
  }
  table[data-influence] th {
    white-space: nowrap;
  }
  .key {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    color: var(--headlight-muted);
    font-size: var(--headlight-small);
  }
  .key > span {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .key .track {
    width: 20px;
  }
  .key .track > span {
    width: 100%;
  }
`;

const justRead = ({ moved }: ForgottenWord): ForgottenWord['moved'][0] => moved[0]!;
const atEnd = ({ moved }: ForgottenWord): ForgottenWord['moved'][0] => moved.at(-1)!;

/** Share of what words did when they were just read that is left at the end of the text. */
export function leftOf(words: readonly ForgottenWord[], number: MovedNumber): number {
  const sum = (moved: typeof atEnd): number => words.reduce((total, word) => total + moved(word)[number], 0);
  return sum(atEnd) / sum(justRead);
}

/** A bar for each word of the text, in its order: how far the vector moves without it at the end, in the frame of when it was just read. */
export function influenceBars(text: string, { words }: ForgottenText, number: MovedNumber, reveal: (range: TextRange) => void): TemplateResult {
  const most = Math.max(...words.flatMap((word) => [justRead(word)[number], atEnd(word)[number]]), Number.MIN_VALUE);
  const width = (value: number): string => `width: ${(100 * value) / most}%`;
  return html`<div class="key" aria-hidden="true">
      <span><span class="track"><span class="read"></span></span>when it was just read</span>
      <span><span class="track"><span class="end"></span></span>at the end of the text</span>
    </div>
    <ul class="words" data-influence>
      ${words.map((word) => {
        const name = visibleText(text.slice(word.start, word.end));
        const [first, last] = [justRead(word)[number], atEnd(word)[number]];
        return html`<li title="${name}: ${formatWeight(first)} when it was just read, ${formatWeight(last)} at the end">
          <button type="button" class="word" title="Go to it in the editor" @click=${() => { reveal(word); }}>${name}</button>
          <span class="track" role="presentation"><span class="read" .style=${width(first)}></span><span class="end" .style=${width(last)}></span></span>
          <span class="number"><span class="visually-hidden">${formatWeight(first)} when just read, at the end </span>${formatWeight(last)}</span>
        </li>`;
      })}
    </ul>`;
}

/** The same in numbers, of both kinds. */
export function influenceTable(text: string, { words }: ForgottenText): TemplateResult {
  return html`<div class="scroller" tabindex="0">
    <table data-influence>
      <thead>
        <tr>
          <td></td>
          <th scope="colgroup" colspan="3" class="number">Cosine distance</th>
          <th scope="colgroup" colspan="3" class="number">Relative distance</th>
        </tr>
        <tr>
          <th scope="col">Word</th>
          ${[0, 1].map(() => html`<th scope="col" class="number">read</th><th scope="col" class="number">end</th><th scope="col" class="number">left</th>`)}
        </tr>
      </thead>
      <tbody>
        ${words.map((word) => html`<tr>
          <th scope="row" class="source-text">${visibleText(text.slice(word.start, word.end))}</th>
          ${(['cosineDistance', 'distance'] as const).map((number) => html`<td class="number">${formatWeight(justRead(word)[number])}</td>
            <td class="number">${formatWeight(atEnd(word)[number])}</td>
            <td class="number">${formatPercent(leftOf([word], number))}</td>`)}
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}
