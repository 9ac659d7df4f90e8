import { html, nothing, type TemplateResult } from 'lit';
import { formatWeight } from '../../format';
import { sideNames } from './drawings';
import { edgesOf, strongestEdges } from './edges';
import { partViews, placeName } from './severalHeads';
import { itemOf, type HeadView } from './headView';
import type { Followed } from './viewState';

const rows = 40;

/** The strongest weights of a map as a table; those of one token where one is followed. */
export function headTable(view: HeadView, followed: Followed | null): TemplateResult {
  const { queries, keys } = view;
  const own = followed?.side === 'query' ? queries : keys;
  const at = followed ? itemOf(own, followed.token) : -1;
  const { parts } = view;
  const names = sideNames(view);
  const note = at >= 0 ? own[at]!.note : undefined;
  const edges = followed && at >= 0
    ? partViews(view).flatMap((own, part) => edgesOf(own, followed.side, at).map((edge) => ({ ...edge, part }))).sort((a, b) => b.weight - a.weight)
    : strongestEdges(view, rows);
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
      ${edges.map(
        ({ query, key, weight, part }) => html`<tr>
          <td class="source-text">${queries[query]!.label}</td>
          <td class="source-text">${keys[key]!.label}</td>
          ${parts ? html`<td>${placeName(parts[part ?? 0]!)}</td>` : nothing}
          <td class="number">${formatWeight(weight)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
