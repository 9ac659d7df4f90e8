import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransformerModel } from '../model';
import { perModel } from '../perModel';
import type { HeldOutPairs } from './contract';

/** The built-in model that was measured; its recipe writes the figures beside the graph. */
const measured = { id: 'encoder', file: 'figures.json' } as const;

const figures = perModel(() => ({ heldOut: null as Promise<HeldOutPairs | null> | null }));

/** What was measured of the model's next-sentence head; null for any but the built-in encoder. */
export function heldOutOf(model: TransformerModel): Promise<HeldOutPairs | null> {
  const state = figures(model);
  state.heldOut ??= model.info.id === measured.id ? read(join(model.folder, measured.file)) : Promise.resolve(null);
  return state.heldOut;
}

/** A note beside the answer: without the file, or with another one in its place, there is none. */
async function read(path: string): Promise<HeldOutPairs | null> {
  try {
    const { pairs, int8 } = JSON.parse(await readFile(path, 'utf8')) as { pairs?: unknown; int8?: Record<string, unknown> };
    const [otherDocument, sameDocument] = [int8?.['next_other_document'], int8?.['next_same_document']];
    const known = [pairs, otherDocument, sameDocument].every((figure) => typeof figure === 'number');
    return known ? ({ pairs, otherDocument, sameDocument } as HeldOutPairs) : null;
  } catch {
    return null;
  }
}
