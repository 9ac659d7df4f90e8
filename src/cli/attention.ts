import { topK } from '../math/topK';
import { mapKinds } from '../lenses/attention/maps';
import { partNames } from '../lenses/attention/parts';
import { type AttentionMap, type AttentionOverview, attentionParts } from '../lenses/attention/contract';
import { drawings, fileOptions, writePictures } from './attentionPictures';
import { percent } from './bar';
import { oneOf, text as textOption, wholeNumber } from './options';
import { UsageError, type Verb, type VerbContext } from './verb';

const edgesShown = 8;

/** `attention TEXT [PAIR]`: attention probabilities, head by head. */
export const attention: Verb = {
  name: 'attention',
  summary: 'who attends to whom, in every head',
  usage: 'attention TEXT [PAIR] [--part PART] [--written TRANSLATION] [--layer L] [--head H] [--map KIND] [--svg FILE] [--png FILE] [--csv FILE] [--html FILE] [--metrics FILE]',
  switchable: true,
  words: [1, 2],
  options: {
    part: { type: 'string' },
    written: { type: 'string' },
    layer: { type: 'string' },
    head: { type: 'string' },
    map: { type: 'string' },
    svg: { type: 'string' },
    png: { type: 'string' },
    csv: { type: 'string' },
    html: { type: 'string' },
    metrics: { type: 'string' },
    drawing: { type: 'string' },
  },
  help: `Prints attention probabilities of TEXT, or of the sentence pair TEXT, PAIR.

  --part PART ${attentionParts.join(', ')}: the text that is read, to itself; of an encoder-decoder (--model translator)
              also the text that it writes, to itself, and to the text that is read (default: the first that the
              model has)
  --written TRANSLATION
              for decoder and cross: look at the model writing this (default: what it writes itself, the most
              probable token each time)
  --layer L   this layer only; layers count from 0
  --head H    this head only, in every layer or in layer L; heads count from 0
  --svg FILE  write one map as a picture, --png FILE as one of pixels, --csv FILE as numbers: of layer L and
              head H (0 where not given)
  --html FILE write a page with all heads that opens in any browser, offline, with layer L and head H open
  --map KIND  for these files: ${mapKinds.join(', ')} (default head): the head's weights; weights times
              the length of the values they carry; the mean over the layer's heads, or over all; what
              reaches layer L through all layers below it
  --drawing D for --svg and --png: ${drawings.join(', ')} (default ${drawings[0]}); the grid shows all heads
  --metrics FILE
              what each head does, in numbers: a row for each, as CSV

JSON: {model, device, part, tokens: [{text, id, start, end, special, segment}], queries?, written?: {text,
       inputs, writes}, layers, heads, attention: [layer][head][query][key]}
"tokens" are the keys; "queries" are there for cross only, and the same elsewhere. "written" is there where an
encoder-decoder writes: at row i it has read inputs[i] last and finds writes[i], the stop token at the end. With
decoder, rows and columns are "inputs"; with cross, rows are "writes".
"layers" and "heads" are the model's counts; "attention" holds the chosen layers and heads only.
"start" and "end" are UTF-16 offsets into the text of the token's segment. Each row sums to one.
Without --json the ${edgesShown} largest weights of each head between tokens of the text are listed.`,

  async run(context) {
    const { options, output, words } = context;
    const [text, pair] = words as [string, string?];
    const part = oneOf(options, 'part', attentionParts);
    const written = textOption(options, 'written');
    if (written !== undefined && part !== 'decoder' && part !== 'cross') throw new UsageError('--written goes with --part decoder or --part cross.');
    const request = {
      text,
      ...(pair !== undefined && { pair }),
      ...(part !== undefined && { part }),
      ...(written !== undefined && { written: { text: written } }),
    };
    const layer = wholeNumber(options, 'layer', 0);
    const head = wholeNumber(options, 'head', 0);
    if (fileOptions.some((name) => textOption(options, name) !== undefined)) {
      await writePictures(context, request, layer ?? 0, head ?? 0);
      return;
    }
    // A layer or head that is not there shall fail before anything is printed.
    await context.call('attention/map', { ...request, map: { kind: 'head', layer: layer ?? 0, head: head ?? 0 } });
    const overview = await context.call('attention/overview', request);
    const layers = layer === undefined ? range(overview.layers) : [layer];
    const heads = head === undefined ? range(overview.heads) : [head];
    const get = (l: number, h: number): Promise<AttentionMap> =>
      context.call('attention/map', { ...request, map: { kind: 'head', layer: l, head: h } });
    if (output.json) await printJson(context, overview, layers, heads, get);
    else await printEdges(context, overview, layers, heads, get);
  },
};

type GetHead = (layer: number, head: number) => Promise<AttentionMap>;

/** Head by head, so that the JSON of a long text need not fit into one string. */
async function printJson(
  { output, signal }: VerbContext,
  overview: AttentionOverview,
  layers: readonly number[],
  heads: readonly number[],
  get: GetHead,
): Promise<void> {
  const { model, part, queries, tokens, written } = overview;
  const plain = (of: typeof tokens): object[] => of.map(({ text, id, start, end, special, segment }) => ({ text, id, start, end, special, segment }));
  const start = JSON.stringify({
    model: model.id,
    device: model.device,
    part,
    tokens: plain(tokens),
    ...(part === 'cross' && { queries: plain(queries) }),
    ...(written && { written: { text: written.text, inputs: plain(written.inputs), writes: plain(written.writes) } }),
    layers: overview.layers,
    heads: overview.heads,
    ...output.stated,
  });
  await output.write(`${start.slice(0, -1)},"attention":[`);
  for (const [i, layer] of layers.entries()) {
    await output.write(i === 0 ? '[' : ',[');
    for (const [j, head] of heads.entries()) {
      if (signal.aborted) return;
      const { weights } = await get(layer, head);
      const rows = queries.map((_, query) => [...weights.subarray(query * tokens.length, (query + 1) * tokens.length)]);
      await output.write((j === 0 ? '' : ',') + JSON.stringify(rows));
    }
    await output.write(']');
  }
  await output.line(']}');
}

async function printEdges(
  { output, signal }: VerbContext,
  { model, part, queries, tokens, windowed, written }: AttentionOverview,
  layers: readonly number[],
  heads: readonly number[],
  get: GetHead,
): Promise<void> {
  await output.line(`${model.name} on ${model.device}, ${tokens.length} tokens`);
  if (written) await output.line(`${partNames[part]} while it writes “${written.text}”${part === 'cross' ? ': from each written token to the source' : ''}`);
  if (windowed) await output.line(windowed.explanation);
  const width = Math.max(...queries.map(({ text }) => text.length));
  for (const layer of layers) {
    for (const head of heads) {
      if (signal.aborted) return;
      const { weights } = await get(layer, head);
      const textOnly = weights.map((weight, at) => {
        const query = queries[Math.floor(at / tokens.length)]!;
        const key = tokens[at % tokens.length]!;
        return query.special || key.special ? NaN : weight;
      });
      await output.line(`\nlayer ${layer}, head ${head}`);
      for (const at of topK(textOnly, edgesShown)) {
        const query = queries[Math.floor(at / tokens.length)]!;
        const key = tokens[at % tokens.length]!;
        await output.line(`  ${query.text.padStart(width)} → ${key.text.padEnd(width)} ${percent(weights[at]!)}`);
      }
    }
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
