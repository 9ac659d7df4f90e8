import { createHash } from 'node:crypto';
import type { IndexedFile, SenseHit } from '../../lenses/senseIndex/contract';
import type { IndexedText } from '../../lenses/senses/indexWords';
import type { FileWords, IndexContent, NeighboursFile } from './indexFile';

/** A row of the index by its number, or what stands for it: nearest first, with its cosine. */
export interface Near {
  readonly row: number;
  readonly similarity: number;
}

/** The largest cosines, kept while rows go by. */
class Best {
  private readonly kept: Near[] = [];

  constructor(private readonly most: number) {}

  offer(row: number, similarity: number): void {
    const { kept, most } = this;
    if (kept.length === most && similarity <= kept.at(-1)!.similarity) return;
    let at = kept.length;
    while (at > 0 && kept[at - 1]!.similarity < similarity) at--;
    kept.splice(at, 0, { row, similarity });
    if (kept.length > most) kept.pop();
  }

  get all(): readonly Near[] {
    return this.kept;
  }
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The words of a workspace in memory. */
export class SenseStore {
  private readonly files = new Map<string, FileWords>();
  private readonly formIds = new Map<string, number>();
  private readonly forms: string[] = [];
  private nextRow = 0;
  private sorted: FileWords[] | null = null;
  neighbours: NeighboursFile | null = null;
  /** Rows that have come or gone since the index was written. */
  unwritten = 0;

  constructor(
    readonly fingerprint: string,
    readonly dimensions: number,
  ) {}

  static of(content: IndexContent): SenseStore {
    const store = new SenseStore(content.fingerprint, content.dimensions);
    for (const form of content.forms) store.formId(form);
    for (const file of content.files) store.files.set(file.key, file);
    store.nextRow = content.nextRow;
    store.neighbours = content.neighbours;
    return store;
  }

  /** With the forms that are still in use. */
  get content(): IndexContent {
    const used = new Map<number, number>();
    const files = this.inOrder.map((file) => ({
      ...file,
      forms: file.forms.map((form) => {
        const known = used.get(form);
        if (known !== undefined) return known;
        used.set(form, used.size);
        return used.size - 1;
      }),
    }));
    const { dimensions, fingerprint, neighbours, nextRow } = this;
    return { fingerprint, dimensions, nextRow, neighbours, forms: [...used.keys()].map((form) => this.forms[form]!), files };
  }

  get known(): IndexedFile[] {
    return this.inOrder.map(({ key, mtime, size }) => ({ key, mtime, size }));
  }

  get words(): number {
    return this.inOrder.reduce((sum, { starts }) => sum + starts.length, 0);
  }

  /** Number of the next new row. */
  get end(): number {
    return this.nextRow;
  }

  /** Whether a file has this text; what is known of it is brought up to date. */
  isSame(file: IndexedFile, hash: string): boolean {
    const known = this.files.get(file.key);
    if (known?.hash !== hash) return false;
    if (known.mtime !== file.mtime || known.size !== file.size) {
      this.files.set(file.key, { ...known, mtime: file.mtime, size: file.size });
      this.sorted = null;
      this.unwritten++;
    }
    return true;
  }

  /** Takes in the words of a file, in place of those that it had. */
  put({ key, mtime, size }: IndexedFile, hash: string, { forms, lengths, starts, vectors }: IndexedText): void {
    this.remove(key);
    const ids = Uint32Array.from(forms, (form) => this.formId(form));
    this.files.set(key, { key, mtime, size, hash, firstRow: this.nextRow, starts, lengths, forms: ids, vectors });
    this.nextRow += starts.length;
    this.unwritten += starts.length + 1;
    this.sorted = null;
  }

  remove(key: string): void {
    const known = this.files.get(key);
    if (!known) return;
    this.files.delete(key);
    this.unwritten += known.starts.length + 1;
    this.sorted = null;
  }

  /** Occurrences of a form, the likest first, and how many there are. */
  sameWord(form: string, vector: Int8Array, top: number): { near: readonly Near[]; total: number } {
    const id = this.formIds.get(form);
    const best = new Best(top);
    let total = 0;
    if (id === undefined) return { near: [], total };
    for (const { firstRow, forms, vectors } of this.inOrder) {
      for (let row = forms.indexOf(id); row >= 0; row = forms.indexOf(id, row + 1)) {
        total++;
        best.offer(firstRow + row, cosineAt(vectors, row, vector));
      }
    }
    return { near: best.all, total };
  }

  /** The nearest rows of other forms, from row `from` on, by comparing with each. */
  otherWords(form: string, vector: Int8Array, top: number, from: number): readonly Near[] {
    const id = this.formIds.get(form) ?? -1;
    const best = new Best(top);
    for (const { firstRow, forms, vectors } of this.inOrder) {
      if (firstRow + forms.length <= from) continue;
      for (let row = Math.max(0, from - firstRow); row < forms.length; row++) {
        if (forms[row] !== id) best.offer(firstRow + row, cosineAt(vectors, row, vector));
      }
    }
    return best.all;
  }

  /** Rows from `from` on with their vectors, file by file. */
  *vectorsFrom(from: number): Generator<{ readonly firstRow: number; readonly vectors: Int8Array }> {
    const { dimensions } = this;
    for (const { firstRow, starts, vectors } of this.inOrder) {
      const skipped = Math.max(0, from - firstRow);
      if (skipped < starts.length) yield { firstRow: firstRow + skipped, vectors: vectors.subarray(skipped * dimensions) };
    }
  }

  /** What a row stands for; null for one whose file has gone or changed. */
  hit({ row, similarity }: Near): SenseHit | null {
    const files = this.inOrder;
    let [low, high] = [0, files.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (files[middle]!.firstRow <= row) low = middle + 1;
      else high = middle;
    }
    const file = files[low - 1];
    const at = file ? row - file.firstRow : 0;
    if (!file || at >= file.starts.length) return null;
    const start = file.starts[at]!;
    return { key: file.key, start, end: start + file.lengths[at]!, form: this.forms[file.forms[at]!]!, similarity };
  }

  /** Files by the numbers of their rows. */
  private get inOrder(): readonly FileWords[] {
    this.sorted ??= [...this.files.values()].sort((a, b) => a.firstRow - b.firstRow || a.starts.length - b.starts.length);
    return this.sorted;
  }

  private formId(form: string): number {
    let id = this.formIds.get(form);
    if (id === undefined) {
      id = this.forms.push(form) - 1;
      this.formIds.set(form, id);
    }
    return id;
  }
}

/** Cosine of a row and a vector, both unit vectors times 127. */
function cosineAt(vectors: Int8Array, row: number, vector: Int8Array): number {
  const from = row * vector.length;
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vectors[from + i]! * vector[i]!;
  return Math.max(-1, Math.min(1, sum / 16129));
}
