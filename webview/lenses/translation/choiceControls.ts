import { html, nothing, type TemplateResult } from 'lit';
import { button, slider } from '../../controls';
import { type Choosing, choosings, limits, type TranslationViewState } from './viewState';

const texts: Readonly<Record<Choosing, string>> = {
  greedy: 'The most probable token each time.',
  beams: 'Several hypotheses side by side; the best by log-probability over length wins.',
  sample: 'Each token is drawn by its probability. The same seed draws the same again.',
};

/** How tokens are chosen. */
export function choiceControls(own: TranslationViewState, change: (change: Partial<TranslationViewState>) => void): TemplateResult {
  const { beams, temperature, topK, topP, seed } = own;
  return html`<div class="bar">
      <headlight-segmented
        label="How each token is chosen"
        .segments=${choosings}
        .value=${own.choosing}
        @choose=${({ detail }: CustomEvent<Choosing>) => { change({ choosing: detail }); }}
      ></headlight-segmented>
      ${own.choosing === 'beams'
        ? slider({ label: 'Beams', ...limits.beams, step: 1, value: beams, text: String(beams), onInput: (value) => { change({ beams: value }); } })
        : nothing}
      ${own.choosing === 'sample'
        ? html`${slider({ label: 'Temperature', ...limits.temperature, value: temperature, text: temperature.toFixed(1), onInput: (value) => { change({ temperature: Math.round(value * 10) / 10 }); } })}
          ${slider({ label: 'Top k', ...limits.topK, step: 1, value: topK, text: topK === 0 ? 'all' : String(topK), onInput: (value) => { change({ topK: value }); } })}
          ${slider({ label: 'Top p', ...limits.topP, value: topP, text: topP.toFixed(2), onInput: (value) => { change({ topP: Math.round(value * 100) / 100 }); } })}
          ${button({ label: 'Draw again', icon: 'refresh', onClick: () => { change({ seed: seed + 1 }); } })}
          <span class="muted small">seed ${seed}</span>`
        : nothing}
    </div>
    <p class="muted small">${texts[own.choosing]}</p>`;
}
