import { HeadlightError } from '../../src/errors';
import type { AttentionMapKey, AttentionOverview } from '../../src/lenses/attention/contract';
import { headMetrics } from '../../src/lenses/attention/headMetrics';
import { poolMaps, thumbnailSize } from '../../src/lenses/attention/pool';
import { meanOverHeads, rollout } from '../../src/lenses/attention/rollout';
import type { LensCalls, LensMethod } from '../../src/lenses/calls';
import type { Tensor } from '../../src/lenses/model';
import { weightStep } from '../../src/packed/planes';
import type { PanelRequests, SavedFile } from '../../src/panel/contract';
import type { StandaloneAttention } from '../../src/standalone/contract';
import type { EditorConnection } from '../connection';

type Answers = { readonly [M in LensMethod]?: (request: PanelRequests[M][0], signal: AbortSignal) => Promise<LensCalls[M][1]> };

/** Answers the view's questions from what the page holds, by the engine's own code. */
export function answersFrom({ overview }: StandaloneAttention, weights: Float32Array): EditorConnection {
  const { tokens, queries, layers, heads, kinds } = overview;
  const size = { rows: queries.length, columns: tokens.length };
  const area = size.rows * size.columns;
  const perLayer = heads * area;
  const layer = (at: number): Tensor => ({ dims: [1, heads, size.rows, size.columns], data: weights.subarray(at * perLayer, (at + 1) * perLayer) });
  const layersTo = (last: number): Tensor[] => Array.from({ length: last + 1 }, (_, at) => layer(at));

  const thumbnails = (): Pick<AttentionOverview, 'rows' | 'columns' | 'thumbnails'> => {
    const cells = thumbnailSize(size);
    const bytes = new Uint8Array(layers * heads * cells.rows * cells.columns);
    poolMaps(weights, size, cells, bytes, 0);
    return { ...cells, thumbnails: bytes };
  };
  const mapOf = (map: AttentionMapKey): Float32Array => {
    switch (map.kind) {
      case 'head':
        return layer(map.layer).data.slice(map.head * area, (map.head + 1) * area);
      case 'layer':
        return meanOverHeads([layer(map.layer)]);
      case 'model':
        return meanOverHeads(layersTo(layers - 1));
      case 'rollout':
        return rollout(layersTo(map.layer), size.columns);
      case 'norms':
        throw unanswered();
    }
  };
  const answers: Answers = {
    'attention/overview': () => Promise.resolve({ ...overview, ...thumbnails() }),
    'attention/map': ({ map }) => Promise.resolve({ map, weights: mapOf(map), step: weightStep }),
    'attention/metrics': (_request, signal) =>
      headMetrics(new Map(layersTo(layers - 1).map((tensor, at) => [at, tensor])), tokens, kinds, signal, queries),
  };
  return {
    live: false,
    ready: () => Promise.reject(unanswered()),
    call: async (method, request, options) => {
      const answer = answers[method];
      if (!answer) throw unanswered();
      return answer(request, options?.signal ?? new AbortController().signal);
    },
    ask: () => Promise.reject(unanswered()),
    save: (file) => Promise.resolve(download(file)),
    notify: () => undefined,
    on: () => undefined,
  };
}

function unanswered(): HeadlightError {
  return new HeadlightError('model-missing', 'This page holds the attention of one text. Open the text in Headlight for the rest.');
}

/** Hands a file to the browser, which keeps it where it keeps downloads. */
function download({ name, text, base64 }: SavedFile): string {
  const bytes = base64 === undefined ? (text ?? '') : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
  return name;
}
