import { attentionParts, headMetricNames, type AttentionMapKey, type AttentionPart } from '../../../src/lenses/attention/contract';
import { mapKinds } from '../../../src/lenses/attention/maps';
import type { ForcedPrefix } from '../../../src/lenses/writing/contract';
import type { OpenedView } from '../../../src/panel/contract';
import { readCompareState, type CompareState } from './compare/compareState';
import { drawings, type Drawing } from './drawings';
import { sumStages, type SumStage } from './sumStages';
import { pairFilters, type PairFilter } from './headView';
import { mostHeads, type HeadPlace } from './severalHeads';

/** A token that the reader follows: a row (query) or a column (key), by token index. */
export interface Followed {
  readonly side: 'query' | 'key';
  readonly token: number;
  /** Chosen in the view: the document is shaded for it, and a bare cursor there does not take its place. */
  readonly kept?: boolean;
}

/** How the grid orders heads: by layer and head, by a metric, or by what was measured of them. */
const headOrders = ['layer', 'effect', ...headMetricNames] as const;
export type HeadOrder = (typeof headOrders)[number];

/** What the attention view remembers while it is hidden. */
export interface AttentionViewState {
  /** −1 for the last layer. */
  readonly layer: number;
  readonly head: number;
  /** The heads that are drawn together, `layer` and `head` the last of them; null while one is drawn alone. */
  readonly together: readonly HeadPlace[] | null;
  /** `auto` until the reader chooses. */
  readonly drawing: Drawing | 'auto';
  readonly hideSpecial: boolean;
  readonly mergePieces: boolean;
  /** Share of each row's weight that lines show; null for what suits the text's length. */
  readonly mass: number | null;
  readonly pairs: PairFilter;
  readonly table: boolean;
  /** Which map of the chosen layer and head is shown. */
  readonly map: AttentionMapKey['kind'];
  /** The step of the sum that is shown, null while the sum is closed. */
  readonly stage: SumStage | null;
  /** Null while nothing is compared. */
  readonly compare: CompareState | null;
  readonly order: HeadOrder;
  /** Heads below this value of what orders them are dimmed. */
  readonly least: number;
  readonly pinned: Followed | null;
  /** The text that `pinned` belongs to. */
  readonly text: string;
  /** Which stack of attention is shown; null for the first that the model has. */
  readonly part: AttentionPart | null;
  /** What the model is looked at writing instead of its own translation of `text`; null for that. */
  readonly written: ForcedPrefix | null;
  /** The model that is asked about `text` in place of the one in force, by its id; null for that. */
  readonly inModel: string | null;
  /** Which opening of a link this began with; null for none. */
  readonly opened: string | null;
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function followedFrom(value: unknown): Followed | null {
  const { side, token, kept } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Followed>;
  return (side === 'query' || side === 'key') && isIndex(token) ? { side, token, ...(kept === true && { kept }) } : null;
}

function writtenFrom(value: unknown): ForcedPrefix | null {
  const { text, ids } = (typeof value === 'object' && value !== null ? value : {}) as { readonly text?: unknown; readonly ids?: unknown };
  if (typeof text === 'string') return { text };
  return Array.isArray(ids) && ids.every(isIndex) ? { ids } : null;
}

const isPlace = (value: unknown): value is HeadPlace =>
  typeof value === 'object' && value !== null && 'layer' in value && 'head' in value && isIndex(value.layer) && isIndex(value.head);

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readAttentionState(saved: unknown, firstLayer: number): AttentionViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<AttentionViewState>;
  return {
    layer: Number.isInteger(from.layer) ? from.layer! : firstLayer,
    head: isIndex(from.head) ? from.head : 0,
    together: Array.isArray(from.together) ? from.together.filter(isPlace).slice(0, mostHeads) : null,
    drawing: drawings.find(({ value }) => value === from.drawing)?.value ?? 'auto',
    hideSpecial: from.hideSpecial === true,
    mergePieces: from.mergePieces === true,
    mass: typeof from.mass === 'number' && from.mass > 0 && from.mass <= 1 ? from.mass : null,
    pairs: pairFilters.find((name) => name === from.pairs) ?? 'all',
    table: from.table === true,
    order: headOrders.find((name) => name === from.order) ?? 'layer',
    least: typeof from.least === 'number' && from.least > 0 && Number.isFinite(from.least) ? from.least : 0,
    map: mapKinds.find((kind) => kind === from.map) ?? 'head',
    stage: sumStages.find((stage) => stage === from.stage) ?? null,
    compare: readCompareState(from.compare),
    pinned: followedFrom(from.pinned),
    text: typeof from.text === 'string' ? from.text : '',
    part: attentionParts.find((part) => part === from.part) ?? null,
    written: writtenFrom(from.written),
    inModel: typeof from.inModel === 'string' ? from.inModel : null,
    opened: typeof from.opened === 'string' ? from.opened : null,
  };
}

/** The state that a link opens a text with. Its token is kept, or a cursor that stands in the text would take its place. */
export function openedState({ id, state }: OpenedView, text: string, firstLayer: number): AttentionViewState {
  const { pinned, ...read } = readAttentionState(state, firstLayer);
  return { ...read, pinned: pinned && { ...pinned, kept: true }, text, opened: id };
}
