import { occurrencesInContext, occurrencesOf } from '../../text/occurrences';
import type { FoundWord } from '../../panel/contract';

/** A file with its text, as far as it could be read. */
export type FileToSearch = { readonly uri: string; readonly label: string } & (
  | { readonly text: string }
  | { readonly skipped: keyof FoundWord['skipped'] }
);

/** The document that the word was chosen in. */
export interface DocumentWithWord {
  readonly text: string;
  /** Offset of the chosen occurrence. */
  readonly around: number;
}

/**
 * Takes in files one by one, nearest first, and keeps the `most` first occurrences of a word with their sentences; the
 * rest is counted.
 */
export class WordCollector {
  private readonly occurrences: FoundWord['occurrences'][number][] = [];
  private readonly files: FoundWord['files'][number][] = [];
  private readonly skipped = { large: 0, unreadable: 0 };
  private readonly current: number;
  private total: number;
  private filesWithWord: number;

  constructor(
    private readonly word: string,
    { text, around }: DocumentWithWord,
    private readonly most: number,
  ) {
    const { occurrences, total, current } = occurrencesInContext(text, word, { around, most });
    this.occurrences.push(...occurrences);
    this.current = current;
    this.total = total;
    this.filesWithWord = total > 0 ? 1 : 0;
  }

  add(file: FileToSearch): void {
    if ('skipped' in file) {
      this.skipped[file.skipped]++;
      return;
    }
    const room = this.most - this.occurrences.length;
    const { occurrences, total } =
      room > 0
        ? occurrencesInContext(file.text, this.word, { around: 0, most: room })
        : { occurrences: [], total: occurrencesOf(file.text, this.word).length };
    this.total += total;
    if (total > 0) this.filesWithWord++;
    if (occurrences.length === 0) return;
    const index = this.files.push({ uri: file.uri, label: file.label }) - 1;
    this.occurrences.push(...occurrences.map((occurrence) => ({ ...occurrence, file: index })));
  }

  result(scope: FoundWord['scope']): FoundWord {
    const { word, current, occurrences, total, files, filesWithWord, skipped } = this;
    return { scope, word, current, occurrences, total, files, filesWithWord, skipped };
  }
}
