import { HeadlightError } from '../../errors';
import type { TextTokenizer } from '../../text/tokenizer';
import type { ComputeContext } from '../compute';
import type { Writer, WriterState } from '../writer';
import { applyRules } from './applyRules';
import type { Choose } from './choose';
import { chosenFrom } from './chosenFrom';
import type { Greedy, Sampling, StopReason, WrittenStep } from './contract';
import { describeStep, distributionOf, lensStates, placed, rowOf } from './describeStep';
import { outputText } from './outputText';
import type { WritingRules } from './rules';
import { reasonToStop } from './stop';

/** What to write on from, and how. */
export interface WritingPlan {
  readonly writer: Writer;
  readonly rules: WritingRules;
  /** One row, that has been given no tokens yet. */
  readonly state: WriterState;
  /** Start tokens, or the prompt. */
  readonly given: readonly number[];
  /** True where the output is read as going on from `given`. */
  readonly continues: boolean;
  /** Written first, whatever the model says. */
  readonly prefix: readonly number[];
  readonly choose: Choose;
  readonly maxTokens: number;
  /** Stops here although more are allowed; `maxTokens` where it is not given. */
  readonly stopAfter?: number;
  /** Most tokens together with those given. */
  readonly window: number;
  /** Alternatives wanted per step. */
  readonly alternatives: number;
  readonly attention: boolean;
  /** Alternatives wanted per hidden state; 0 for no logit lens. */
  readonly lens: number;
  /** The way of choosing whose chances are wanted with each step; none where it is not given. */
  readonly weighed?: Greedy | Sampling;
}

export interface WrittenText {
  readonly output: string;
  readonly steps: readonly WrittenStep[];
  readonly stopped: StopReason;
}

/** Writes one text, a token at a time: what is forced first, then what is chosen. */
export async function writeOn(plan: WritingPlan, { model, progress, signal }: ComputeContext): Promise<WrittenText> {
  const { given, lens, maxTokens, prefix, rules, stopAfter = maxTokens, window, writer } = plan;
  const { tokenizer } = model;
  const steps: WrittenStep[] = [];
  const ids = [...given];
  let text = outputText(tokenizer, plan.continues ? given : []);
  let state = plan.state;
  let fed = given;
  let stopped: StopReason | null = null;
  while (stopped === null) {
    const said = await writer.write(state, { tokens: [fed], attention: plan.attention, lens: lens > 0 }, signal);
    state = said.state;
    const own = distributionOf(said.logits.data, plan.alternatives, tokenizer);
    const forced = prefix[steps.length];
    const ruled = forced === undefined || plan.weighed ? applyRules(own.logits, rules, { before: ids, given: given.length, maxTokens }) : own.logits;
    const chosen = forced === undefined ? plan.choose(ruled) : { id: forced, drawnWith: null };
    requireEntry(chosen.id, tokenizer, model.info.name);
    text = text.append(chosen.id);
    const step = placed(
      describeStep(chosen.id, own, tokenizer, {
        drawnWith: chosen.drawnWith,
        forced: forced !== undefined || (rules.forcedFirst !== null && steps.length === 0),
        selfAttention: rowOf(said.selfAttention, 0),
        crossAttention: rowOf(said.crossAttention, 0),
        lens: said.lens && lensStates(said.lens, chosen.id, lens, tokenizer),
        ...(plan.weighed && { chosenFrom: chosenFrom(own, ruled, plan.weighed, plan.alternatives, [chosen.id], tokenizer) }),
      }),
      text,
    );
    steps.push(step);
    ids.push(chosen.id);
    fed = [chosen.id];
    progress({ message: 'Writing', done: steps.length, total: maxTokens, written: { keep: steps.length - 1, steps: [step], output: text.text } });
    stopped = reasonToStop(chosen.id, steps.length, maxTokens, rules) ?? (ids.length >= window ? 'window' : steps.length >= stopAfter ? 'limit' : null);
  }
  return { output: text.text, steps, stopped };
}

/** @throws HeadlightError `model-broken` for a token that the tokenizer does not have */
export function requireEntry(id: number, tokenizer: TextTokenizer, name: string): void {
  if (tokenizer.has(id)) return;
  throw new HeadlightError(
    'model-broken',
    `${name} wrote token ${id}, but its tokenizer.json has only ${tokenizer.vocabularySize} entries: the two do not belong together. ` +
      'Copy the tokenizer.json that the model was trained with.',
  );
}
