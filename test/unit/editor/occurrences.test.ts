import { describe, expect, it } from 'vitest';
import { WordCollector } from '../../../src/editor/occurrences/collectWord';
import { nearestFirst } from '../../../src/editor/occurrences/nearness';
import { wordNow } from '../../../src/editor/occurrences/wordNow';

describe('nearestFirst', () => {
  it('orders files by steps in the tree of folders, then by name', () => {
    const files = ['/w/z/deep/er/a.md', '/w/b/near.md', '/w/top.md', '/w/b/c/below.md', '/w/b/also.md'].map((path) => ({ path }));
    expect(nearestFirst(files, '/w/b/doc.md').map(({ path }) => path)).toEqual([
      '/w/b/also.md', '/w/b/near.md', '/w/b/c/below.md', '/w/top.md', '/w/z/deep/er/a.md',
    ]);
  });
});

describe('WordCollector', () => {
  const file = (name: string, text: string) => ({ uri: `file:///${name}`, label: name, text });

  it('keeps the first occurrences and counts the rest, of whatever case', () => {
    const collector = new WordCollector('stand', { text: 'A stand.\n\nThey stand.', around: 15 }, 4);
    collector.add(file('a.md', 'Stand up. We understand.\n\nI stand by.'));
    collector.add(file('none.md', 'Nothing here.'));
    collector.add(file('b.md', 'A stand. A stand.'));
    collector.add({ uri: 'file:///c', label: 'c', skipped: 'large' });
    const found = collector.result('workspace');
    expect(found).toMatchObject({ total: 6, filesWithWord: 3, skipped: { large: 1, unreadable: 0 }, current: 1, scope: 'workspace' });
    expect(found.files).toEqual([{ uri: 'file:///a.md', label: 'a.md' }]);
    expect(found.occurrences.map(({ file, line, offset }) => [file, line, offset])).toEqual([[undefined, 1, 2], [undefined, 3, 15], [0, 1, 0], [0, 3, 28]]);
    expect(found.occurrences[2]).toMatchObject({ sentence: 'Stand up.', start: 0, end: 5 });
  });

  it('starts without an occurrence where the document has been rewritten', () => {
    const collector = new WordCollector('stand', { text: 'Gone.', around: 0 }, 10);
    collector.add(file('a.md', 'A stand.'));
    expect(collector.result('folder')).toMatchObject({ total: 1, current: -1, filesWithWord: 1 });
  });
});

describe('wordNow', () => {
  it('follows a word that moved since its file was read', () => {
    expect(wordNow('new text: a stand, a Stand', 'stand', { start: 2, end: 7 })).toEqual({ start: 12, end: 17 });
    expect(wordNow('nothing', 'stand', { start: 2, end: 7 })).toEqual({ start: 2, end: 7 });
  });
});
