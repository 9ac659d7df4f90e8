import { beforeEach, describe, expect, it, vi } from 'vitest';
import { controlSentence } from '../../../src/editor/panel/controlSentence';
import { headOfPair } from '../../../src/editor/panel/headOfPair';
import { writtenText } from '../../../src/editor/panel/writtenText';
import { ShownSource } from '../../../src/editor/panel/shownSource';
import { linkedText } from '../../../src/editor/link/linkedText';

interface FakeUri { readonly scheme: string; readonly path: string; readonly query: string; toString(): string }

const fake = vi.hoisted((): { documents: { uri: { toString(): string } }[]; open: (uri: unknown) => Promise<unknown> } => ({ documents: [], open: () => Promise.resolve() }));
vi.mock('vscode', () => {
  const uriOf = ({ scheme, path, query = '' }: { scheme: string; path: string; query?: string }) => ({ scheme, path, query, toString: () => `${scheme}:${path}` });
  return {
    l10n: { t: (text: string, ...values: string[]) => text.replace(/\{(\d)\}/g, (_, at: string) => values[Number(at)]!) },
    Uri: { from: uriOf, parse: (text: string) => uriOf({ scheme: text.split(':')[0]!, path: text.slice(text.indexOf(':') + 1) }) },
    workspace: {
      isTrusted: true,
      get textDocuments() { return fake.documents; },
      getConfiguration: () => ({ get: (name: string) => (name === 'model' ? 'encoder' : 'cpu'), inspect: () => undefined }),
      openTextDocument: (uri: unknown) => fake.open(uri),
    },
  };
});

const cow = 'The cow jumped over the moon.';
const dish = 'The dish ran away with the spoon.';
const content = `Cows.\n${cow}\n${dish}\nBoth were seen by nobody at all.\nThe judge entered the room slowly.\nEverybody stood up at once for him.`;
const documentOf = (uri: { toString(): string }, text: string) => ({
  uri, version: 1, fileName: 'a.md', getText: () => text, positionAt: (offset: number) => ({ line: text.slice(0, offset).split('\n').length - 1 }),
});
const first = { text: cow, offset: content.indexOf(cow) };
const second = { text: dish, offset: content.indexOf(dish) };

let shown: ShownSource;
beforeEach(() => {
  const uri = { scheme: 'file', path: '/a.md', toString: () => 'file:/a.md' };
  fake.documents = [documentOf(uri, content)];
  // Documents of the scheme of links are asked for their content, as VS Code does.
  fake.open = async (uri) => {
    const asked = uri as FakeUri;
    return asked.scheme === 'file' ? fake.documents[0] : documentOf(asked, await linkedText(asked as never));
  };
  shown = new ShownSource({
    lens: 'predictions',
    source: { uri: 'file:/a.md', label: 'a.md:2, 3', version: 1, first, second, selection: { start: 0, end: 0 } },
    sentences: { first, second },
  });
});

describe('headOfPair', () => {
  const head = { layer: 3, head: 7, direction: 'secondToFirst' } as const;

  it('opens the pair where it stands, with the head, and as its share was computed', async () => {
    const subject = await headOfPair({ ...head, first: cow, second: dish }, shown);
    expect(subject).toMatchObject({
      lens: 'attention',
      source: { uri: 'file:/a.md', label: 'a.md:2, 3', first, second },
      opened: { state: { layer: 3, head: 7, pairs: 'ba', hideSpecial: true } },
    });
    const again = await headOfPair({ ...head, first: cow, second: dish }, shown);
    expect((again as { opened: { id: string } }).opened.id).not.toBe((subject as { opened: { id: string } }).opened.id);
  });

  it.each([
    ['written anew', cow, 'A dish <b>fell</b>.\nIt broke.'],
    ['swapped', dish, cow],
    ['the same twice', cow, cow],
  ])('opens a pair that was %s in a document of its own', async (_, one, other) => {
    const { source } = await headOfPair({ ...head, first: one, second: other }, shown);
    expect(source).toMatchObject({ label: 'a.md:2, 3, as written in the panel', first: { text: one, offset: 0 }, second: { text: other, offset: one.length + 1 } });
    expect(source.uri).toMatch(/^headlight-link:\/a \(link\)\.md/);
  });
});

describe('writtenText', () => {
  const asked = { model: 'translator', written: { ids: [5, 6, 1] }, part: 'cross', layer: 2, head: 4 } as const;

  it('opens a text where it stands, with the model, the part and what is written', async () => {
    const subject = await writtenText({ ...asked, text: dish }, shown);
    expect(subject).toMatchObject({
      lens: 'attention',
      source: { uri: 'file:/a.md', first: second },
      opened: { state: { part: 'cross', layer: 2, head: 4, written: { ids: [5, 6, 1] }, inModel: 'translator' } },
    });
    expect(subject.source.second).toBeUndefined();
  });

  it('names no model where it is the one in force', async () => {
    const { opened } = (await writtenText({ ...asked, model: 'encoder', written: null, text: cow }, shown)) as { opened: { state: object } };
    expect(opened.state).toMatchObject({ inModel: null, written: null });
  });

  it('opens a text that was written anew in a document of its own', async () => {
    const { source } = await writtenText({ ...asked, text: 'A dish fell.' }, shown);
    expect(source).toMatchObject({ first: { text: 'A dish fell.', offset: 0 } });
    expect(source.uri).toMatch(/^headlight-link:/);
  });
});

describe('controlSentence', () => {
  const request = { first: cow, second: dish, turn: 1 };

  it('is of the shown document and not beside the pair, the same for the same turn', async () => {
    const turns = await Promise.all([1, 2, 3].map((turn) => controlSentence({ ...request, turn }, shown)));
    expect(new Set(turns.map(({ text }) => text))).toEqual(new Set(['The judge entered the room slowly.', 'Everybody stood up at once for him.']));
    expect(turns[2]).toEqual(turns[0]);
    expect(turns.map(({ label }) => label)).toEqual(expect.arrayContaining(['a.md:5', 'a.md:6']));
  });

  it('is an ordinary one where the document has none, or is gone', async () => {
    const { label, text } = await controlSentence({ ...request, second: 'The judge entered the room slowly.' }, shown);
    expect(label).toBeNull();
    expect(content).not.toContain(text);
    fake.open = () => Promise.reject(new Error('gone'));
    expect((await controlSentence(request, shown)).label).toBeNull();
    expect((await controlSentence(request, null)).label).toBeNull();
  });
});
