import type { Compute, ComputeContext } from '../compute';
import type { TransformerModel } from '../model';
import { chooserOf } from '../writing/choose';
import type { StopReason, Written, WrittenStep } from '../writing/contract';
import { prefixIds, requireCounts } from '../writing/given';
import { explainStop } from '../writing/stop';
import { writeOn } from '../writing/writeOn';
import { translateByBeams } from './byBeams';
import type { BeamTree, TranslationRequest } from './contract';
import { defaultLimit, readSource, subjectOf } from './source';

/** A text written anew, token by token, with what was looked at for each. */
export const translate: Compute<'translation/translate'> = async (request, context) => {
  const { model, signal } = context;
  const { alternatives, choice } = request;
  requireCounts({ alternatives }, 0);
  requireCounts({ tokens: request.maxTokens, beams: choice.kind === 'beams' ? choice.beams : undefined }, 1);
  const source = readSource(model, request.text);
  const prefix = prefixIds(request.prefix, model, false);
  const maxTokens = Math.min(source.room, request.maxTokens ?? Math.max(defaultLimit(source), prefix.length + 1));
  const { writer } = source;
  const { rules } = writer;
  const plan = {
    writer, rules, prefix: prefix.slice(0, maxTokens), maxTokens, alternatives,
    given: rules.start,
    state: await writer.read([source.ids], signal),
    attention: request.attention ?? true,
  };
  const written = await chosen(request, context, plan);
  const isFull = written.stopped === 'limit' && maxTokens === source.room && (request.maxTokens ?? Infinity) > maxTokens;
  const stopped = isFull ? 'window' : written.stopped;
  return {
    ...subjectOf(model, source),
    ...written,
    stopped,
    firstKeys: textsOf(rules.start, model),
    stoppedExplanation: explainStop(stopped, written.steps.length, model.info.writes!.window),
    maxTokens,
    logProbability: sumOf(written.steps),
  };
};

/** What a translation is made from, whatever chooses its tokens. */
export type TranslationPlan = Omit<Parameters<typeof writeOn>[0], 'choose' | 'continues' | 'window' | 'lens'>;

async function chosen({ choice }: TranslationRequest, context: ComputeContext, plan: TranslationPlan): Promise<
  Pick<Written, 'output' | 'steps'> & { readonly stopped: StopReason; readonly beams: BeamTree | null }
> {
  // One beam is no search: as in Transformers, the most probable token each time.
  if (choice.kind === 'beams' && choice.beams > 1) return translateByBeams(choice, plan, context);
  const choose = chooserOf(choice.kind === 'sample' ? choice : { kind: 'greedy' });
  const written = await writeOn({ ...plan, choose, continues: false, window: Infinity, lens: 0 }, context);
  return { ...written, beams: null };
}

/** Texts of ids as keys of attention. */
export function textsOf(ids: readonly number[], { tokenizer }: TransformerModel): string[] {
  return ids.map((id) => tokenizer.display(id));
}

export function sumOf(steps: readonly Pick<WrittenStep, 'logProbability'>[]): number {
  return steps.reduce((sum, { logProbability }) => sum + logProbability, 0);
}
