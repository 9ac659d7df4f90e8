import type { nothing} from 'lit';
import { html, type TemplateResult } from 'lit';
import type { TrainedClassifier } from '../../../src/lenses/training/contract';
import { hues } from '../../../src/picture/hues';
import { formatCount } from '../../format';
import type { Theme } from '../../theme';
import '../layerChart';
import '../lineage/seriesChart';
import type { ChartSeries } from '../lineage/seriesChart';
import { stateName } from '../stateName';
import { meanOf, poolingNames, share } from './texts';

/** What is minimized, by iteration; grows while it is fitted. */
export function lossChart(losses: readonly number[], theme: Theme, running: boolean): TemplateResult {
  const last = losses.at(-1);
  const series: ChartSeries = { name: 'loss', color: theme.data, point: 'circle', dash: [], values: losses, said: (place) => losses[place]!.toFixed(4) };
  return html`<section class="card stack" aria-label="Loss" data-loss=${losses.length}>
    <div>
      <h2>Loss by iteration</h2>
      <p class="muted small">Mean of −ln p(label) over the examples trained on, and the penalty on the weights: what L-BFGS makes as small as it can.</p>
    </div>
    ${losses.length === 0
      ? html`<p class="muted" role="status">${running ? 'The curve begins once the examples are read and the penalty is chosen.' : 'The first step was the last.'}</p>`
      : html`<headlight-series-chart
          .labels=${losses.map((_, at) => String(at + 1))}
          .series=${[series]}
          .across=${'iteration'}
          .up=${'loss'}
          .placeName=${(place: number) => `Iteration ${place + 1}`}
          .hint=${`${formatCount(losses.length, 'iteration')}${last === undefined ? '' : `, loss ${last.toFixed(4)}`}${running ? ' so far' : ''}.`}
          .label=${`Loss by iteration, from ${losses[0]!.toFixed(4)} to ${last!.toFixed(4)}.`}
        ></headlight-series-chart>`}
  </section>`;
}

/** Accuracy by number of examples, with its spread over draws, beside always saying the most frequent label. */
export function learningChart({ figures, learning }: TrainedClassifier, theme: Theme, table: boolean): TemplateResult {
  const [orange] = hues(theme.dark);
  const series: ChartSeries[] = [
    { name: 'mean', color: theme.data, point: 'circle', dash: [], values: learning.map(({ accuracies }) => meanOf(accuracies)), said: (place) => share(meanOf(learning[place]!.accuracies)) },
    { name: 'lowest and highest draw', color: theme.data, point: 'triangle', dash: [2, 3], values: learning.map(({ accuracies }) => Math.min(...accuracies)), said: (place) => `${share(Math.min(...learning[place]!.accuracies))} to ${share(Math.max(...learning[place]!.accuracies))}` },
    { name: '', color: theme.data, point: 'triangle', dash: [2, 3], values: learning.map(({ accuracies }) => Math.max(...accuracies)), said: () => '' },
    { name: 'most frequent label', color: orange!, point: 'rect', dash: [6, 3], values: learning.map(() => figures.baseline), said: () => share(figures.baseline) },
  ];
  return html`<section class="card stack" aria-label="Learning curve">
    <div>
      <h2>Accuracy by number of examples</h2>
      <p class="muted small">On the same held-out examples, trained on fewer: if the curve still rises at its end, more examples would help.</p>
    </div>
    ${table
      ? html`<table data-learning>
          <thead><tr><th scope="col">Examples</th><th scope="col" class="number">Accuracy</th><th scope="col" class="number">Lowest</th><th scope="col" class="number">Highest</th><th scope="col" class="number">Draws</th></tr></thead>
          <tbody>
            ${learning.map(({ accuracies, examples }) => html`<tr>
              <th scope="row">${examples}</th>
              <td class="number">${share(meanOf(accuracies))}</td>
              <td class="number">${share(Math.min(...accuracies))}</td>
              <td class="number">${share(Math.max(...accuracies))}</td>
              <td class="number">${accuracies.length}</td>
            </tr>`)}
          </tbody>
        </table>`
      : html`<headlight-series-chart
          .labels=${learning.map(({ examples }) => String(examples))}
          .series=${series}
          .across=${'examples trained on'}
          .up=${'accuracy'}
          .most=${1}
          .limit=${1}
          .placeName=${(place: number) => `${formatCount(learning[place]!.examples, 'example')}, ${formatCount(learning[place]!.accuracies.length, 'draw')}`}
          .hint=${'Point at a number of examples for the accuracies.'}
          .label=${`Accuracy by number of examples: ${learning.map(({ accuracies, examples }) => `${examples}: ${share(meanOf(accuracies))}`).join(', ')}.`}
        ></headlight-series-chart>`}
  </section>`;
}

/** Accuracy by hidden state, for each way to make a vector. @param choose for the next training */
export function statesChart({ curveExamples, pooling, split, state, states }: TrainedClassifier, table: boolean, choose: (state: number) => void): TemplateResult | typeof nothing {
  if (states.length === 0) {
    return html`<section class="card" aria-label="Hidden states"><h2>Accuracy by hidden state</h2><p class="muted small">Not compared: the vectors of all hidden states of so many examples would not fit into memory. Train on a part of the file to compare.</p></section>`;
  }
  return html`<section class="card stack" aria-label="Hidden states">
    <div>
      <h2>Accuracy by hidden state</h2>
      <p class="muted small">
        On the held-out examples, with the same penalty${curveExamples < split.training ? `, trained on ${curveExamples} of them` : ''}. Whoever chooses by this curve makes the held-out accuracy look
        better than it is.
      </p>
    </div>
    ${table
      ? html`<table data-states>
          <thead><tr><th scope="col">Hidden state</th>${states.map((curve) => html`<th scope="col" class="number">${poolingNames[curve.pooling]}</th>`)}</tr></thead>
          <tbody>
            ${states[0]!.accuracies.map((_, at) => html`<tr>
              <th scope="row">${stateName(at)}</th>
              ${states.map(({ accuracies, pooling: own }) => html`<td class="number">${at === state && own === pooling ? html`<strong>${share(accuracies[at]!)}</strong>` : share(accuracies[at]!)}</td>`)}
            </tr>`)}
          </tbody>
        </table>`
      : html`<headlight-layer-chart
          .series=${states.map(({ accuracies, pooling: own }) => ({ name: poolingNames[own], values: accuracies }))}
          .unit=${'accuracy'}
          .hint=${''}
          .shown=${state}
          .label=${`Accuracy by hidden state. ${states.map(({ accuracies, pooling: own }) => `${poolingNames[own]}: ${accuracies.map((one, at) => `${stateName(at)} ${share(one)}`).join(', ')}`).join('. ')}. “Show as table” gives the numbers.`}
          @choose=${({ detail }: CustomEvent<number>) => { choose(detail); }}
        ></headlight-layer-chart>
        <p class="muted small">Click a layer to choose it for the next training.</p>`}
  </section>`;
}
