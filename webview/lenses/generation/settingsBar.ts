import { html, nothing, type TemplateResult } from 'lit';
import { slider } from '../../controls';
import { type HowToWrite, lengths, penalties, temperatures, topKs, topPs } from './howToWrite';

const ways = [
  { value: 'greedy', label: 'Most probable' },
  { value: 'draw', label: 'Drawn' },
] as const;

export interface SettingsBar {
  readonly how: HowToWrite;
  /** The penalty in force where the reader chose none. */
  readonly ownPenalty: number;
  readonly change: (change: Partial<HowToWrite>) => void;
}

/** How the next token is chosen. */
export function settingsBar({ how, ownPenalty, change }: SettingsBar): TemplateResult {
  const { draw, maxTokens, temperature, topK, topP } = how;
  const penalty = how.penalty ?? ownPenalty;
  return html`<div class="bar">
      <headlight-segmented
        label="The next token is"
        .segments=${ways}
        .value=${draw ? 'draw' : 'greedy'}
        @choose=${({ detail }: CustomEvent<string>) => { change({ draw: detail === 'draw' }); }}
      ></headlight-segmented>
      <span class="muted small">${draw ? 'by its probability, after these settings' : 'the most probable each time'}</span>
    </div>
    <div class="settings">
      ${draw
        ? html`${slider({ label: 'Temperature', ...temperatures, value: temperature, text: temperature.toFixed(1), onInput: (value) => { change({ temperature: value }); } })}
            ${slider({
              label: 'Top-k', min: 0, max: topKs.length - 1, step: 1, value: topKs.indexOf(topK as typeof topKs[number]),
              text: topK === null ? 'all' : String(topK),
              onInput: (at) => { change({ topK: topKs[at] ?? null }); },
            })}
            ${slider({ label: 'Top-p', ...topPs, value: topP, text: topP.toFixed(2), onInput: (value) => { change({ topP: value }); } })}`
        : nothing}
      ${slider({
        label: 'Repetition penalty', ...penalties, value: penalty, text: penalty === 1 ? 'none' : penalty.toFixed(2),
        onInput: (value) => { change({ penalty: value }); },
      })}
      ${slider({
        label: 'Most tokens', min: 0, max: lengths.length - 1, step: 1, value: lengths.indexOf(maxTokens as typeof lengths[number]),
        text: String(maxTokens), onInput: (at) => { change({ maxTokens: lengths[at] ?? maxTokens }); },
      })}
    </div>`;
}
