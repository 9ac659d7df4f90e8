import { beforeEach, describe, expect, it, vi } from 'vitest';
import { comparedModelsFrom, compareModels } from '../../../src/editor/drift/compareModels';
import { KnownModels } from '../../../src/editor/knownModels';
import { driftedHead } from '../../../src/editor/panel/driftedHead';
import { namedModel } from '../../../src/editor/panel/namedModel';
import type { PanelView } from '../../../src/editor/panel/panelView';
import { ShownSource } from '../../../src/editor/panel/shownSource';
import { subjectForLens } from '../../../src/editor/panel/subjectForLens';
import { driftSubject } from '../../../src/editor/source/documentSource';
import type { Subject } from '../../../src/panel/contract';

interface Item { readonly label: string; readonly id: string | null }
const fake = vi.hoisted((): { documents: Record<string, unknown>; active: unknown; picks: (string | undefined)[]; offered: string[][] } => ({ documents: {}, active: undefined, picks: [], offered: [] }));
vi.mock('vscode', () => ({
  l10n: { t: (text: string, ...values: string[]) => text.replace(/\{(\d)\}/g, (_, at: string) => values[Number(at)]!) },
  Uri: { parse: (text: string) => ({ toString: () => text }) },
  window: {
    get activeTextEditor() { return fake.active; },
    showQuickPick: (items: readonly Item[]) => {
      fake.offered.push(items.map(({ label }) => label));
      const wanted = fake.picks.shift();
      return Promise.resolve(items.find(({ label }) => label === wanted));
    },
  },
  workspace: {
    isTrusted: true,
    get textDocuments() { return Object.values(fake.documents); },
    getConfiguration: () => ({ get: (name: string) => (name === 'model' ? 'encoder' : 'cpu'), inspect: () => undefined }),
    openTextDocument: (uri: { toString(): string }) => Promise.resolve(fake.documents[uri.toString()]),
  },
}));

const content = 'The cow jumped.\n\n  The dish ran away.\nOver the moon.\n';
function documentOf(uri: string, text: string) {
  return {
    uri: { path: uri.slice(uri.indexOf(':') + 1), toString: () => uri }, version: 3, fileName: uri, getText: () => text,
    positionAt: (offset: number) => ({ line: text.slice(0, offset).split('\n').length - 1 }), offsetAt: (offset: number) => offset,
  };
}
const document = documentOf('file:/notes/lines.txt', content) as never;
const editor = (start: number, end: number) => ({ document, selection: { start, end }, selections: [{ start, end }] });

const shown: { subject: Subject; title: string }[] = [];
const panel = { show: (subject: Subject, title: string) => { shown.push({ subject, title }); return Promise.resolve(); } } as unknown as PanelView;
let remembered: string[];
const models = (): KnownModels =>
  new KnownModels('/nowhere', { get: () => remembered as never, update: (_, value) => { remembered = value as string[]; return Promise.resolve(); } }, () => 'encoder');

beforeEach(() => {
  fake.documents = { 'file:/notes/lines.txt': document };
  fake.active = editor(0, 0);
  fake.picks = [];
  fake.offered = [];
  shown.length = 0;
  remembered = ['/m/before', '/m/after'];
});

