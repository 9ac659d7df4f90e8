import { css, html, type TemplateResult } from 'lit';
import { rampColor } from '../../../src/picture/ramp';
import { button, select } from '../../controls';
import type { Theme } from '../../theme';
import type { KeptRanking } from '../evidence/keptRankings';
import { formatOutcome } from '../evidence/outcomeTexts';
import { type MeasuredEffects, measuredText, rankingName } from './effects';

/** Where on its ramp a bar's colour stands: its length tells the size, so that its colour need not. */
export const barShade = 0.72;

/** Colours of bars below and above zero. */
export function barColors({ diverging: { above, below } }: Pick<Theme, 'diverging'>): { readonly below: string; readonly above: string } {
  return { below: rampColor(below, barShade), above: rampColor(above, barShade) };
}

/** Styles of `effectsLegend`; it takes those of `select` and of legends too. */
export const effectsStyles = css`
  .effects {
    gap: 6px;
    padding-top: 8px;
    border-top: 1px solid var(--headlight-border);
  }
  .effects .key {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
  }
  .effects .key > span {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .effects .swatch {
    position: relative;
    flex: none;
    width: 28px;
    height: 7px;
    border: 1px solid var(--headlight-border);
    border-radius: 1px;
  }
  .effects .swatch::before {
    content: '';
    position: absolute;
    inset: 0 50% 0 15%;
    background: var(--bar);
  }
  .effects .swatch.above::before {
    inset: 0 15% 0 50%;
  }
  .effects .swatch::after {
    content: '';
    position: absolute;
    inset: -1px auto -1px 50%;
    width: 1px;
    background: var(--vscode-foreground);
  }
`;

/** What the legend shows, and what it is answered with. */
export interface EffectsLegend {
  readonly effects: MeasuredEffects;
  /** All that was measured of the shown text, the shown one among them. */
  readonly kept: readonly KeptRanking[];
  readonly theme: Theme;
  readonly choose: (kept: KeptRanking) => void;
  readonly openEvidence: () => void;
}

/** What the bars below the thumbnails are: outcome, method and scale. */
export function effectsLegend({ effects, kept, theme, choose, openEvidence }: EffectsLegend): TemplateResult {
  const { max, name, ranking, format } = effects;
  const colors = barColors(theme);
  const shown = kept.findIndex((one) => one.ranking === ranking);
  return html`<div class="stack effects" role="group" aria-label="Measured effects">
    <div class="bar spread">
      ${kept.length > 1
        ? select({
            label: 'Bars: effect on',
            value: String(shown),
            options: kept.map((one, at) => ({ value: String(at), label: rankingName(one.ranking) })),
            onChange: (at) => { choose(kept[Number(at)]!); },
          })
        : html`<span class="small" data-effects-of>Bars: effect on <span class="source-text">${name}</span> <span class="number">${formatOutcome(ranking.value, ranking.scale)}</span></span>`}
      ${button({ label: 'Open in Evidence', icon: 'beaker', onClick: openEvidence })}
    </div>
    <div class="key small muted">
      <span><span class="swatch" role="presentation" .style=${`--bar: ${colors.below}`}></span>to the left: it falls without the head</span>
      <span><span class="swatch above" role="presentation" .style=${`--bar: ${colors.above}`}></span>to the right: it rises</span>
    </div>
    <p class="muted small">A bar to the edge is <span class="number">${format(max)}</span>, square-root scale. ${measuredText(effects)}</p>
  </div>`;
}
