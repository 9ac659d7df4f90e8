import type { InspectedFile, Inspection, OutputKind } from '../lenses/inspection/contract';
import { formatBytes } from '../picture/formatBytes';
import type { SvgElement } from '../picture/svg';
import { html } from './html';
import { numbersStored } from './inspectionTexts';
import { layerStack } from './layerStack';
import { staticPage } from './staticPage';

/** The report as one page without a script, to keep. */
export function inspectionPage(found: Inspection, made: Date): string {
  const footer = html('footer', {}, html('p', {}, `Made on ${made.toISOString().slice(0, 10)} with Headlight.`));
  return staticPage(`${found.name} – Headlight`, [inspectionBody(found), footer]);
}

/** The report in the editor's colours. */
export function inspectionView(found: Inspection): string {
  return staticPage(found.name, [inspectionBody(found)], 'editor');
}

const uses: Readonly<Record<OutputKind, string>> = {
  vocabulary: 'A number for each entry of the vocabulary at each token: predictions, surprise, writing.',
  classes: 'A number for each class of the whole text, read off its first token.',
  'token classes': 'A number for each class at each token.',
  'next sentence': 'Whether the second sentence follows the first.',
  'answer span': 'Where in the text an answer begins or ends.',
  'hidden state': 'A vector for each token: what other parts, or your own program, read.',
  'pooled vector': 'One vector for the whole text.',
  other: 'Something that no view of Headlight shows.',
};

/** What was found in a model folder: a drawing of its layers, and tables. */
function inspectionBody(found: Inspection): SvgElement {
  const stack = layerStack(found);
  return html(
    'main', { class: 'report' },
    html('h1', {}, found.name),
    html('p', {}, verdict(found)),
    facts(found),
    ...(stack ? [html('figure', {}, stack, html('figcaption', {}, 'From what goes in, at the bottom, to what comes out. Each layer is an attention with a feed-forward part behind it; residual connections lead around both.'))] : []),
    ...missing(found),
    html('h2', {}, 'Attention'),
    found.attentions.length === 0 ? html('p', {}, 'None was found.') : table(['File', 'Layer', 'Kind', 'Heads', 'Node'], found.attentions.map(({ file, layer, kind, heads, node }) => [file, String(layer), kind, String(heads ?? '?'), node])),
    html('h2', {}, 'Outputs'),
    table(['File', 'Output', 'What it is', 'What it is for'], found.outputs.map(({ file, name, kind, size }) => [file, name, `${kind}${size === null ? '' : ` (${size})`}`, uses[kind]])),
    html('h2', {}, 'Files'),
    table(['File', 'Size', 'Opset', 'Nodes', 'Weights', 'Made by'], found.files.map(({ name, nodes, opset, producer, size, weights }) => [name, formatBytes(size), String(opset), String(nodes), numbersStored(weights), producer])),
    ...fusedNote(found.files),
  );
}

/** In one sentence, before all numbers. */
function verdict({ attentions, hiddenStates, unsupported }: Inspection): string {
  if (attentions.length === 0) return 'Headlight found no attention in this model that it can show.';
  const whole = unsupported.length === 0 && hiddenStates.found === hiddenStates.of;
  return whole ? 'Everything in this model can be shown: every attention, and all hidden states between the layers.' : 'Headlight can show a part of this model; what it cannot show is listed below, with the reason.';
}

function facts({ architecture, folder, heads, hiddenSize, hiddenStates, layers, tokenizer, window }: Inspection): SvgElement {
  const rows: [string, string][] = [
    ['Architecture', architecture],
    ['Folder', folder],
    ['Layers × heads', `${layers} × ${heads ?? 'unknown'}`],
    ['Hidden size', String(hiddenSize ?? 'unknown')],
    ['Hidden states', `${hiddenStates.found} of ${hiddenStates.of} found`],
    ['Longest input', window === null ? 'no limit stated' : `${window} tokens`],
    ['Tokenizer', tokenizer ? `${tokenizer.model}, ${tokenizer.vocabulary} entries, ${tokenizer.maskToken === null ? 'no mask token' : `mask token ${tokenizer.maskToken}`}` : 'cannot be read'],
  ];
  return html('dl', {}, ...rows.flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, value)]));
}

function missing({ unsupported }: Inspection): SvgElement[] {
  if (unsupported.length === 0) return [];
  return [html('h2', {}, 'What cannot be shown'), table(['File', 'Why', 'Node'], unsupported.map(({ file, node, reason }) => [file, reason, node]))];
}

function fusedNote(files: readonly InspectedFile[]): SvgElement[] {
  const fused = files.flatMap((file) => Object.entries(file.fused));
  if (fused.length === 0) return [];
  const said = fused.map(([operator, count]) => `${count} × ${operator}`).join(', ');
  return [html('p', { class: 'muted' }, `An optimizer fused parts of the graph (${said}). Headlight writes them out in plain operators, so that what happens inside can be shown; results stay the same up to rounding.`)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): SvgElement {
  return html(
    'div', { class: 'wide' },
    html('table', {},
      html('thead', {}, html('tr', {}, ...head.map((title) => html('th', { scope: 'col' }, title)))),
      html('tbody', {}, ...rows.map((row) => html('tr', {}, ...row.map((cell) => html('td', {}, cell))))),
    ),
  );
}

