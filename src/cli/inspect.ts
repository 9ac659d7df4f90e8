import type { Inspection } from '../lenses/inspection/contract';
import { inspectionPage } from '../standalone/inspectionPage';
import { formatBytes } from '../picture/formatBytes';
import { numbersStored } from '../standalone/inspectionTexts';
import { text } from './options';
import { modelOf } from './target';
import type { Verb } from './verb';
import { writeWholeFile } from './writeFile';

/** `inspect DIR`: what Headlight finds in a model folder. */
export const inspect: Verb = {
  name: 'inspect',
  summary: 'what Headlight finds in a model folder, without loading it',
  usage: 'inspect DIR [--html FILE]',
  words: [1, 1],
  options: { html: { type: 'string' } },
  help: `Reads the configuration, the tokenizer and the graphs in DIR, or of a built-in model by its name, and says which attention
can be shown, what each output is for, and what cannot be shown, with the node that stopped it. Nothing is computed, and
weights stay on the disk.

  --html FILE   writes the report, with a drawing of the layers, to one page

JSON: {architecture, opset, layers, heads, attentions: [{file, layer, kind, heads, node}], hiddenStates: {found, of},
       heads_of_output: [{file, name, kind, size}], unsupported: [{file, node, reason}],
       tokenizer: {model, vocabulary, maskToken} or null, window, name, folder, hiddenSize,
       files: [{name, size, opset, producer, nodes, weights: {fp32: count, …}, fused: {operator: count}}]}
"layers" and "heads" are of the part that reads; "opset" is that of the first file.`,

  async run({ call, options, output, target, words }) {
    const found = await call('model/inspect', {}, { ...target, model: modelOf(words[0]!) });
    const page = text(options, 'html');
    if (page !== undefined) {
      await writeWholeFile(page, inspectionPage(found, new Date()));
      await output.line(`Wrote ${page}`);
      return;
    }
    const { outputs, ...rest } = found;
    if (output.json) await output.writeJson({ ...rest, opset: found.files[0]?.opset ?? null, heads_of_output: outputs });
    else await output.write(describe(found));
  },
};

function describe(found: Inspection): string {
  const { attentions, files, heads, hiddenSize, hiddenStates, layers, outputs, tokenizer, unsupported, window } = found;
  const kinds = [...new Set(attentions.map(({ kind }) => kind))].map((kind) => `${attentions.filter((one) => one.kind === kind).length} ${kind}`);
  const lines: [string, string][] = [
    ['architecture', found.architecture],
    ...files.map(({ name, nodes, opset, producer, size, weights }): [string, string] => [name, `${formatBytes(size)}, opset ${opset}, ${nodes} nodes, ${numbersStored(weights)}${producer === '' ? '' : `, by ${producer}`}`]),
    ['layers, heads, width', `${layers}, ${heads ?? 'unknown'}, ${hiddenSize ?? 'unknown'}`],
    ['attention', kinds.length === 0 ? 'none found' : kinds.join(', ')],
    ['hidden states', `${hiddenStates.found} of ${hiddenStates.of} found`],
    ...outputs.map(({ file, kind, name, size }): [string, string] => [`output ${name}`, `${kind}${size === null ? '' : ` (${size})`}, ${file}`]),
    ['tokenizer', tokenizer ? `${tokenizer.model}, ${tokenizer.vocabulary} entries, mask token ${tokenizer.maskToken ?? 'none'}` : 'cannot be read'],
    ['window', window === null ? 'no limit stated' : `${window} tokens`],
    ...(unsupported.length === 0 ? [['not shown', 'nothing: all of it can be shown'] as [string, string]] : []),
    ...unsupported.map(({ file, node, reason }): [string, string] => ['not shown', `${reason}${node === '' ? '' : `, at node ${node}`} (${file})`]),
  ];
  return `${found.name}\n${lines.map(([name, value]) => `  ${name.padEnd(21)} ${value}`).join('\n')}\n`;
}
