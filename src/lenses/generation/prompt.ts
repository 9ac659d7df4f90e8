import { HeadlightError } from '../../errors';
import { encodeWithinWindow } from '../../text/window';
import type { TransformerModel } from '../model';
import { requireText } from '../readText';
import { requireCounts } from '../writing/given';
import type { WritingRules } from '../writing/rules';
import type { Generation, GenerationRequest } from './contract';

const defaultTokens = 40;

/** Most tokens that a request lets the model write. @throws HeadlightError `out-of-range` */
export function tokensToWrite({ maxTokens = defaultTokens }: Pick<GenerationRequest, 'maxTokens'>): number {
  requireCounts({ tokens: maxTokens }, 1);
  return maxTokens;
}

/** A prompt, or as much of its end as leaves room to write. @throws HeadlightError `empty-text` */
export function readPrompt({ info, tokenizer }: TransformerModel, text: string, maxTokens: number): Pick<Generation, 'tokens' | 'windowed'> {
  requireText(text, 'The prompt');
  const { window } = info.writes!;
  const most = Math.max(1, window - Math.min(maxTokens, Math.floor(window / 2)));
  const { encoding: { tokens }, windowed } = encodeWithinWindow(tokenizer, text, { focus: text.length, window: most });
  if (windowed === null) return { tokens, windowed };
  return { tokens, windowed: { ...windowed, explanation: `Read the last ${windowed.read} tokens of the prompt: of the window of ${window}, ${window - most} are left to write.` } };
}

/** The model's rules with the penalty of a request. @throws HeadlightError `out-of-range` */
export function rulesWith(rules: WritingRules, { repetitionPenalty = rules.repetitionPenalty }: Pick<GenerationRequest, 'repetitionPenalty'>): WritingRules {
  if (repetitionPenalty > 0 && Number.isFinite(repetitionPenalty)) return { ...rules, repetitionPenalty };
  throw new HeadlightError('out-of-range', `A repetition penalty of ${repetitionPenalty} means nothing. Choose one above 0; 1 is none.`);
}
