import { html, type TemplateResult } from 'lit';
import type { Token } from '../../../src/text/token';
import { formatWeight } from '../../format';
import { tokenText } from '../tokenText';
import { strongestEdges } from './edges';
import type { HeadView } from './headView';
import type { Followed } from './viewState';

const rows = 40;

/** The strongest weights of a head as a table; those of one token where one is followed. */
export function headTable(view: HeadView, tokens: readonly Token[], followed: Followed | null): TemplateResult {
  const { queries, keys, weights } = view;
  const followedAt = followed ? (followed.side === 'query' ? queries : keys).indexOf(followed.token) : -1;
  const edges =
    followedAt < 0
      ? strongestEdges(view, rows)
      : (followed?.side === 'query'
          ? keys.map((_, key) => ({ query: followedAt, key, weight: weights[followedAt * keys.length + key]! }))
          : queries.map((_, query) => ({ query, key: followedAt, weight: weights[query * keys.length + followedAt]! }))
        ).sort((a, b) => b.weight - a.weight);
  const caption =
    followedAt < 0
      ? `The ${edges.length} strongest of ${queries.length * keys.length} weights`
      : `All weights of ${followed?.side === 'query' ? 'query' : 'key'} ${tokenText(tokens[followed!.token]!)}`;
  return html`<table>
    <caption class="muted small">
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">Query</th>
        <th scope="col">Key</th>
        <th scope="col" class="number">Weight</th>
      </tr>
    </thead>
    <tbody>
      ${edges.map(
        ({ query, key, weight }) => html`<tr>
          <td class="source-text">${tokenText(tokens[queries[query]!]!)}</td>
          <td class="source-text">${tokenText(tokens[keys[key]!]!)}</td>
          <td class="number">${formatWeight(weight)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
