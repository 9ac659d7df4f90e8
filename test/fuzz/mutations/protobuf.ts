import type { Random } from '../random';
import { joined } from './bytes';

/** A field of a protobuf message as it lies in the file, and its parts. */
interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Changes fields of a protobuf message, whatever they mean: some are left out, doubled, swapped, numbered or typed anew,
 * or say a length that they do not have. Goes down into a message at random first.
 */
export function mutateFields(message: Uint8Array, random: Random, depth = 0): { readonly name: string; readonly bytes: Uint8Array } {
  const fields = fieldsOf(message);
  if (fields === null || fields.length === 0) return { name: 'none', bytes: message };
  const at = random.below(fields.length);
  const field = fields[at]!;
  const inner = field.wireType === 2 && field.content.length < 200_000 ? fieldsOf(field.content) : null;
  if (inner !== null && inner.length > 0 && depth < 6 && random.chance(0.8)) {
    const { name, bytes } = mutateFields(field.content, random, depth + 1);
    return { name, bytes: withField(fields, at, lengthDelimited(field.number, bytes)) };
  }
  switch (random.below(7)) {
    case 0:
      return { name: 'field removed', bytes: withField(fields, at) };
    case 1:
      return { name: 'field doubled', bytes: withField(fields, at, field.whole, field.whole) };
    case 2:
      return { name: 'field repeated', bytes: withField(fields, at, ...Array.from({ length: 2 + random.below(300) }, () => field.whole)) };
    case 3:
      return { name: 'number changed', bytes: withField(fields, at, joined(varint((random.below(30) << 3) | field.wireType), field.whole.subarray(1))) };
    case 4:
      return { name: 'wire type changed', bytes: withField(fields, at, joined(varint((field.number << 3) | random.below(8)), field.whole.subarray(1))) };
    case 5: {
      const lengths = [0, 0x7fffffff, 0xffffffff, 2 ** 40, 2 ** 63, field.content.length + 1 + random.below(1000)];
      return { name: 'length inflated', bytes: withField(fields, at, joined(varint((field.number << 3) | 2), bigVarint(BigInt(random.pick(lengths))), field.content)) };
    }
    default:
      return { name: 'varint huge', bytes: withField(fields, at, joined(varint(field.number << 3), bigVarint(random.pick([2n ** 31n, 2n ** 32n - 1n, 2n ** 62n, 2n ** 64n - 1n])))) };
  }
}

/** A message within a message within a message, under the fields given in turn from the outside, `depth` times. */
export function nested(path: readonly number[], depth: number, core: Uint8Array): Uint8Array {
  // From the inside out, each header in front of what is there.
  const headers: Uint8Array[] = [];
  let length = core.length;
  for (let level = depth * path.length - 1; level >= 0; level--) {
    const header = joined(varint((path[level % path.length]! << 3) | 2), varint(length));
    headers.push(header);
    length += header.length;
  }
  return joined(...headers.reverse(), core);
}

export function lengthDelimited(number: number, content: Uint8Array): Uint8Array {
  return joined(varint((number << 3) | 2), varint(content.length), content);
}

function withField(fields: readonly Field[], at: number, ...instead: readonly Uint8Array[]): Uint8Array {
  return joined(...fields.flatMap(({ whole }, index) => (index === at ? instead : [whole])));
}

/** The fields of a message, or null for bytes that are none. */
function fieldsOf(bytes: Uint8Array): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const read = (): number | null => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const start = at;
    const tag = read();
    if (tag === null) return null;
    const [number, wireType] = [Math.floor(tag / 8), tag % 8];
    let from = at;
    if (wireType === 0) {
      if (read() === null) return null;
    } else if (wireType === 2) {
      const length = read();
      if (length === null) return null;
      from = at;
      at += length;
    } else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else return null;
    if (at > bytes.length || number === 0) return null;
    fields.push({ number, wireType, whole: bytes.subarray(start, at), content: bytes.subarray(from, at) });
  }
  return fields;
}

function varint(value: number): Uint8Array {
  return bigVarint(BigInt(value));
}

function bigVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
