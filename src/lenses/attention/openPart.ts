import { HeadlightError } from '../../errors';
import type { ComputeContext } from '../compute';
import type { LayerAttention, ModelOutputs, OutputSelection } from '../model';
import { readText } from '../readText';
import { readSource } from '../translation/source';
import { requireAttention } from './checks';
import type { AttendedText, AttentionPart, AttentionRequest } from './contract';
import { partNames, partsOf } from './parts';
import { writtenOf } from './written';

/** One stack of attention over one text, which lenses ask in the same way whatever stack it is. */
export interface OpenPart {
  readonly text: Omit<AttendedText, 'model'>;
  /** What each layer's attention is. */
  readonly attention: readonly LayerAttention[];
  readonly heads: number;
  /** @throws HeadlightError as `TransformerModel.run` */
  run(outputs: Pick<OutputSelection, keyof PartOutputs>): Promise<PartOutputs>;
}

export type PartOutputs = Pick<ModelOutputs, 'attention' | 'hidden' | 'queryKeyValue' | 'embeddings'>;

/**
 * The stack of attention that a request is about, and its tokens.
 * @throws HeadlightError `cannot-instrument` for a stack that the model lacks; as `readText` and `readSource` do
 */
export async function openPart(request: AttentionRequest, context: ComputeContext): Promise<OpenPart> {
  const { model, signal } = context;
  const parts = partsOf(model.info);
  const [first] = parts;
  if (first === undefined) requireAttention(model.info);
  const part = request.part ?? first!;
  if (!parts.includes(part)) throw lacking(part, parts, model.info.name);
  if (part === first && model.info.layers > 0) {
    const { tokens, windowed } = readText(model, request);
    return {
      text: { tokens, windowed, part, queries: tokens, written: null },
      attention: model.attention,
      heads: model.info.heads,
      run: (outputs) => model.run([{ tokens }], outputs, signal),
    };
  }
  return openWritten(part === 'cross' ? 'cross' : 'decoder', request, context);
}

async function openWritten(part: 'decoder' | 'cross', request: AttentionRequest, context: ComputeContext): Promise<OpenPart> {
  const { model, signal } = context;
  const { info, decoder } = model;
  if (request.pair !== undefined) {
    throw new HeadlightError('cannot-instrument', `${info.name} writes one text anew, not a pair. Select one text alone.`);
  }
  if (!decoder || decoder.attention[part].length === 0) {
    throw new HeadlightError(
      'cannot-instrument',
      `In the decoder of ${info.name} no ${partNames[part]} was found. Export it without fused attention (Optimum: no optimization level).`,
    );
  }
  const source = readSource(model, request.text);
  const written = await writtenOf(source, request, context);
  const given = { source: source.ids, inputs: written.inputs.map(({ id }) => id) };
  return {
    text: {
      ...(part === 'cross' ? { tokens: source.tokens, queries: written.writes } : { tokens: written.inputs, queries: written.inputs }),
      windowed: null, part, written,
    },
    attention: decoder.attention[part],
    heads: decoder.heads,
    run: (outputs) => decoder.run(part, given, outputs, signal),
  };
}

function lacking(part: AttentionPart, parts: readonly AttentionPart[], name: string): HeadlightError {
  const advice = part === 'cross' ? 'Choose an encoder–decoder, such as the built-in translator.' : `Choose another model, or ${parts.join(' or ')}.`;
  return new HeadlightError('cannot-instrument', `${name} has no ${partNames[part]}. ${advice}`);
}
