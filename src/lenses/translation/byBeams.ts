import type { ComputeContext } from '../compute';
import type { WriterOutput } from '../writer';
import type { Beams, StopReason, WrittenStep } from '../writing/contract';
import { describeStep, distributionOf, placed, rowOf } from '../writing/describeStep';
import { type OutputText, outputText } from '../writing/outputText';
import { reasonToStop } from '../writing/stop';
import { requireEntry, writeOn } from '../writing/writeOn';
import { BeamSearch, type Node, pathTo } from './beamSearch';
import { type BeamRecord, beamTree } from './beamTree';
import type { TranslationPlan } from './compute';
import type { BeamTree } from './contract';

/** A translation by the best of several hypotheses, with all that were weighed. */
export async function translateByBeams(
  { beams, lengthPenalty }: Beams,
  plan: TranslationPlan,
  context: ComputeContext,
): Promise<{ readonly output: string; readonly steps: readonly WrittenStep[]; readonly stopped: StopReason; readonly beams: BeamTree | null }> {
  const { given, maxTokens, rules, writer } = plan;
  const { progress, signal, model: { info, tokenizer } } = context;
  const forced = await forcedSteps(plan, context);
  if (forced.ended !== null) return { output: forced.text.text, steps: forced.steps, stopped: forced.ended, beams: null };
  const penalty = lengthPenalty ?? rules.lengthPenalty;
  const options = { beams, lengthPenalty: penalty, rules, given: [...given, ...plan.prefix], maxTokens: maxTokens - plan.prefix.length };
  // The language that the output has to begin with is forced once, by its place behind the start tokens.
  const search = new BeamSearch(plan.prefix.length > 0 ? { ...options, rules: { ...rules, forcedFirst: null } } : options);
  const records = new Map<Node, BeamRecord>();
  const every: Node[] = [];
  let { state } = forced;
  let fed: readonly (readonly number[])[] = [forced.next];
  let sent: readonly Node[] = [];
  while (!search.hasEnded()) {
    const said = await writer.write(state, { tokens: fed, attention: plan.attention }, signal);
    const distributions = rowsOf(said).map((logits) => distributionOf(logits, plan.alternatives, tokenizer));
    const { nodes, rows, tokens } = search.advance(distributions.map(({ logs }) => logs));
    every.push(...nodes);
    for (const node of nodes) {
      if (node.fate === 'pruned') continue;
      requireEntry(node.id, tokenizer, info.name);
      const text: OutputText = (node.parent === null ? forced.text : records.get(node.parent)!.text).append(node.id);
      const step = describeStep(node.id, distributions[node.row]!, tokenizer, {
        drawnWith: null,
        forced: rules.forcedFirst !== null && plan.prefix.length === 0 && node.step === 0,
        selfAttention: rowOf(said.selfAttention, node.row),
        crossAttention: rowOf(said.crossAttention, node.row),
        lens: null,
      });
      records.set(node, { text, step: placed(step, text) });
    }
    const best = (search.hasEnded() ? search.finished[0]?.node : search.followed[0]) ?? null;
    const path = pathTo(best);
    const keep = path.findIndex((node, index) => node !== sent[index]);
    const from = keep < 0 ? path.length : keep;
    progress({
      message: 'Writing',
      done: forced.steps.length + path.length,
      total: maxTokens,
      written: {
        keep: forced.steps.length + from,
        steps: path.slice(from).map((node) => records.get(node)!.step),
        output: best === null ? forced.text.text : records.get(best)!.text.text,
      },
    });
    sent = path;
    if (!search.hasEnded()) state = said.state.take(rows);
    fed = tokens.map((id) => [id]);
  }
  const best = search.finished[0]!.node;
  return {
    output: records.get(best)!.text.text,
    steps: [...forced.steps, ...pathTo(best).map((node) => records.get(node)!.step)],
    stopped: reasonToStop(best.id, best.step + 1, options.maxTokens, rules) ?? 'limit',
    beams: beamTree(every, search.finished, records, { beams, lengthPenalty: penalty, firstStep: forced.steps.length }, tokenizer),
  };
}

/** What the output is forced to begin with, written before the search starts. */
async function forcedSteps(plan: TranslationPlan, context: ComputeContext): Promise<{
  readonly steps: readonly WrittenStep[];
  readonly text: OutputText;
  readonly state: TranslationPlan['state'];
  /** Tokens to give next. */
  readonly next: readonly number[];
  /** Why nothing is left to search; null where there is. */
  readonly ended: StopReason | null;
}> {
  const { given, prefix, state } = plan;
  const { model: { tokenizer }, signal } = context;
  const text = prefix.reduce((before, id) => before.append(id), outputText(tokenizer));
  if (prefix.length === 0) return { steps: [], text, state, next: given, ended: null };
  const never = (): never => {
    throw new Error('All of a forced prefix is given.');
  };
  const { steps, stopped } = await writeOn(
    { ...plan, choose: never, continues: false, window: Infinity, lens: 0, maxTokens: prefix.length },
    context,
  );
  const isEnd = plan.rules.stop.includes(steps.at(-1)!.id);
  if (isEnd || plan.maxTokens <= prefix.length) return { steps, text, state, next: [], ended: isEnd ? 'stop-token' : stopped };
  // What was read last is the prefix without its last token, which the search is given first.
  const before = await plan.writer.write(state, { tokens: [[...given, ...prefix.slice(0, -1)]], attention: false }, signal);
  return { steps, text, state: before.state, next: prefix.slice(-1), ended: null };
}

function rowsOf({ logits: { data, dims } }: WriterOutput): Float32Array[] {
  const [rows, vocabulary] = dims as [number, number];
  return Array.from({ length: rows }, (_, row) => data.subarray(row * vocabulary, (row + 1) * vocabulary));
}
