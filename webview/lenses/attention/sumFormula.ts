import { css, html, type TemplateResult } from 'lit';
import type { SumStage } from './sumStages';

export const formulaStyles = css`
  math {
    display: block;
    overflow-x: auto;
    padding: 4px 0;
    font-size: 1.25em;
  }
  math .now {
    color: var(--vscode-textLink-foreground, var(--vscode-focusBorder));
    font-weight: bold;
    text-decoration: underline;
  }
  math .later {
    color: var(--headlight-muted);
  }
`;

const order: readonly SumStage[] = ['query', 'keys', 'products', 'scaled', 'mask', 'weights', 'values', 'output'];

/** softmax(q·Kᵀ/√d + mask)·V (Vaswani et al. 2017, equation 1) with the part that a step computes marked. */
export function sumFormula(stage: SumStage): TemplateResult {
  const of = (...stages: readonly SumStage[]): string => {
    if (stages.includes(stage)) return 'now';
    return order.indexOf(stages[0]!) > order.indexOf(stage) ? 'later' : '';
  };
  return html`<math display="block" aria-label="softmax of q times K transposed over the square root of d, plus mask, times V">
    <mrow>
      <mi class=${of('output')}>o</mi>
      <mo>=</mo>
      <mi class=${of('weights')} mathvariant="normal">softmax</mi>
      <mo>(</mo>
      <mfrac class=${of('scaled')}>
        <mrow class=${of('products')}>
          <mi class=${of('query', 'products')}>q</mi>
          <msup class=${of('keys', 'products')}><mi>K</mi><mi mathvariant="normal">⊤</mi></msup>
        </mrow>
        <msqrt class=${of('scaled')}><mi>d</mi></msqrt>
      </mfrac>
      <mo>+</mo>
      <mi class=${of('mask')} mathvariant="normal">mask</mi>
      <mo>)</mo>
      <mi class=${of('values')}>V</mi>
    </mrow>
  </math>`;
}
