import { deviceNames } from '../lenses/model';
import { switchHelp } from './switchOptions';
import { usualModel } from './target';
import type { Verb } from './verb';

const commonHelp = (model: string): string => `Options of every verb:
  --json          print JSON, and nothing else, to stdout
  --model M       id of a built-in model or a folder with an ONNX export (default ${model})
  --device D      auto, ${deviceNames.join(', ')} (default cpu)
  --help          this help
Write -- before a text that begins with a dash. Errors go to stderr, with exit code 1, or 2 for a
command line that is not understood.
`;

/** The list of verbs. */
export function overview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  const lines = verbs.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}`);
  return `Headlight: see what a transformer sees.

Usage: headlight VERB … (node dist/cli.js VERB …)

${lines.join('\n')}

Run "headlight VERB --help" for the options and the JSON of a verb.

${commonHelp(`${usualModel}, but translator for translate and decoder for generate`)}`;
}

/** Help on one verb. */
export function helpOf(verb: Verb): string {
  return `Usage: headlight ${verb.usage}\n\n${verb.help}\n\n${verb.switchable ? `${switchHelp}\n` : ''}${commonHelp(verb.model ?? usualModel)}`;
}
