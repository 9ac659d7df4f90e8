import { nothing, type TemplateResult } from 'lit';
import { select } from '../../controls';
import { headChoice, headChoices } from '../writing/headChoice';

/** Chooses among the heads of a stack of layers; nothing where there is no choice. */
export function headSelect(chosen: string, layers: number, heads: number, choose: (heads: string) => void): TemplateResult | typeof nothing {
  if (layers * heads <= 1) return nothing;
  const { layer, head } = headChoice(chosen, layers, heads);
  const value = layer === null ? 'all' : head === null ? String(layer) : `${layer}.${head}`;
  return select({ label: 'Heads', value, options: headChoices(layers, heads), onChange: choose });
}
