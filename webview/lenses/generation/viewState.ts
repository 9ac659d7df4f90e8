import type { Branch, BranchStep } from './branches';
import { mostBranches } from './branches';
import { type HowToWrite, readHowToWrite } from './howToWrite';

/** What the generation view remembers while it is hidden. */
export interface GenerationViewState {
  /** The model that the reader chose; null for the usual one. */
  readonly model: string | null;
  readonly how: HowToWrite;
  /** The step that is shown. */
  readonly step: number;
  /** Whose attention is shown; null for the mean of all. */
  readonly layer: number | null;
  readonly head: number | null;
  /** Whether the logit lens is shown. */
  readonly lens: boolean;
  readonly table: boolean;
  /** The prompt and the model that `branches` are of. */
  readonly key: string;
  readonly branches: readonly Branch[];
  /** The branch that is open, an index. */
  readonly open: number;
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {});
const stops = ['stop-token', 'limit', 'window', 'reader'] as const;

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readGenerationState(saved: unknown): GenerationViewState {
  const from = objectOf(saved) as Partial<Record<keyof GenerationViewState, unknown>>;
  const branches = Array.isArray(from.branches) ? from.branches.slice(0, mostBranches).map(branchFrom) : [];
  const whole = branches.every((branch) => branch !== null);
  return {
    model: typeof from.model === 'string' ? from.model : null,
    how: readHowToWrite(from.how),
    step: isIndex(from.step) ? from.step : 0,
    layer: isIndex(from.layer) ? from.layer : null,
    head: isIndex(from.head) ? from.head : null,
    lens: from.lens !== false,
    table: from.table === true,
    key: typeof from.key === 'string' ? from.key : '',
    branches: whole ? branches : [],
    open: isIndex(from.open) ? from.open : 0,
  };
}

function branchFrom(saved: unknown): Branch | null {
  const { how, maxTokens, output, steps, stopped } = objectOf(saved);
  const reason = stops.find((one) => one === stopped);
  const read = Array.isArray(steps) ? steps.map(stepFrom) : [];
  if (typeof output !== 'string' || reason === undefined || !isIndex(maxTokens) || read.length === 0 || !read.every((step) => step !== null)) return null;
  return { steps: read, output, stopped: reason, how: readHowToWrite(how), maxTokens };
}

function stepFrom(saved: unknown): BranchStep | null {
  const { drawnWith, forced, id, probability, special, start, startsWord, token } = objectOf(saved);
  return isIndex(id) && typeof probability === 'number' && isIndex(start) && typeof token === 'string'
    ? { drawnWith: typeof drawnWith === 'number' ? drawnWith : null, forced: forced === true, id, probability, special: special === true, start, startsWord: startsWord === true, token }
    : null;
}
