import { css, html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../../format';
import type { Theme } from '../../../theme';
import type { GridPlace } from '../../../draw/grid';
import { scaleLegend } from '../legend';
import '../headMatrix';
import type { HeadView } from '../headView';
import type { Difference } from './difference';
import { differenceColor, differenceLegend } from './differenceLegend';
import { placeIn, type PointedCell } from './differenceReadout';

/** Styles of `sideBySide`; the host is a size container. */
export const sidesStyles = css`
  .sides {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    align-items: start;
  }
  .sides .subject {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  @container (min-width: 560px) {
    .sides {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
  @container (min-width: 1000px) {
    .sides {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
  }
`;

export interface SidesOptions {
  readonly difference: Difference;
  /** What each side shows, and of which text or model. */
  readonly a: SideName;
  readonly b: SideName;
  readonly pointed: PointedCell | null;
  readonly theme: Theme;
  readonly onPoint: (cell: PointedCell | null) => void;
}

export interface SideName {
  readonly name: string;
  readonly subject: string;
}

/** A and B as matrices on one scale, and B − A where anything is aligned. */
export function sideBySide({ difference, a, b, pointed, theme, onPoint }: SidesOptions): TemplateResult {
  const max = Math.max(difference.a.max, difference.b.max);
  const { view } = difference;
  const matrix = (side: PointedCell['side'], shown: HeadView, label: string): TemplateResult => {
    const point = ({ detail }: CustomEvent<GridPlace | null>): void => {
      if (detail) onPoint({ ...detail, side });
      else if (pointed?.side === side) onPoint(null);
    };
    return html`<headlight-head-matrix
      shared
      data-side=${side}
      .view=${shown}
      .label=${label}
      .marked=${pointed && pointed.side !== side ? placeIn(side, pointed, difference) : null}
      .colorOf=${side === 'difference' ? (weight: number) => differenceColor(theme.diverging, weight, view.max) : null}
      @point=${point}
    ></headlight-head-matrix>`;
  };
  const part = (side: 'a' | 'b', { name, subject }: SideName): TemplateResult => html`<div class="stack">
    <h3>${side.toUpperCase()}: ${name}</h3>
    ${subject === '' ? nothing : html`<p class="subject muted small" title=${subject}>${subject}</p>`}
    ${matrix(side, { ...difference[side], max }, `${side.toUpperCase()}, ${name}: queries in rows, keys in columns.`)}
    ${scaleLegend(theme.ramp, max)}
  </div>`;
  const aligned = view.queries.length > 0 && view.keys.length > 0;
  return html`<div class="sides">
    ${part('a', a)} ${part('b', b)}
    <div class="stack">
      <h3>B − A</h3>
      ${aligned
        ? html`<p class="muted small">${leftOutText(difference)}</p>
            ${matrix('difference', view, 'B − A: the difference of the two maps.')} ${differenceLegend(theme.diverging, view.max)}`
        : html`<p class="muted" data-unaligned>The two share no token that is shown, so that there is no difference to draw.</p>`}
    </div>
  </div>`;
}

/** How much of each side has no counterpart. */
function leftOutText({ leftOut: { a, b }, queries }: Difference): string {
  const joined = queries.some((pair) => pair.a.length > 1 || pair.b.length > 1);
  if (a === 0 && b === 0 && !joined) return 'Every token has its counterpart.';
  return `${joined ? 'Pieces of a word are taken together. ' : ''}${formatCount(a, 'token')} of A and ${b} of B are left out: they have no counterpart.`;
}
