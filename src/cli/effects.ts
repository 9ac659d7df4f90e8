import type { Ranking } from '../lenses/evidence/rankContract';
import { partsOf } from '../lenses/attention/parts';
import { ablations } from '../lenses/whatIf/contract';
import { csvTable } from '../picture/csv';
import { bar, percent } from './bar';
import { oneOf, wholeNumber } from './options';
import { outcomeHelp, outcomeOption, outcomeOptions } from './outcomeOption';
import { UsageError, type Verb, type VerbContext } from './verb';

const defaultTop = 10;
const barWidth = 10;

interface HeadEffect {
  readonly part: string;
  readonly layer: number;
  readonly head: number;
  readonly effect: number;
  readonly logOdds: number | null;
}

/** `effects TEXT --word W`: what each head does for an outcome. */
export const effects: Verb = {
  name: 'effects',
  summary: 'what each head does for an outcome, by leaving it out',
  usage: 'effects TEXT (--word W | --next-sentence B | --class L | --next-token T) [--ablation zero|mean] [--top N] [--csv]',
  words: [1, 1],
  options: { ...outcomeOptions, ablation: { type: 'string' }, top: { type: 'string' }, csv: { type: 'boolean' } },
  help: `Measures an outcome of TEXT, and again with each head of the model ablated in turn. Exactly one outcome:

${outcomeHelp}

  --ablation A       ${ablations.join(' or ')}: zeros in place of the head's output (default), or its mean over ordinary sentences
  --top N            list N heads (default ${defaultTop}; with --json and --csv all)
  --csv              all heads as comma-separated values

JSON: {model, device, outcome, scale, value, ablation, heads: [{part, layer, head, effect, logOdds}]}
"effect" is the outcome without the head less the outcome with it: below 0 the head raises the outcome. "logOdds" is
the same of ln(p / (1 - p)), null for what is no probability. The largest effect comes first. One head is off at a
time; heads that do the same stand in for each other, so that effects do not add up.`,

  async run(context) {
    const { call, options, output, words: [text] } = context;
    const ablation = oneOf(options, 'ablation', ablations) ?? 'zero';
    const top = wholeNumber(options, 'top', 1);
    if (options['csv'] === true && output.json) throw new UsageError('Give --csv or --json, not both.');
    const outcome = await outcomeOption(context, text!);
    const ranking = await call('evidence/rank', { outcome, ablation });
    const heads = headsOf(ranking);
    if (output.json) {
      const { model, name, scale, value } = ranking;
      await output.writeJson({ model: model.id, device: model.device, outcome: name, scale, value, ablation, heads: heads.slice(0, top) });
    } else if (options['csv'] === true) {
      const rows = heads.slice(0, top).map(({ part, layer, head, effect, logOdds }) => [part, layer, head, effect, logOdds]);
      for (const line of csvTable([['part', 'layer', 'head', 'effect', 'log-odds'], ...rows]).trimEnd().split('\r\n')) await output.line(line);
    } else await print(context, ranking, heads.slice(0, top ?? defaultTop));
  },
};

function headsOf({ parts }: Ranking): HeadEffect[] {
  return parts
    .flatMap(({ effects: found, heads, logOdds, part }) =>
      Array.from(found, (effect, at): HeadEffect => ({ part, layer: Math.floor(at / heads), head: at % heads, effect, logOdds: logOdds?.[at] ?? null })))
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}

async function print({ output }: VerbContext, { ablation, model, name, scale, value }: Ranking, heads: readonly HeadEffect[]): Promise<void> {
  const isProbability = scale === 'probability';
  const hasParts = partsOf(model).length > 1;
  const largest = Math.max(...heads.map(({ effect }) => Math.abs(effect)), Number.MIN_VALUE);
  const formatted = (number: number): string => (isProbability ? percent(number) : number.toFixed(4));
  await output.line(`${model.name} on ${model.device}`);
  await output.line(`${name} is ${formatted(value)}; without each head, by ${ablation} ablation:\n`);
  for (const { effect, head, layer, logOdds, part } of heads) {
    const place = `${hasParts ? `${part} ` : ''}layer ${layer}, head ${head}`.padEnd(hasParts ? 24 : 16);
    const change = `${effect < 0 ? '-' : '+'}${isProbability ? `${(100 * Math.abs(effect)).toFixed(2)} points` : Math.abs(effect).toFixed(4)}`;
    const odds = logOdds === null ? '' : `  log-odds ${logOdds < 0 ? '-' : '+'}${Math.abs(logOdds).toFixed(2)}`;
    await output.line(`  ${place} ${effect < 0 ? 'raises it' : 'lowers it'} ${bar(Math.abs(effect) / largest, barWidth)} ${change.padStart(13)}${odds}  ${formatted(value + effect)} without it`);
  }
}
