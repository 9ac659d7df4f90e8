import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransformerModel } from './model';
import { perModel } from './perModel';

/** The built-in model that was measured; its recipe writes the figures beside the graph. */
const measured = { id: 'encoder', file: 'figures.json' } as const;

type Figures = Readonly<Record<string, unknown>>;

const known = perModel(() => ({ figures: null as Promise<Figures> | null }));

/** What was measured of the built-in encoder as it is stored; empty for any other model, and where the file is not there. */
export function builtInFigures(model: TransformerModel): Promise<Figures> {
  const state = known(model);
  state.figures ??= model.info.id === measured.id ? read(join(model.folder, measured.file)) : Promise.resolve({});
  return state.figures;
}

/** A note beside an answer: without the file, or with another one in its place, there is none. */
async function read(path: string): Promise<Figures> {
  try {
    const { int8, ...figures } = JSON.parse(await readFile(path, 'utf8')) as Figures;
    return { ...figures, ...(typeof int8 === 'object' ? int8 : {}) };
  } catch {
    return {};
  }
}
