import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DataTransfer, TreeItem } from 'vscode';
import type { EngineHost } from '../../../src/editor/engineHost';
import { KnownModels } from '../../../src/editor/knownModels';
import type { HubAccess } from '../../../src/editor/models/hubAccess';
import { ModelsView } from '../../../src/editor/models/modelsView';
import type { HeldModel } from '../../../src/engine/modelCache';
import { HeadlightError } from '../../../src/errors';

const fake = vi.hoisted(() => ({ model: 'encoder', view: { visible: true, message: '' }, commands: [] as unknown[][] }));
vi.mock('vscode', () => ({
  window: { createTreeView: () => Object.assign(fake.view, { onDidChangeVisibility: () => ({ dispose: () => undefined }), dispose: () => undefined }) },
  workspace: { isTrusted: true, getConfiguration: () => ({ get: (name: string) => (name === 'model' ? fake.model : 'cpu'), inspect: () => undefined }) },
  commands: { executeCommand: (...given: unknown[]) => { fake.commands.push(given); } },
  l10n: { t: (text: string, ...values: (string | number)[]) => text.replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)])) },
  EventEmitter: class { readonly event = () => ({ dispose: () => undefined }); fire() { /* nobody listens */ } dispose() { /* nothing to free */ } },
  TreeItem: class { constructor(readonly label: string, readonly collapsibleState = 0) {} },
  TreeItemCollapsibleState: { Expanded: 2 },
  ThemeIcon: class { constructor(readonly id: string) {} },
  MarkdownString: class { value = ''; appendText(text: string) { this.value += text.replaceAll('*', '\\*'); return this; } appendMarkdown(text: string) { this.value += text; return this; } },
  Uri: { parse: (text: string) => ({ text }) },
}));

const root = join(import.meta.dirname, '..', '..', '..');
const bert = join(root, 'test', 'fixtures', 'models', 'bert-tiny');
let cache: string;
let held: HeldModel[];
let ready: (status: { state: string }) => void;
let view: ModelsView;
let hub: () => Promise<{ cache: string }>;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'headlight-view-'));
  held = [];
  hub = () => Promise.resolve({ cache });
  Object.assign(fake, { model: 'encoder', commands: [] });
  const engine = {
    onStatus: (listener: typeof ready) => {
      ready = listener;
      return { dispose: () => undefined };
    },
    get held() { return held; },
  } as unknown as EngineHost;
  const storage = { get: () => [bert, '/gone/*gpt*'] as never, update: () => Promise.resolve() };
  view = new ModelsView(join(root, 'models'), engine, new KnownModels('', storage, () => fake.model), { hub: () => hub() } as unknown as HubAccess);
});
afterEach(() => {
  view.dispose();
  rmSync(cache, { recursive: true, force: true });
});

async function shown(): Promise<Record<string, TreeItem[]>> {
  const groups = await view.getChildren();
  const entries = await Promise.all(groups.map(async (group) => [view.getTreeItem(group).label as string, (await view.getChildren(group)).map((node) => view.getTreeItem(node))] as const));
  return Object.fromEntries(entries);
}

const line = ({ description, iconPath, label }: TreeItem): string => `${(iconPath as { id: string }).id}: ${label as string}, ${String(description)}`;

describe('the view of models', () => {
  it('says of each what it is, how large, and what it is doing', async () => {
    held = [{ id: bert, name: 'bert-tiny', device: 'webgpu', bytes: 1 }, { id: 'encoder', name: 'encoder', device: 'cpu', bytes: 1 }];
    ready({ state: 'ready' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { 'Built-in': builtIn, Folders: folders } = await shown();
    expect(builtIn!.map(line)).toContain('pass-filled: encoder, 24.2 MB · in use on cpu');
    expect(builtIn!.map(line)).toContain('package: rnn, 5 MB');
    expect(folders!.map(line)).toEqual(['circle-filled: bert-tiny, 171 kB · loaded on webgpu', 'warning: *gpt*, cannot be read']);
    expect(folders![0]!.accessibilityInformation!.label).toBe('bert-tiny, 171 kB, loaded on webgpu');
    const tooltip = (folders![1]!.tooltip as { value: string }).value;
    expect(tooltip).toContain('/gone/\\*gpt\\* holds no model.onnx');
  });

  it('offers for each what can be done with it', async () => {
    const { 'Built-in': builtIn, Folders: folders } = await shown();
    const of = (label: string): string | undefined => [...builtIn!, ...folders!].find((item) => item.label === label)?.contextValue;
    // The one in use need not be used, and an LSTM has no states to look into.
    expect(['encoder', 'translator', 'rnn', 'bert-tiny', '*gpt*'].map(of)).toEqual(['model builtIn', 'model builtIn usable', 'model builtIn', 'model folder usable', 'model folder']);
  });

  it('says how to fill what is empty, and which download is not finished', async () => {
    const [invitation] = (await shown())['Downloaded']!;
    expect(invitation).toMatchObject({ label: 'Download a model…', command: { command: 'headlight.downloadModel' } });
    const blobs = join(cache, 'models--acme--bert', 'blobs');
    mkdirSync(blobs, { recursive: true });
    writeFileSync(join(blobs, `${'a'.repeat(64)}.headlight-0123abcd.incomplete`), 'x'.repeat(5000));
    view.refresh();
    const [unfinished, ...more] = (await shown())['Downloaded']!;
    expect([line(unfinished!), unfinished!.contextValue, more]).toEqual(['debug-pause: acme/bert, 5 kB so far, not finished', 'unfinished', []]);
  });

  it('shows the other models where the hub’s settings are wrong, and says what is wrong', async () => {
    hub = () => Promise.reject(new HeadlightError('hub-refused', 'That is no address of a hub.'));
    const { 'Built-in': builtIn } = await shown();
    expect(builtIn).toHaveLength(6);
    expect(fake.view.message).toBe('That is no address of a hub.');
    hub = () => Promise.resolve({ cache });
    view.refresh();
    await shown();
    expect(fake.view.message).toBe('');
  });

  it('takes what is dropped on it', async () => {
    const dropped = { get: () => ({ asString: () => Promise.resolve('# from the explorer\r\nfile:///m/bert\r\nfile:///m/gpt\r\n') }) };
    await view.handleDrop(undefined, dropped as unknown as DataTransfer);
    expect(fake.commands).toEqual([['headlight.addModelFolder', [{ text: 'file:///m/bert' }, { text: 'file:///m/gpt' }]]]);
  });
});
