import { beforeEach, describe, expect, it, vi } from 'vitest';
import { rereadSubject } from '../../../src/editor/panel/rereadSubject';
import { ShownSource } from '../../../src/editor/panel/shownSource';
import { longestPassage } from '../../../src/editor/source/selectedPassage';
import type { TextChange } from '../../../src/editor/source/offsetMap';
import type { Source } from '../../../src/panel/contract';

const fake = vi.hoisted(() => ({ documents: [] as unknown[] }));
vi.mock('vscode', () => ({ workspace: { get textDocuments() { return fake.documents; } } }));

const text = 'One.\nThe cow saw it. It ran.\n';
const source: Source = {
  uri: 'file:///a.md',
  label: 'a.md:2',
  version: 1,
  first: { text: 'The cow saw it.', offset: 5 },
  second: { text: 'It ran.', offset: 21 },
  selection: { start: 4, end: 7 },
};
const kept = { side: 'query', range: { start: 9, end: 12 } } as const;

let shown: ShownSource;
let content: string;

/** Edits the document as VS Code tells of it. */
function edit(change: TextChange): void {
  content = content.slice(0, change.rangeOffset) + change.text + content.slice(change.rangeOffset + change.rangeLength);
  shown.edited([change]);
}

beforeEach(() => {
  content = text;
  shown = new ShownSource({ lens: 'attention', source });
  fake.documents = [
    {
      uri: { path: '/a.md', toString: () => source.uri },
      version: 2,
      getText: () => content,
      positionAt: (offset: number) => ({ line: content.slice(0, offset).split('\n').length - 1 }),
    },
  ];
});

describe('rereadSubject', () => {
  it('reads the same places as they stand now, and names the kept token', () => {
    edit({ rangeOffset: 0, rangeLength: 0, text: 'Zero.\n' });
    edit({ rangeOffset: 15, rangeLength: 0, text: 'old ' });
    expect(rereadSubject(shown, kept)).toEqual({
      lens: 'attention',
      kept,
      source: {
        uri: source.uri,
        label: 'a.md:3',
        version: 2,
        first: { text: 'The old cow saw it.', offset: 11 },
        second: { text: 'It ran.', offset: 31 },
        selection: { start: 8, end: 11 },
      },
    });
    expect(rereadSubject(shown, null)).not.toHaveProperty('kept');
  });

  it('keeps one text one text, though it holds two sentences now', () => {
    const { second, ...alone } = source;
    expect(second).toBeDefined();
    shown = new ShownSource({ lens: 'attention', source: alone });
    edit({ rangeOffset: 16, rangeLength: 0, text: '. She ' });
    const subject = rereadSubject(shown, null);
    expect(subject?.source.first.text).toBe('The cow saw. She  it.');
    expect(subject?.source).not.toHaveProperty('second');
  });

  it('reads the source of a translation anew too', () => {
    const { second, ...alone } = source;
    expect(second).toBeDefined();
    shown = new ShownSource({ lens: 'translation', source: alone });
    edit({ rangeOffset: 9, rangeLength: 0, text: 'brown ' });
    expect(rereadSubject(shown, null)).toMatchObject({ lens: 'translation', source: { first: { text: 'The brown cow saw it.', offset: 5 } } });
  });

  it('reads no more than a passage', () => {
    edit({ rangeOffset: 9, rangeLength: 0, text: 'very '.repeat(longestPassage) });
    expect(rereadSubject(shown, null)?.source.first.text).toHaveLength(longestPassage);
  });

  it('reads nothing where no text is left, for a document that is closed, and for another lens', () => {
    const senses = new ShownSource({ lens: 'senses', source, word: { word: 'it', current: 0, occurrences: [], total: 1 } });
    expect(rereadSubject(senses, null)).toBeNull();
    edit({ rangeOffset: 21, rangeLength: 7, text: '  ' });
    expect(rereadSubject(shown, null)).toBeNull();
    fake.documents = [];
    expect(rereadSubject(new ShownSource({ lens: 'attention', source }), null)).toBeNull();
  });
});
