import { css, html, nothing, type TemplateResult } from 'lit';
import type { LensProgress } from '../../src/lenses/calls';
import type { ModelInfo, TextSubject } from '../../src/lenses/model';
import { button, notice, noticeStyles } from '../controls';
import type { Latest } from '../latest';

/** Two parts of a view: beside each other where there is room, else one below the other. */
export const layoutStyles = css`
  .layout {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    align-items: start;
  }
  @container (min-width: 760px) {
    .layout {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      grid-template-rows: auto 1fr;
    }
    /* What stands at the right is as tall as all that stands at the left. */
    .layout > :nth-child(2) {
      grid-row: span 2;
    }
  }
`;

/** Styles of what the functions of this file draw. */
export const frameStyles = [
  noticeStyles,
  css`
    .stack {
      gap: 8px;
    }
    .headline {
      padding: 0 4px;
    }
    @container (min-width: 480px) {
      .card {
        padding: 12px;
      }
      .stack {
        gap: 12px;
      }
    }
    :host {
      container-type: inline-size;
    }
    .headline {
      color: var(--headlight-muted);
      font-size: var(--headlight-small);
      overflow-wrap: anywhere;
    }
    .progress {
      position: relative;
      height: 2px;
      margin: -4px 0;
      overflow: hidden;
    }
    .progress.running::after {
      content: '';
      position: absolute;
      inset: 0 auto 0 0;
      width: 30%;
      background: var(--vscode-progressBar-background, var(--vscode-focusBorder));
      animation: run 1.6s linear 0.15s infinite both;
    }
    :host-context(.vscode-reduce-motion) .progress.running::after {
      width: 100%;
      animation: none;
    }
    @keyframes run {
      from {
        transform: translateX(-100%);
      }
      to {
        transform: translateX(334%);
      }
    }
    .waiting {
      padding: 24px 12px;
      text-align: center;
    }
  `,
];

/** One line that says what is shown: where the text is from, the model, its part, the device. */
export function headline(label: string, model: ModelInfo | null, parts: readonly string[] = []): TemplateResult {
  const words = [...(label === '' ? [] : [label]), ...parts, ...(model ? [model.name, model.device] : [])];
  return html`<p class="headline" data-headline title=${model?.deviceReason ?? nothing}>${words.join(' · ')}</p>`;
}

/**
 * The state of a load: a thin running line, the failure with Retry, or the engine's message while nothing is there yet.
 * @param more what else the reader may do about a failure
 */
export function loadState<T>(latest: Latest<T>, progress: LensProgress | null, more: readonly TemplateResult[] = []): TemplateResult {
  const { loading, error, stopped, value } = latest;
  const known = progress?.total !== undefined && progress.done !== undefined;
  const share = known ? ` (${progress.done} of ${progress.total})` : '';
  return html`
    <div class="progress ${loading ? 'running' : ''}" role="presentation"></div>
    ${error === null
      ? nothing
      : notice(stopped ? 'info' : 'error', stopped ? 'Stopped before there was an answer.' : error, [
          button({ label: 'Retry', icon: 'refresh', onClick: latest.retry }),
          ...more,
        ])}
    ${loading && value === null
      ? html`<p class="waiting muted" role="status">${progress?.message ?? 'Reading the text'}${share}…</p>`
      : nothing}
  `;
}

/** Says what part of a long text was read. */
export function windowedNotice({ windowed }: TextSubject): TemplateResult | typeof nothing {
  return windowed ? notice('info', windowed.explanation) : nothing;
}
