import { type EdgeOfPart, type HeadOfPart, nothingOff, type SwitchedToken, type Switches } from './contract';

/** What a reader has off, with the words that it is told in. */
export interface ChosenSwitches extends Switches {
  /** How tokens are written, by id: those that `ids` names and those that replace others. */
  readonly words: Readonly<Record<number, string>>;
  /** Whether the text is written anew, so that edges of the decoder are counted in what is written. */
  readonly anew?: boolean;
}

/** What was off once, kept under a name. */
export interface NamedSwitches {
  readonly name: string;
  readonly switches: ChosenSwitches;
}

export const allOn: ChosenSwitches = { ...nothingOff, words: {} };

/** The text that edges and tokens are of. */
export interface SwitchedText extends Pick<ChosenSwitches, 'words' | 'anew'> {
  readonly ids: readonly number[];
}

type LayerOfPart = Switches['layers'][number];

const sameLayer = (one: LayerOfPart, other: LayerOfPart): boolean => one.part === other.part && one.layer === other.layer;
const sameHead = (one: HeadOfPart, other: HeadOfPart): boolean => sameLayer(one, other) && one.head === other.head;
export const sameEdge = (one: EdgeOfPart, other: EdgeOfPart): boolean =>
  one.part === other.part && one.layer === other.layer && one.head === other.head && one.query === other.query && one.key === other.key;

export function isLayerOff({ layers }: Switches, layer: LayerOfPart): boolean {
  return layers.some((off) => sameLayer(off, layer));
}

/** Whether a head is off, by itself or with its layer. */
export function isHeadOff(switches: Switches, head: HeadOfPart): boolean {
  return isLayerOff(switches, head) || switches.heads.some((off) => sameHead(off, head));
}

/** A head switched; one that is off with its layer only is switched off by itself too. */
export function withHead(switches: ChosenSwitches, head: HeadOfPart): ChosenSwitches {
  return { ...switches, heads: toggled(switches.heads, head, sameHead) };
}

export function withLayer(switches: ChosenSwitches, layer: LayerOfPart): ChosenSwitches {
  return { ...switches, layers: toggled(switches.layers, layer, sameLayer) };
}

/** Whether a row of a grid is off: a layer; of cross-attention, which stands in the decoder's layers, all heads of the row. */
export function isRowOff(switches: Switches, row: LayerOfPart, heads: number): boolean {
  return row.part === 'cross' ? headsOf(row, heads).every((head) => isHeadOff(switches, head)) : isLayerOff(switches, row);
}

export function withRow(switches: ChosenSwitches, row: LayerOfPart, heads: number): ChosenSwitches {
  if (row.part !== 'cross') return withLayer(switches, row);
  const others = switches.heads.filter((head) => !sameLayer(head, row));
  return { ...switches, heads: isRowOff(switches, row, heads) ? others : [...others, ...headsOf(row, heads)] };
}

function headsOf(row: LayerOfPart, heads: number): readonly HeadOfPart[] {
  return Array.from({ length: heads }, (_, head) => ({ ...row, head }));
}

/** An edge cut, or let be again. Edges and tokens of another text are forgotten: those of one text are off at a time. */
export function withEdge(switches: ChosenSwitches, edge: EdgeOfPart, text: SwitchedText): ChosenSwitches {
  const own = ofText(switches, text);
  return { ...own, edges: toggled(own.edges, edge, sameEdge) };
}

/** A token switched; null lets it be as it is. */
export function withToken(switches: ChosenSwitches, token: number, to: SwitchedToken['to'] | null, text: SwitchedText): ChosenSwitches {
  const own = ofText(switches, text);
  const others = own.tokens.filter((other) => other.token !== token);
  return { ...own, tokens: to === null ? others : [...others, { token, to }] };
}

/** Whether edges and tokens that are off are of this text. */
export function isOfText({ ids: own }: Switches, ids: readonly number[]): boolean {
  return own !== null && own.length === ids.length && own.every((id, index) => id === ids[index]);
}

/** Edges of a text that are off in a head. */
export function edgesIn(switches: Switches, { part, layer, head }: HeadOfPart, ids: readonly number[]): readonly EdgeOfPart[] {
  if (!isOfText(switches, ids)) return [];
  return switches.edges.filter((edge) => edge.part === part && (edge.layer ?? layer) === layer && (edge.head ?? head) === head);
}

function ofText(switches: ChosenSwitches, { ids, words, anew = false }: SwitchedText): ChosenSwitches {
  if (isOfText(switches, ids)) return { ...switches, words: { ...switches.words, ...words } };
  return { ...switches, edges: [], tokens: [], ids, words, anew };
}

function toggled<T>(list: readonly T[], item: T, same: (one: T, other: T) => boolean): readonly T[] {
  const without = list.filter((other) => !same(other, item));
  return without.length < list.length ? without : [...list, item];
}
