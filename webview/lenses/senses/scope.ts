import { html, nothing, type TemplateResult } from 'lit';
import type { FoundWord, OccurrenceScope, WordInDocument } from '../../../src/panel/contract';
import { visibleText } from '../../../src/text/visibleText';
import { notice, select } from '../../controls';
import { formatCount } from '../../format';

const scopes: readonly { readonly value: OccurrenceScope; readonly label: string }[] = [
  { value: 'document', label: 'This document' },
  { value: 'editors', label: 'Open editors' },
  { value: 'folder', label: 'Folder of the document' },
  { value: 'workspace', label: 'Workspace' },
];

/** What a scope is called within a sentence. */
const within: Readonly<Record<OccurrenceScope, string>> = {
  document: 'in the document',
  editors: 'in the open editors',
  folder: 'in the folder of the document',
  workspace: 'in the workspace',
};

/** The choice of where occurrences are looked for. */
export function scopeChoice(value: OccurrenceScope, onChange: (scope: OccurrenceScope) => void): TemplateResult {
  return select({ label: 'Occurrences in', value, options: scopes, onChange });
}

/** The file of an occurrence; null where the document alone was searched. */
export function fileLabel({ files, occurrences }: WordInDocument, index: number): string | null {
  if (!files) return null;
  const file = occurrences[index]?.file;
  return file === undefined ? 'This document' : visibleText(files[file]?.label ?? '');
}

/** Where an occurrence stands, in few words: "12", or "notes.md:12". */
export function placeLabel(word: WordInDocument, index: number): string {
  const { line, file } = word.occurrences[index]!;
  return file === undefined ? String(line) : `${visibleText(word.files?.[file]?.label.split('/').at(-1) ?? '')}:${line}`;
}

/** What was searched, and how much of it is compared. */
export function scopeNotice(word: WordInDocument | FoundWord): TemplateResult | typeof nothing {
  const compared = word.occurrences.length;
  if (!('scope' in word)) {
    return word.total > compared
      ? notice('info', `Compared are the ${compared} occurrences nearest to the cursor, of ${word.total} in the document.`)
      : nothing;
  }
  const { large, unreadable } = word.skipped;
  const said = [
    word.total > compared
      ? `Compared are the ${compared.toLocaleString('en')} occurrences nearest to the document, of ${word.total.toLocaleString('en')} in ${formatCount(word.filesWithWord, 'file')} ${within[word.scope]}.`
      : `${formatCount(word.total, 'occurrence')} in ${formatCount(word.filesWithWord, 'file')} ${within[word.scope]}.`,
    ...(large > 0 ? [`${formatCount(large, 'file')} of more than 2 MB left out.`] : []),
    ...(unreadable > 0 ? [`${formatCount(unreadable, 'file')} could not be read.`] : []),
  ];
  return html`${notice('info', said.join(' '))}`;
}
