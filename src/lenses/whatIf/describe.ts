import { visibleText } from '../../text/visibleText';
import type { AttentionPart } from '../attention/contract';
import type { ModelInfo } from '../model';
import type { ChosenSwitches } from './chosen';
import type { Ablation, Switches } from './contract';

/** One thing that is off, in words, and what is off without it. */
export interface OffItem {
  readonly text: string;
  readonly without: ChosenSwitches;
}

/** Things that are named one by one; of more, their number is said. */
const mostNamed = 3;

/** What a head gives that is off, in a sentence. */
export const ablationTexts: Readonly<Record<Ablation, string>> = {
  zero: 'The layer goes on without it.',
  mean: 'Its mean over the tokens of ordinary sentences: what it always says stays, what it says of this text goes.',
};

const inPart: Readonly<Record<AttentionPart, string>> = { encoder: '', decoder: 'decoder ', cross: 'cross-attention ' };

/** All that is off, in the order heads, layers, edges, tokens, positions. */
export function offItems(switches: ChosenSwitches): readonly OffItem[] {
  const { heads, layers, edges, tokens, withoutPositions } = switches;
  const less = <T>(list: readonly T[], item: T): readonly T[] => list.filter((other) => other !== item);
  return [
    ...heads.map((head) => ({ text: headText(head), without: { ...switches, heads: less(heads, head) } })),
    ...layers.map((layer) => ({ text: layerText(layer), without: { ...switches, layers: less(layers, layer) } })),
    ...edges.map((edge) => ({ text: edgeText(edge, switches), without: { ...switches, edges: less(edges, edge) } })),
    ...tokens.map((token) => ({ text: tokenText(token, switches), without: { ...switches, tokens: less(tokens, token) } })),
    ...(withoutPositions ? [{ text: 'position embeddings', without: { ...switches, withoutPositions: false } }] : []),
  ];
}

export function offCount({ heads, layers, edges, tokens, withoutPositions }: Switches): number {
  return heads.length + layers.length + edges.length + tokens.length + Number(withoutPositions);
}

/** What is off in a few words, such as "head 3.4 off" or "12 off"; empty where all is on. */
export function offText(switches: Switches): string {
  const count = offCount(switches);
  if (count === 0) return '';
  const named = [...switches.heads.map(headText), ...switches.layers.map(layerText), ...(switches.withoutPositions ? ['positions'] : [])];
  const words = named.length === count && count <= mostNamed ? `${listed(named)} off` : `${count} off`;
  return switches.heads.length > 0 && switches.ablation === 'mean' ? `${words} (mean)` : words;
}

/** A model of which some is off: whatever names it says so, and so does what is saved. */
export function switchedInfo(info: ModelInfo, switches: Switches): ModelInfo {
  return { ...info, name: `${info.name} with ${offText(switches)}`, switches };
}

function headText({ part, layer, head }: Switches['heads'][number]): string {
  return `${inPart[part]}head ${layer}.${head}`;
}

function layerText({ part, layer }: Switches['layers'][number]): string {
  return `${inPart[part]}layer ${layer}`;
}

function edgeText({ part, layer, head, query, key }: Switches['edges'][number], switches: ChosenSwitches): string {
  const where = layer === null ? 'everywhere' : head === null ? `in layer ${layer}` : `in head ${layer}.${head}`;
  // What is written has no ids of its own here.
  const ofWritten = part === 'decoder' && switches.anew === true;
  const from = ofWritten || part === 'cross' ? `place ${query}` : written(query, switches);
  return `${inPart[part]}edge ${from} → ${ofWritten ? `place ${key}` : written(key, switches)} ${where}`;
}

function tokenText({ token, to }: Switches['tokens'][number], switches: ChosenSwitches): string {
  const word = written(token, switches);
  if (to === 'hidden') return `${word} hidden`;
  if (to === 'deleted') return `${word} deleted`;
  return `${word} replaced by “${visibleText(switches.words[to.id] ?? `entry ${to.id}`)}”`;
}

function written(token: number, { ids, words }: ChosenSwitches): string {
  const word = words[ids?.[token] ?? -1];
  return word === undefined ? `token ${token}` : `“${visibleText(word)}”`;
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}
