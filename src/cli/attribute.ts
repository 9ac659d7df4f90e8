import { occlusionMethods } from '../lenses/attribution/method';
import { agreementInWords, wayNames } from '../lenses/evidence/agreementInWords';
import type { Attribution } from '../lenses/evidence/attributionContract';
import { attributedParts } from '../lenses/evidence/attributionContract';
import { excerpt, visibleLine } from '../text/visibleText';
import { bar, percent } from './bar';
import { oneOf, text as textOption } from './options';
import { outcomeOrSense, senseHelp, senseOptions, senseUsage } from './outcomeOrSense';
import { UsageError, type Verb, type VerbContext } from './verb';

const barWidth = 10;
const longestShown = 24;

/** `attribute TEXT`: what each word does for an outcome, and whether attention says so. */
export const attribute: Verb = {
  name: 'attribute',
  summary: 'what each word does for an outcome, by leaving it out, and whether attention agrees',
  usage: `attribute TEXT (${senseUsage}) [--other SENTENCE] [--by ${attributedParts.join('|')}] [--method ${occlusionMethods.join('|')}]`,
  words: [1, 1],
  options: { ...senseOptions, other: { type: 'string' }, by: { type: 'string' }, method: { type: 'string' } },
  help: `Measures an outcome of TEXT without each of its words in turn (occlusion), beside three ways to read attention from the
place where the outcome is read ([MASK], [CLS], the last token, or the word): weights of the last layer, the same weighed by
the norms of what is brought over, and rolled out over all layers. The rank correlation says how far each agrees.

${senseHelp}: in TEXT, and in the text of --other SENTENCE
  --by B           ${attributedParts.join(' or ')}: what is left out at a time (default ${attributedParts[0]})
  --method M       ${occlusionMethods.join(' or ')}: put the mask token in its place (default), or take it away

JSON: {model, device, name, value, by, method, parts: [{text, start, end, segment, without, effect}], layer, cross,
       attended: [{way, correlation, weights}]}
"effect" is the value less that without the part: above 0 the part speaks for the outcome. "way" is attention, norms or
rollout; ways that the model does not show are missing. "correlation" is Spearman's, of the weights with the size of the
effects; null where there is too little to rank. "cross" tells attention of what is written to the text.`,

  async run(context) {
    const { call, options, output, words: [text] } = context;
    const other = textOption(options, 'other');
    if (other !== undefined && options['sense'] === undefined) throw new UsageError('--other is the text that a word is compared in: add --sense.');
    const attribution = await call('evidence/attribution', {
      outcome: await outcomeOrSense(context, text!, other),
      by: oneOf(options, 'by', attributedParts) ?? 'word',
      method: oneOf(options, 'method', occlusionMethods) ?? 'mask',
    });
    const textOf = ({ end, segment, start }: Attribution['parts'][number]): string => (segment === 0 ? text! : textOption(options, 'next-sentence')!).slice(start, end);
    if (output.json) await output.writeJson(attributionJson(attribution, textOf));
    else await print(context, attribution, (part) => excerpt(visibleLine(textOf(attribution.parts[part]!)), longestShown));
  },
};

function attributionJson({ attended, by, isCross, layer, method, model, name, parts, value }: Attribution, textOf: (part: Attribution['parts'][number]) => string): object {
  return {
    model: model.id, device: model.device, name, value, by, method,
    parts: parts.map((part) => ({ text: textOf(part), start: part.start, end: part.end, segment: part.segment, without: part.without, effect: part.effect })),
    layer, cross: isCross,
    attended: attended.map(({ correlation, way, weights }) => ({ way, correlation, weights: [...weights] })),
  };
}

async function print({ output }: VerbContext, attribution: Attribution, nameOf: (part: number) => string): Promise<void> {
  const { attended, method, model, name, parts, value } = attribution;
  await output.line(`${model.name} on ${model.device}`);
  await output.line(`${name} is ${value.toPrecision(4)}; what it loses without each ${attribution.by}, by ${method === 'mask' ? `${model.maskToken ?? 'a mask'} in its place` : 'taking it away'}\n`);
  const most = Math.max(...parts.map(({ effect }) => Math.abs(effect)), Number.MIN_VALUE);
  const width = Math.max(...parts.map((_, part) => nameOf(part).length));
  for (const [part, { effect }] of parts.entries()) {
    const side = effect >= 0 ? 'for    ' : 'against';
    const looks = attended.map(({ way, weights }) => `  ${wayNames[way].toLowerCase()} ${percent(weights[part]!).padStart(7)}`).join('');
    await output.line(`  ${nameOf(part).padEnd(width)} ${side} ${bar(Math.abs(effect) / most, barWidth)} ${effect.toPrecision(3).padStart(10)}${looks}`);
  }
  if (attended.length > 0) await output.line('');
  for (const way of attended) await output.line(agreementInWords(way, attribution, nameOf));
}
