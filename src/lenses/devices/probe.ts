import type { TransformerModel } from '../model';
import type { Token } from '../../text/token';
import type { ProbeNumbers } from './contract';

/** What every model is tried with. */
export const probeText = 'She put the sheet music on the stand, and the cow jumped over the moon.';

/** Runs all parts of a model once. @throws HeadlightError as `TransformerModel.run` */
export async function runProbe(model: TransformerModel, tokens: readonly Token[], signal: AbortSignal): Promise<ProbeNumbers> {
  const { attention, hidden, logits } = await readProbe(model, tokens, signal);
  return { attention: joined(attention), hidden: joined(hidden), logits: joined([...logits, ...(await writeProbe(model, tokens, signal))]) };
}

/** Attention, the last hidden state, and what stands at one place; nothing of an LSTM. */
async function readProbe(model: TransformerModel, tokens: readonly Token[], signal: AbortSignal): Promise<Record<keyof ProbeNumbers, Float32Array[]>> {
  const { layers, hasMaskedLanguageHead } = model.info;
  if (layers === 0 && model.writer !== null) return { attention: [], hidden: [], logits: [] };
  const outputs = {
    attention: layers === 0 ? [] : [0, layers - 1],
    hidden: [layers],
    logitsAt: hasMaskedLanguageHead ? [{ row: 0, token: tokens.length - 1 }] : [],
  };
  const { attention, hidden, logits } = await model.run([{ tokens }], outputs, signal);
  return { attention: dataOf(attention.values()), hidden: dataOf(hidden.values()), logits: logits ? [logits.data] : [] };
}

/** Logits of the first token that it would write, and of one after it. */
async function writeProbe({ writer }: TransformerModel, tokens: readonly Token[], signal: AbortSignal): Promise<Float32Array[]> {
  if (writer === null) return [];
  const ids = tokens.map(({ id }) => id);
  const isStack = writer.rules.start.length === 0;
  const first = await writer.write(await writer.read([ids], signal), { tokens: [isStack ? ids : writer.rules.start] }, signal);
  const second = await writer.write(first.state, { tokens: [ids.slice(0, 1)] }, signal);
  return [first.logits.data, second.logits.data];
}

function dataOf(tensors: Iterable<{ readonly data: Float32Array }>): Float32Array[] {
  return [...tensors].map(({ data }) => data);
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
