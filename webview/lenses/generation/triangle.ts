import { html, nothing, type TemplateResult } from 'lit';
import type { Generation } from '../../../src/lenses/generation/contract';
import { visibleText } from '../../../src/text/visibleText';
import { select } from '../../controls';
import type { Theme } from '../../theme';
import '../attention/headMatrix';
import { headTable } from '../attention/headTable';
import type { AxisItem, HeadView } from '../attention/headView';
import { scaleLegend } from '../attention/legend';
import type { Followed } from '../attention/viewState';

/** Whose attention: of one layer and head, or the mean over all of them where null. */
export interface TrianglePlace {
  readonly layer: number | null;
  readonly head: number | null;
}

/** The part of an answer that its attention is drawn from. */
export type Attending = Pick<Generation, 'firstKeys' | 'heads' | 'layers' | 'steps'>;

/** "layer 3, mean of its heads" */
export function triangleName({ layer, head }: TrianglePlace): string {
  if (layer === null) return head === null ? 'mean of all layers and heads' : `head ${head}, mean of all layers`;
  return head === null ? `layer ${layer}, mean of its heads` : `layer ${layer}, head ${head}`;
}

/**
 * Who looks at what up to a step: a row for each token from which the next one was found, the last of the prompt first. Null
 * where there is no attention.
 */
export function triangleView({ firstKeys, heads, layers, steps }: Attending, upTo: number, { layer, head }: TrianglePlace): HeadView | null {
  const read = steps.slice(0, upTo + 1);
  if (read.some(({ selfAttention }) => selfAttention === null)) return null;
  const texts = [...firstKeys, ...read.slice(0, -1).map(({ token }) => token)];
  const items = texts.map((text, index): AxisItem => ({
    tokens: [index], label: visibleText(text), title: visibleText(text), special: false, segment: 0, joined: false,
  }));
  const weights = new Float32Array(read.length * items.length);
  const among = <T>(chosen: T | null, count: number): readonly (T | number)[] => (chosen === null ? Array.from({ length: count }, (_, at) => at) : [chosen]);
  const places = among(layer, layers).flatMap((one) => among(head, heads).map((other) => one * heads + other));
  read.forEach(({ selfAttention }, row) => {
    const keys = firstKeys.length + row;
    for (const place of places) {
      for (let key = 0; key < keys; key++) weights[row * items.length + key]! += selfAttention![place * keys + key]! / places.length;
    }
  });
  return { queries: items.slice(firstKeys.length - 1), keys: items, weights, max: weights.reduce((most, weight) => Math.max(most, weight), 0), kind: 'causal' };
}

export interface TriangleCard {
  readonly answer: Attending;
  readonly step: number;
  readonly place: TrianglePlace;
  readonly table: boolean;
  readonly theme: Theme;
  readonly choose: (place: TrianglePlace) => void;
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
