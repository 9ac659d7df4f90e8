import { css, html, nothing, type TemplateResult } from 'lit';
import type { LensState, WrittenStep } from '../../../src/lenses/writing/contract';
import { level, rampColor } from '../../../src/picture/ramp';
import { visibleText } from '../../../src/text/visibleText';
import type { Ink } from '../../draw/ink';
import { formatPercent, formatWeight } from '../../format';
import type { Theme } from '../../theme';
import '../layerChart';
import { stateName } from '../stateName';

/** Words of each state that are listed. */
export const lensWords = 3;

/** Styles of `lensCard`. */
export const lensStyles = css`
  .scroller {
    overflow-x: auto;
  }
  table.lens {
    border-collapse: separate;
    border-spacing: 1px;
  }
  .lens th,
  .lens td {
    padding: 3px 6px;
    border: none;
    font-weight: normal;
  }
  .lens th {
    padding-left: 0;
    white-space: nowrap;
  }
  .lens td.source-text {
    max-width: 8em;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
  }
  .lens td.white {
    color: #fff;
  }
  .lens td.black {
    color: #000;
  }
  .by-layer th,
  .by-layer td:last-child {
    white-space: nowrap;
  }
  .by-layer td:last-child,
  .by-layer th:last-child {
    padding-left: 12px;
  }
  .lens td.followed {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
`;

export interface LensCard {
  readonly step: WrittenStep;
  /** Why there is no lens; null where there is one. */
  readonly missing: string | null;
  readonly table: boolean;
  readonly theme: Theme;
  readonly inks: readonly Ink[];
}

/** What each hidden state would write at a step, and how the probability of the written token grows. */
export function lensCard({ step, missing, table, theme, inks }: LensCard): TemplateResult | typeof nothing {
  const { id, lens, token } = step;
  if (lens === null && missing === null) return nothing;
  const name = visibleText(token);
  return html`<section class="card stack" aria-label="Logit lens">
    <h2>Logit lens <span class="muted small">what each layer would write here</span></h2>
    ${lens === null
      ? html`<p class="muted">${missing}</p>`
      : html`${table
          ? numbers(step, lens)
          : html`<headlight-layer-chart
                .series=${[{ name, values: lens.map(({ probability }) => probability) }]}
                .unit=${'probability'}
                .fitted=${true}
                .label=${`Probability of ${name} by layer: ${formatPercent(lens.at(-1)!.probability)} after the last. “Show as table” gives the numbers.`}
                .shown=${lens.length - 1}
              ></headlight-layer-chart>
              ${words(lens, id, theme, inks)}`}
          <p class="muted small">
            The head that turns the last layer’s vector into words reads every layer’s. It was made for the last one only, so that early
            layers show how far they are from an answer. ${table ? nothing : html`The curve follows <span class="source-text">${name}</span>, which was written.`}
          </p>`}
  </section>`;
}

function words(lens: readonly LensState[], followed: number, theme: Theme, inks: readonly Ink[]): TemplateResult {
  return html`<div class="scroller" tabindex="0" role="group" aria-label="Most probable words by layer">
    <table class="lens">
      <caption class="visually-hidden">
        The most probable words of each hidden state, shaded by their probability
      </caption>
      <tbody>
        ${lens.map(({ alternatives }, state) => html`<tr data-state=${state}>
          <th scope="row">${stateName(state)}</th>
          ${alternatives.map(({ id, probability, token }) => {
            const shade = level(probability, 1);
            return html`<td
              class="source-text ${inks[Math.round(shade * 255)]!} ${id === followed ? 'followed' : ''}"
              .style=${`background: ${rampColor(theme.ramp, shade)}`}
              title="${visibleText(token)} ${formatPercent(probability)}"
            >${visibleText(token)}</td>`;
          })}
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}

function numbers({ token }: WrittenStep, lens: readonly LensState[]): TemplateResult {
  return html`<div class="scroller" tabindex="0" role="group" aria-label="Numbers by layer">
    <table class="by-layer">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col" class="number"><span class="source-text">${visibleText(token)}</span></th>
          <th scope="col" class="number">Entropy</th>
          <th scope="col">Most probable</th>
        </tr>
      </thead>
      <tbody>
        ${lens.map(({ alternatives, entropy, probability, rank }, state) => html`<tr>
          <th scope="row">${stateName(state)}</th>
          <td class="number">${formatPercent(probability)} <span class="muted">#${rank.toLocaleString('en')}</span></td>
          <td class="number">${formatWeight(entropy)}</td>
          <td><span class="source-text">${alternatives.map((one) => `${visibleText(one.token)} ${formatPercent(one.probability)}`).join(', ')}</span></td>
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}
