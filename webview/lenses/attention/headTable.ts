import { html, nothing, type TemplateResult } from 'lit';
import type { GridPlace } from '../../draw/grid';
import { formatWeight } from '../../format';
import { sideNames } from './drawings';
import { edgesOf, strongestEdges } from './edges';
import { partViews, placeName } from './severalHeads';
import { itemOf, type HeadView } from './headView';
import type { Followed } from './viewState';

const rows = 40;

/**
 * The strongest weights of a map as a table; those of one token where one is followed.
 * @param cuts edges that are cut, which stand first: their weights are zero
 */
export function headTable(view: HeadView, followed: Followed | null, cuts: readonly GridPlace[] = []): TemplateResult {
  const { queries, keys } = view;
  const own = followed?.side === 'query' ? queries : keys;
  const at = followed ? itemOf(own, followed.token) : -1;
  const { parts } = view;
  const names = sideNames(view);
  const note = at >= 0 ? own[at]!.note : undefined;
  const edges = followed && at >= 0
    ? partViews(view).flatMap((own, part) => edgesOf(own, followed.side, at).map((edge) => ({ ...edge, part }))).sort((a, b) => b.weight - a.weight)
    : strongestEdges(view, rows);
  const isCut = (query: number, key: number): boolean => cuts.some(({ column, row }) => row === query && column === key);
  const cutHere = cuts
    .filter(({ column, row }) => at < 0 || (followed?.side === 'query' ? row : column) === at)
    .map(({ column, row }): (typeof edges)[number] => ({ query: row, key: column, weight: 0 }));
  const caption =
    followed && at >= 0
      ? html`All weights of ${followed.side} <span class="source-text">${own[at]!.label}</span>${note === undefined ? nothing : ` · ${note}`}`
      : `The ${edges.length} strongest of ${queries.length * keys.length * (parts?.length ?? 1)} weights`;
  return html`<table>
    <caption class="muted small">
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${names.query}</th>
        <th scope="col">${names.key}</th>
        ${parts ? html`<th scope="col">Head</th>` : nothing}
        <th scope="col" class="number">Weight</th>
      </tr>
    </thead>
    <tbody>
      ${[...cutHere, ...edges.filter(({ query, key }) => !isCut(query, key))].map(
        ({ query, key, weight, part }) => html`<tr>
          <td class="source-text">${queries[query]!.label}</td>
          <td class="source-text">${keys[key]!.label}</td>
          ${parts ? html`<td>${placeName(parts[part ?? 0]!)}</td>` : nothing}
          <td class="number">${isCut(query, key) ? 'cut' : formatWeight(weight)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
