import { html, nothing, type TemplateResult } from 'lit';
import { select } from '../../controls';
import type { Theme } from '../../theme';
import '../attention/headMatrix';
import { headTable } from '../attention/headTable';
import { scaleLegend } from '../attention/legend';
import type { Followed } from '../attention/viewState';
import type { HeadChoice } from '../writing/headChoice';
import { type LookBack, triangleView } from '../writing/triangle';

/** "layer 3, mean of its heads" */
export function triangleName({ layer, head }: HeadChoice): string {
  if (layer === null) return head === null ? 'mean of all layers and heads' : `head ${head}, mean of all layers`;
  return head === null ? `layer ${layer}, mean of its heads` : `layer ${layer}, head ${head}`;
}

export interface TriangleCard {
  readonly answer: LookBack;
  readonly step: number;
  readonly place: HeadChoice;
  readonly table: boolean;
  readonly theme: Theme;
  readonly choose: (place: HeadChoice) => void;
  readonly show: (step: number) => void;
  /** Below the drawing. */
  readonly below: TemplateResult | typeof nothing;
}

/** The causal triangle as far as it has grown at a step. */
export function triangleCard({ answer, step, place, table, theme, choose, show, below }: TriangleCard): TemplateResult | typeof nothing {
  const view = triangleView(answer, step, place);
  if (!view) return nothing;
  const row = view.queries.at(-1)!;
  const pinned = { side: 'query', token: row.tokens[0]! } as const;
  const options = (name: string, count: number): { readonly value: string; readonly label: string }[] => [
    { value: '', label: 'mean of all' },
    ...Array.from({ length: count }, (_, at) => ({ value: String(at), label: `${name} ${at}` })),
  ];
  const chosen = (value: string): number | null => (value === '' ? null : Number(value));
  const kept = ({ detail }: CustomEvent<Followed | null>): void => {
    if (detail?.side === 'query') show(detail.token - view.queries[0]!.tokens[0]!);
  };
  const label = `Causal triangle, ${triangleName(place)}: attention of ${view.queries.length} tokens to the ${view.keys.length} tokens up to them; “Show as table” gives the numbers.`;
  return html`<section class="card stack" aria-label="Causal triangle">
    <h2>Causal triangle <span class="muted small">who looked at what, so far</span></h2>
    <div class="bar">
      ${select({ label: 'Layer', value: place.layer === null ? '' : String(place.layer), options: options('layer', answer.layers), onChange: (value) => { choose({ ...place, layer: chosen(value) }); } })}
      ${select({ label: 'Head', value: place.head === null ? '' : String(place.head), options: options('head', answer.heads), onChange: (value) => { choose({ ...place, head: chosen(value) }); } })}
    </div>
    ${table
      ? headTable(view, pinned)
      : html`<headlight-head-matrix .view=${view} .pinned=${pinned} .label=${label} @pin=${kept}></headlight-head-matrix>
          ${scaleLegend(theme.ramp, view.max)}`}
    <p class="muted small">
      Each row is the token from which the next one was found, the framed one of this step. It looks at itself and at what stands
      before it: what comes later is not yet written. With each step the triangle grows by a row; click one to go to its step.
    </p>
    ${below}
  </section>`;
}
