import { HeadlightError } from '../../errors';
import type { ModelOutputs, OutputSelection, Tensor } from '../../lenses/model';
import type { ExposedAttention } from '../../onnx/exposeAttention';
import type { Embeddings } from '../../onnx/findEmbeddings';

/** The values of a graph that can be fetched beside its own outputs. */
export interface Inside {
  /** The model, to name in what is refused. */
  readonly name: string;
  /** Of a layer, as the model's configuration has it. */
  readonly heads: number;
  /** In layer order. */
  readonly attention: readonly ExposedAttention[];
  /** By state, null where none was found. */
  readonly hidden: readonly (string | null)[];
  readonly embeddings: Embeddings;
  /** Why some are missing. */
  readonly limits: readonly string[];
}

type Found = Pick<ModelOutputs, 'attention' | 'hidden' | 'queryKeyValue' | 'headOutputs' | 'embeddings'>;

const noEmbeddings: Embeddings = { word: null, position: null, segment: null };

/**
 * What to fetch for a selection, and how to read the answer.
 * @throws HeadlightError `out-of-range`, `cannot-instrument` for what the graph lacks
 */
export function lookInto(inside: Inside, outputs: OutputSelection): { readonly fetches: readonly string[]; readonly found: (results: ReadonlyMap<string, Tensor>) => Found } {
  const attention = (outputs.attention ?? []).map((layer) => [layer, siteOf(inside, layer).probabilities] as const);
  const hidden = (outputs.hidden ?? []).map((index) => [index, hiddenState(inside, index)] as const);
  const vectors = (outputs.queryKeyValue ?? []).map((layer) => [layer, siteOf(inside, layer)] as const);
  const made = (outputs.headOutputs ?? []).map((layer) => [layer, siteOf(inside, layer).heads] as const);
  const { word, position, segment } = outputs.embeddings ? inside.embeddings : noEmbeddings;
  const fetches = [
    ...attention.map(([, name]) => name),
    ...hidden.map(([, name]) => name),
    ...vectors.flatMap(([, site]) => [site.query, site.key, site.value]),
    ...made.map(([, name]) => name),
    ...[word, position, segment].filter((name) => name !== null),
  ];
  return {
    fetches: [...new Set(fetches)],
    found: (results) => {
      const result = (name: string): Tensor => results.get(name)!;
      const resultIf = (name: string | null): Tensor | null => (name === null ? null : result(name));
      return {
        attention: new Map(attention.map(([layer, name]) => [layer, ofHeads(inside, result(name))])),
        hidden: new Map(hidden.map(([index, name]) => [index, result(name)])),
        queryKeyValue: new Map(
          vectors.map(([layer, site]) => [layer, { query: result(site.query), key: result(site.key), value: result(site.value) }]),
        ),
        headOutputs: new Map(made.map(([layer, name]) => [layer, result(name)])),
        embeddings: { word: resultIf(word), position: resultIf(position), segment: resultIf(segment) },
      };
    },
  };
}

/** @throws HeadlightError `model-broken` for a graph of other heads than the configuration states */
function ofHeads({ heads, name }: Inside, attention: Tensor): Tensor {
  if (attention.dims.length === 4 && attention.dims[1] === heads) return attention;
  const found = attention.dims.length === 4 ? `${attention.dims[1]!} heads` : `attention of shape ${attention.dims.join(' × ')}`;
  throw new HeadlightError(
    'model-broken',
    `The graph of ${name} has ${found}, while its config.json states ${heads} heads. Copy the config.json that the model was trained with.`,
  );
}

function siteOf({ attention, name }: Inside, layer: number): ExposedAttention {
  const site = attention[layer];
  if (site) return site;
  throw new HeadlightError('out-of-range', `${name} has no layer ${layer}. Choose one from 0 to ${attention.length - 1}.`);
}

/** Name of a hidden state. @throws HeadlightError as `lookInto` */
export function hiddenState({ attention, hidden, limits, name }: Inside, index: number): string {
  const found = hidden[index];
  if (found != null) return found;
  if (found === undefined) {
    throw new HeadlightError(
      'out-of-range',
      `${name} has no hidden state ${index}. Choose one from 0 (embeddings) to ${attention.length}.`,
    );
  }
  throw new HeadlightError('cannot-instrument', `Hidden state ${index} of ${name} cannot be shown. ${limits.join(' ')}`);
}
