import type { Random } from '../random';

/** Changes a file without knowing what it holds. The given bytes stay as they are. */
type ByteMutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Numbers at which lengths and counts overflow. */
const edges = [0, 1, 0x7f, 0x80, 0xff];

const mutations: Readonly<Record<string, ByteMutation>> = {
  flip: (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  overwrite: (bytes, random) => changed(bytes, random, () => random.below(256)),
  edge: (bytes, random) => changed(bytes, random, () => random.pick(edges)),
  truncate: (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  empty: () => new Uint8Array(),
  drop: (bytes, random) => {
    const [from, to] = range(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  repeat: (bytes, random) => {
    const [from, to] = range(bytes, random);
    return joined(bytes.subarray(0, to), bytes.subarray(from));
  },
  splice: (bytes, random) => {
    const [from, to] = range(bytes, random);
    const at = random.below(bytes.length + 1);
    return joined(bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(at));
  },
  zeros: (bytes, random) => {
    const [from, to] = range(bytes, random);
    return bytes.slice().fill(0, from, to);
  },
  twice: (bytes) => joined(bytes, bytes),
};

/** One of them, and its name. */
export function mutateBytes(bytes: Uint8Array, random: Random): { readonly name: string; readonly bytes: Uint8Array } {
  if (bytes.length === 0) return { name: 'none', bytes };
  const name = random.pick(Object.keys(mutations));
  return { name, bytes: mutations[name]!(bytes, random) };
}

/** Changes some bytes, most often in the first thousands, where structure is and not weights. */
function changed(bytes: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  const result = bytes.slice();
  const reach = random.chance(0.5) ? Math.min(result.length, 4096) : result.length;
  for (let count = 1 + random.below(16); count > 0; count--) {
    const at = random.below(reach);
    result[at] = change(result[at]!);
  }
  return result;
}

function range(bytes: Uint8Array, random: Random): [from: number, to: number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(512))];
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
