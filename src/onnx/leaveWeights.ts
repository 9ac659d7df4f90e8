import { HeadlightError } from '../errors';

/** Reads parts of a file. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes. */
  read(offset: number, length: number): Uint8Array;
}

/** Tensors below this size stay in the graph: they are shapes, masks and biases that many passes look at. */
const smallest = 4096;
/** Graphs in attributes of nodes in graphs: deeper than any exporter nests them. */
const deepest = 16;

type Message = 'model' | 'graph' | 'node' | 'attribute' | 'tensor';

/** Where tensors stand in a model, by number of field (onnx.proto3). Tensors in attributes are constants and stay. */
const children: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph' },
  graph: { 1: 'node', 5: 'tensor' },
  node: { 5: 'attribute' },
  attribute: { 6: 'graph', 11: 'graph' },
  tensor: {},
};
const [rawData, externalData, dataLocation] = [9, 13, 14];

/**
 * Copies a serialized `ModelProto` without the raw data of its weights, which are named as external data at their places
 * in the same file instead: a graph of any size is then read and edited in little memory.
 * @param location name under which the runtime finds the file
 * @throws HeadlightError `model-broken` for bytes that are no protobuf message
 */
export function leaveWeights(source: ByteSource, location: string): Uint8Array {
  const cursor = new Cursor(source);
  const place = [...entry('location', location)];
  const copy = copyMessage(cursor, 0, source.size, 'model', 0, place);
  const bytes = new Uint8Array(copy.length);
  let at = 0;
  for (const part of copy.parts) {
    const piece = part instanceof Uint8Array ? part : source.read(part.start, part.end - part.start);
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Bytes of the file that are taken as they are. */
interface Range {
  readonly start: number;
  readonly end: number;
}

interface Copy {
  readonly parts: (Range | Uint8Array)[];
  readonly length: number;
}

function copyMessage(cursor: Cursor, start: number, end: number, message: Message, depth: number, place: readonly number[]): Copy {
  if (depth > deepest * 3) throw broken('its graphs are nested too deeply');
  const parts: (Range | Uint8Array)[] = [];
  let length = 0;
  let from = start;
  let inFile: number[] | null = null;
  const keep = (to: number): void => {
    if (to > from) parts.push({ start: from, end: to });
    length += to - from;
  };
  const add = (bytes: Uint8Array): void => {
    parts.push(bytes);
    length += bytes.length;
  };
  cursor.at = start;
  while (cursor.at < end) {
    const fieldStart = cursor.at;
    const tag = cursor.varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire !== 2) {
      cursor.skip(wire, end);
      continue;
    }
    const size = cursor.varint();
    const content = cursor.at;
    const next = content + size;
    if (next > end) throw broken('it ends in the middle of a field, as happens with files that were cut short');
    const child = children[message][field];
    if (message === 'tensor' && field === rawData && size >= smallest) {
      keep(fieldStart);
      inFile = [...place, ...entry('offset', String(content)), ...entry('length', String(size)), ...varint(dataLocation * 8), 1];
      from = next;
    } else if (child !== undefined && size >= smallest) {
      const copy = copyMessage(cursor, content, next, child, depth + 1, place);
      if (copy.length !== size) {
        keep(fieldStart);
        add(Uint8Array.from([...varint(tag), ...varint(copy.length)]));
        for (const part of copy.parts) parts.push(part);
        length += copy.length;
        from = next;
      }
    }
    cursor.at = next;
  }
  if (cursor.at !== end) throw broken('its fields do not fill it');
  keep(end);
  // Behind all else, as the last of two values of a field counts.
  if (inFile) add(Uint8Array.from(inFile));
  return { parts, length };
}

/** One `StringStringEntryProto` of a tensor's external data. */
function entry(key: string, value: string): number[] {
  const text = (field: number, content: string): number[] => {
    const bytes = new TextEncoder().encode(content);
    return [field * 8 + 2, ...varint(bytes.length), ...bytes];
  };
  const body = [...text(1, key), ...text(2, value)];
  return [...varint(externalData * 8 + 2), ...varint(body.length), ...body];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const windowSize = 1 << 16;

/** Reads numbers one after the other, some tens of kilobytes of the file at a time. */
class Cursor {
  at = 0;
  private start = 0;
  private window: Uint8Array = new Uint8Array(0);

  constructor(private readonly source: ByteSource) {}

  /** A number of up to 64 bits; those beyond 2⁵³ are no lengths and tags that a file can hold. */
  varint(): number {
    let value = 0;
    for (let shift = 1; shift < 2 ** 64; shift *= 128) {
      const byte = this.byte();
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
    throw broken('a number in it has no end');
  }

  /** Goes over a field's content that is no message. */
  skip(wire: number, end: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.at += 8;
    else if (wire === 5) this.at += 4;
    else throw broken('it holds a field of an unknown kind');
    if (this.at > end) throw broken('it ends in the middle of a field, as happens with files that were cut short');
  }

  private byte(): number {
    if (this.at >= this.source.size) throw broken('it ends in the middle of a field, as happens with files that were cut short');
    if (this.at < this.start || this.at >= this.start + this.window.length) {
      this.start = this.at;
      this.window = this.source.read(this.at, Math.min(windowSize, this.source.size - this.at));
    }
    return this.window[this.at++ - this.start]!;
  }
}

function broken(reason: string): HeadlightError {
  return new HeadlightError('model-broken', `The ONNX file is not a whole model: ${reason}. Copy, download or export it again.`);
}
