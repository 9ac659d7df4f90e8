import { html, type TemplateResult } from 'lit';
import type { Senses } from '../../../src/lenses/senses/contract';
import { formatWeight } from '../../format';

const number = (value: number | null): string => (value === null ? '–' : formatWeight(value));

/** How alike occurrences are by cosine, within and between senses: the static vector cannot tell senses apart. */
export function cosineTable({ cosine }: Senses): TemplateResult {
  const rows = [
    ['Last layer', cosine.contextual],
    ['Embedding layer', cosine.static],
  ] as const;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Mean cosine, senses</th>
        <th scope="col" class="number">Within</th>
        <th scope="col" class="number">Between</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([name, { within, between }]) => html`<tr>
          <th scope="row" class="term">${name}</th>
          <td class="number">${number(within)}</td>
          <td class="number">${number(between)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
