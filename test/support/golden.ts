import { readFileSync } from 'node:fs';
import type { Tensor } from '../../src/lenses/model';

export { largestDifference } from '../../src/math/largestDifference';

/** One golden case as `test/golden/golden_files.py` writes it. Throws where a file is missing. */
export interface Golden {
  readonly text: string;
  readonly pair: string | null;
  readonly ids: readonly number[];
  readonly ranges: readonly (readonly [number, number])[];
  readonly masks?: readonly GoldenMask[];
  /** Of the logit lens: which entries of the vocabulary its tensor has, and the likeliest entry of all, `[mask][state]`. */
  readonly lens?: { readonly stride: number; readonly likeliest: readonly (readonly number[])[] };
  readonly tensor: (name: string) => Tensor | null;
  readonly isNext?: number;
}

interface GoldenMask {
  readonly position: number;
  readonly top: readonly { readonly id: number; readonly token: string; readonly probability: number }[];
}

type Layout = Readonly<Record<string, { readonly dims: readonly number[]; readonly offset: number }>>;

/** @param stem path of the case without `.json` or `.bin` */
export function readGolden(stem: string): Golden {
  const { tensors, ...golden } = JSON.parse(readFileSync(`${stem}.json`, 'utf8')) as Golden & { tensors: Layout };
  const bytes = readFileSync(`${stem}.bin`);
  const numbers = new Float32Array(Uint8Array.from(bytes).buffer);
  return {
    ...golden,
    tensor: (name) => {
      const found = tensors[name];
      if (!found) return null;
      const size = found.dims.reduce((product, dim) => product * dim, 1);
      return { dims: found.dims, data: numbers.subarray(found.offset, found.offset + size) };
    },
  };
}
