import { HeadlightError } from '../../errors';
import type { Token } from '../../text/token';
import { visibleText } from '../../text/visibleText';
import { requireAttention } from '../attention/checks';
import type { TransformerModel } from '../model';

/** Characters of a line that an error quotes. */
const quoted = 60;
const advice = 'Choose two files of one model, such as fp32 and int8, or before and after fine-tuning.';

/**
 * Whether head by head and number by number can be compared.
 * @throws HeadlightError `models-differ` that names each count that differs; `cannot-instrument` for a model without heads
 */
export function requireComparable(model: TransformerModel, other: TransformerModel): void {
  requireAttention(model.info);
  requireAttention(other.info);
  const counts = (['layers', 'heads', 'hiddenSize'] as const).filter((what) => model.info[what] !== other.info[what]);
  const names = { layers: 'layers', heads: 'heads a layer', hiddenSize: 'numbers a token' };
  const differences = counts.map((what) => `${model.info[what]} against ${other.info[what]} ${names[what]}`);
  if (differences.length === 0 && model.attention.some(({ kind }, layer) => other.attention[layer]?.kind !== kind)) {
    differences.push('one attends to what came before only, the other to all tokens');
  }
  if (differences.length === 0) return;
  throw new HeadlightError('models-differ', `${model.info.name} and ${other.info.name} are of other shapes: ${differences.join(', ')}. ${advice}`);
}

/** @throws HeadlightError `models-differ` where a line becomes other tokens, as other vocabularies make them */
export function requireSameTokens(line: string, tokens: readonly Token[], others: readonly Token[]): void {
  const at = tokens.findIndex(({ id }, index) => others[index]?.id !== id);
  if (at === -1 && tokens.length === others.length) return;
  const place = at === -1 ? tokens.length : at;
  const [one, two] = [tokens[place], others[place]].map((token) => (token ? `“${visibleText(token.piece)}” (${token.id})` : 'nothing')) as [string, string];
  const text = line.length > quoted ? `${line.slice(0, quoted)}…` : line;
  throw new HeadlightError(
    'models-differ',
    `The two models read “${text}” as other tokens: ${one} against ${two} at token ${place}. Their vocabularies differ. ${advice}`,
  );
}
