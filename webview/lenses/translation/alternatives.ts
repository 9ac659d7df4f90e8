import { css, html, type TemplateResult } from 'lit';
import type { WrittenStep } from '../../../src/lenses/writing/contract';
import { formatPercent } from '../../format';
import { entryText } from './shownTranslation';

/** Styles of `alternatives`. */
export const alternativesStyles = css`
  .alternatives {
    display: flex;
    flex-direction: column;
    gap: 2px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .alternative {
    display: grid;
    grid-template-columns: minmax(4ch, 30%) minmax(40px, 1fr) 7ch;
    gap: 8px;
    align-items: center;
    width: 100%;
    padding: 1px 6px;
    border: 1px solid transparent;
    border-radius: 3px;
    color: inherit;
    background: none;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .alternative:hover {
    border-color: var(--vscode-focusBorder);
  }
  .alternative[aria-pressed='true'] {
    border-color: var(--vscode-focusBorder);
  }
  .alternative .entry {
    overflow: hidden;
    font-family: var(--vscode-editor-font-family, monospace);
    text-overflow: ellipsis;
    white-space: pre;
    unicode-bidi: isolate;
  }
  .alternative .track {
    height: 10px;
    border-radius: 2px;
    background: linear-gradient(var(--vscode-charts-blue, var(--vscode-focusBorder)) 0 0) left / calc(var(--share) * 100%) 100% no-repeat;
  }
`;

/** What could have been written at a step, the likeliest first; pressing one writes it and has the model go on from there. */
export function alternatives(step: WrittenStep, force: (id: number) => void): TemplateResult {
  const among = step.alternatives.some(({ id }) => id === step.id);
  const listed = among ? step.alternatives : [...step.alternatives, step];
  return html`<ul class="alternatives" aria-label="What could be written here">
    ${listed.map((entry) => {
      const { id, probability } = entry;
      const written = id === step.id;
      const text = entryText(entry);
      return html`<li>
        <button
          type="button"
          class="alternative"
          aria-pressed=${written}
          title=${written ? 'This was written.' : 'Write this instead, and go on from there.'}
          aria-label="${text}, ${formatPercent(probability)}${written ? ', written' : ': write this instead'}"
          @click=${() => { if (!written) force(id); }}
        >
          <span class="entry">${text}</span>
          <span class="track" role="presentation" .style=${`--share: ${probability}`}></span>
          <span class="number">${formatPercent(probability)}</span>
        </button>
      </li>`;
    })}
  </ul>`;
}

/** A step in numbers. */
export function stepNumbers(step: WrittenStep): string {
  const parts = [
    step.forced ? 'given, not chosen' : null,
    `probability ${formatPercent(step.probability)}`,
    `rank ${step.rank}`,
    step.drawnWith === null ? null : `drawn with ${formatPercent(step.drawnWith)}`,
    `entropy ${step.entropy.toFixed(2)} bits`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
