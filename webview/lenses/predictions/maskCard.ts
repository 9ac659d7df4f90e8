import { html, nothing, type TemplateResult } from 'lit';
import type { CandidateScore, MaskPredictions } from '../../../src/lenses/predictions/contract';
import type { Token } from '../../../src/text/token';
import { iconButton } from '../../controls';
import { formatPercent, formatWeight } from '../../format';
import { visibleText } from '../../../src/text/visibleText';
import { tokenText } from '../tokenText';
import './bars';

export interface MaskCardOptions {
  readonly mask: MaskPredictions;
  readonly tokens: readonly Token[];
  readonly table: boolean;
  readonly removeCandidate: (word: string) => void;
}

const rank = (place: number | null): string => (place === null ? '–' : place.toLocaleString('en'));

function candidateRow(candidate: CandidateScore, remove: (word: string) => void): TemplateResult {
  const { text, pieces, probability, rank: place } = candidate;
  const word = visibleText(text);
  const how =
    probability === null
      ? 'holds characters that the vocabulary does not know'
      : pieces.length > 1
        ? `${pieces.map(visibleText).join(' ')}: ${pieces.length} pieces, scored jointly over as many masks`
        : '';
  return html`<tr>
    <td><span class="source-text">${word}</span>${how ? html`<br /><span class="muted">${how}</span>` : nothing}</td>
    <td class="number">${probability === null ? '–' : formatPercent(probability)}</td>
    <td class="number">${rank(place)}</td>
    <td class="action">${iconButton({ label: `Remove ${word}`, icon: 'close', onClick: () => { remove(text); } })}</td>
  </tr>`;
}

/** What the model would put at one mask: its best entries, what stood there, and the words that the reader asked about. */
export function maskCard({ mask, tokens, table, removeCandidate }: MaskCardOptions): TemplateResult {
  const { index, original, predictions, candidates, entropy } = mask;
  const neighbours = [tokens[index - 1], tokens[index + 1]].map((token) => (token && !token.special ? tokenText(token) : ''));
  return html`<section class="card stack" aria-label="Mask at token ${index}" data-mask-index=${index}>
    <div class="bar spread">
      <h2 class="source-text">${neighbours[0]} <span class="blank">▁▁▁</span> ${neighbours[1]}</h2>
      <span class="muted small number" title="How undecided the model is: 0 for certainty">entropy ${formatWeight(entropy)} bits</span>
    </div>
    ${table
      ? html`<table>
          <caption class="visually-hidden">
            Most probable tokens
          </caption>
          <thead>
            <tr>
              <th scope="col">Token</th>
              <th scope="col" class="number">Probability</th>
            </tr>
          </thead>
          <tbody>
            ${predictions.map(
              ({ token, probability }) => html`<tr>
                <td class="source-text">${visibleText(token)}</td>
                <td class="number">${formatPercent(probability)}</td>
              </tr>`,
            )}
          </tbody>
        </table>`
      : html`<headlight-prediction-bars .predictions=${predictions}></headlight-prediction-bars>`}
    ${original || candidates.length > 0
      ? html`<table class="asked">
          <thead>
            <tr>
              <th scope="col">Word</th>
              <th scope="col" class="number">Probability</th>
              <th scope="col" class="number">Rank</th>
              <th scope="col" class="action"><span class="visually-hidden">Remove</span></th>
            </tr>
          </thead>
          <tbody>
            ${original
              ? html`<tr data-original>
                  <td><span class="source-text">${visibleText(original.token)}</span> <span class="muted">· stood here</span></td>
                  <td class="number">${formatPercent(original.probability)}</td>
                  <td class="number">${rank(original.rank)}</td>
                  <td class="action"></td>
                </tr>`
              : nothing}
            ${candidates.map((candidate) => candidateRow(candidate, removeCandidate))}
          </tbody>
        </table>`
      : nothing}
  </section>`;
}
