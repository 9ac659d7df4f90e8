import { css, html, type TemplateResult } from 'lit';
import type { WrittenStep } from '../../../src/lenses/writing/contract';
import { level, rampColor } from '../../../src/picture/ramp';
import { visibleText } from '../../../src/text/visibleText';
import type { Ink } from '../../draw/ink';
import { formatPercent } from '../../format';
import type { Theme } from '../../theme';

/** Styles of `continuation`. */
export const continuationStyles = css`
  .prompt {
    max-height: 7.5em;
    overflow-y: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .written {
    display: flex;
    flex-wrap: wrap;
    gap: 3px 0;
    max-height: 40vh;
    overflow-y: auto;
    line-height: 1;
  }
  .written button {
    max-width: 100%;
    margin: 0 3px 0 0;
    padding: 4px 5px;
    border: 1px solid var(--headlight-border);
    border-radius: 4px;
    overflow: hidden;
    color: inherit;
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: inherit;
    line-height: 16px;
    text-overflow: ellipsis;
    white-space: pre;
    unicode-bidi: isolate;
    cursor: pointer;
  }
  /* Pieces of one word stand side by side. */
  .written button.joined {
    margin-right: 0;
    border-right-style: dashed;
    border-top-right-radius: 0;
    border-bottom-right-radius: 0;
  }
  .written button.continued {
    border-left: none;
    border-top-left-radius: 0;
    border-bottom-left-radius: 0;
  }
  .written button.special {
    border-style: dotted;
  }
  .written button:hover {
    border-color: var(--vscode-focusBorder);
  }
  .written button[aria-pressed='true'] {
    outline: 2px solid var(--vscode-foreground);
    outline-offset: -2px;
  }
  .written button.white {
    color: #fff;
  }
  .written button.black {
    color: #000;
  }
`;

export interface Continuation {
  readonly steps: readonly WrittenStep[];
  /** The step that is shown. */
  readonly shown: number;
  readonly theme: Theme;
  readonly inks: readonly Ink[];
  readonly choose: (step: number) => void;
}

/** Whether a token goes on with the word before it. */
function continues(step: WrittenStep | undefined): boolean {
  return step !== undefined && !step.startsWord && !step.special;
}

/** "probability 12.3 %, place 3" */
function probabilityText({ probability, rank }: WrittenStep): string {
  return `probability ${formatPercent(probability)}, place ${rank.toLocaleString('en')}`;
}

/** What was written, token by token, each shaded by its probability. */
export function continuation({ steps, shown, theme, inks, choose }: Continuation): TemplateResult {
  const pressed = (event: KeyboardEvent): void => {
    const last = steps.length - 1;
    const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const wanted = Math.min(last, Math.max(0, to));
    choose(wanted);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-step="${wanted}"]`)?.focus();
  };
  return html`<div class="written" role="group" aria-label="What the model wrote: one button a token" @keydown=${pressed}>
    ${steps.map((step, index) => {
      const shade = level(step.probability, 1);
      const names = [
        inks[Math.round(shade * 255)]!,
        step.special ? 'special' : '',
        continues(steps[index + 1]) ? 'joined' : '',
        index > 0 && continues(step) ? 'continued' : '',
      ];
      return html`<button
        type="button"
        class=${names.join(' ')}
        .style=${`background: ${rampColor(theme.ramp, shade)}`}
        data-step=${index}
        aria-pressed=${index === shown}
        aria-label="${visibleText(step.token)}, ${probabilityText(step)}"
        title=${probabilityText(step)}
        tabindex=${index === shown ? 0 : -1}
        @click=${() => { choose(index); }}
      >${visibleText(step.token)}</button>`;
    })}
  </div>`;
}