describe('compareModels', () => {
  it('asks for two models, the other without the first, and compares them on the active file', async () => {
    fake.picks = ['before', 'after'];
    await compareModels(panel, models());
    expect(fake.offered.map((labels) => labels.slice(0, -1))).toEqual([['encoder', 'before', 'after'], ['encoder', 'after']]);
    expect(shown).toEqual([{
      title: 'comparing before and after',
      subject: {
        lens: 'drift',
        source: expect.objectContaining({ uri: 'file:/notes/lines.txt', label: 'lines.txt', first: { text: 'The cow jumped.', offset: 0 } }) as never,
        lines: { lines: [{ text: 'The cow jumped.', offset: 0, line: 1 }, { text: 'The dish ran away.', offset: 19, line: 3 }, { text: 'Over the moon.', offset: 38, line: 4 }], total: 3, within: null, heldOut: false },
        opened: { id: expect.any(String) as string, model: '/m/before', against: '/m/after' },
      },
    }]);
  });

  it('takes what is selected, and nothing where the reader thinks better of it', async () => {
    fake.active = editor(19, 37);
    fake.picks = ['before', 'encoder'];
    await compareModels(panel, models());
    expect(shown[0]!.subject).toMatchObject({ lines: { lines: [{ line: 3 }], total: 1, within: { start: 19, end: 37 } }, opened: { against: 'encoder' } });
    fake.picks = [undefined];
    await compareModels(panel, models());
    fake.picks = ['before', undefined];
    await compareModels(panel, models());
    expect(shown).toHaveLength(1);
  });

  it('is started by other code with two folders and a document, without a question', async () => {
    fake.active = undefined;
    await compareModels(panel, models(), { model: '/m/frozen', against: '/m/unfrozen', uri: 'file:/notes/lines.txt' });
    expect(fake.offered).toEqual([]);
    expect(shown[0]).toMatchObject({ title: 'comparing frozen and unfrozen', subject: { opened: { model: '/m/frozen', against: '/m/unfrozen' }, lines: { total: 3 } } });
    // The panel may ask about both from now on, and about those that were known.
    for (const id of ['/m/frozen', '/m/unfrozen', '/m/before']) await expect(models().require(id)).resolves.toBe(id);
  });

  it('says that there is no text before it asks anything', async () => {
    fake.active = { ...editor(0, 0), document: documentOf('file:/empty.txt', ' \n\n') };
    await expect(compareModels(panel, models())).rejects.toMatchObject({ code: 'empty-text', message: expect.stringContaining('There are no lines') as string });
    fake.active = undefined;
    await expect(compareModels(panel, models())).rejects.toMatchObject({ code: 'empty-text' });
    expect(fake.offered).toEqual([]);
  });

  it('reads no argument but texts', () => {
    expect(comparedModelsFrom({ model: 7, against: '', uri: 'file:/a', other: 'x' })).toEqual({ uri: 'file:/a' });
    for (const nothing of [undefined, null, 'model', 3]) expect(comparedModelsFrom(nothing)).toEqual({});
  });
});

describe('namedModel', () => {
  it('refuses whatever model of a call is not listed', async () => {
    expect(await namedModel({}, models())).toBeUndefined();
    expect(await namedModel({ inModel: '/m/before', against: '/m/after' }, models())).toBe('/m/before');
    for (const request of [{ against: '/etc/model' }, { inModel: '/m/before', against: '/etc/model' }, { inModel: '/etc/model', against: '/m/after' }, { against: '' }]) {
      await expect(namedModel(request, models())).rejects.toMatchObject({ code: 'model-untrusted' });
    }
  });
});

describe('the drift lens', () => {
  it('opens anew on the same part of its document, and on all of another lens’s', async () => {
    const part = new ShownSource(driftSubject(document, { start: 19, end: 37 }));
    expect(await subjectForLens('drift', part)).toMatchObject({ lens: 'drift', lines: { total: 1, within: { start: 19, end: 37 } } });
    const { source } = driftSubject(document, null);
    expect(await subjectForLens('drift', new ShownSource({ lens: 'attention', source }))).toMatchObject({ lens: 'drift', lines: { total: 3, within: null, heldOut: false } });
  });

  it('opens a head in both models over a line, where it stands by now', async () => {
    const lines = new ShownSource(driftSubject(document, null));
    lines.edited([{ rangeOffset: 0, rangeLength: 0, text: 'Yes. ' }]);
    fake.documents = { 'file:/notes/lines.txt': documentOf('file:/notes/lines.txt', `Yes. ${content}`) };
    const head = { text: 'The dish ran away.', offset: 19, model: 'encoder', against: '/m/after', layer: 3, head: 1 };
    expect(await driftedHead(head, lines)).toMatchObject({
      lens: 'attention',
      source: { first: { text: 'The dish ran away.', offset: 24 } },
      opened: { state: { layer: 3, head: 1, inModel: null, compare: { kind: 'model', layer: 3, head: 1, model: '/m/after' } } },
    });
    expect(await driftedHead({ ...head, model: '/m/before', against: 'encoder' }, lines)).toMatchObject({ opened: { state: { inModel: '/m/before', compare: { model: 'encoder' } } } });
  });
});
