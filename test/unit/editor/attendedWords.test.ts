import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttendedWords as Shading } from '../../../src/editor/attended/attendedWords';
import { ShownSource } from '../../../src/editor/panel/shownSource';
import type { TextChange } from '../../../src/editor/source/offsetMap';
import type { Attended, KeptToken } from '../../../src/panel/contract';

type Listener = (event: unknown) => void;

interface Fake {
  readonly listeners: Map<string, Set<Listener>>;
  /** The setting. */
  shades: boolean;
  /** Value of the context key. */
  context: unknown;
  visible: readonly FakeEditor[];
  active: FakeEditor | undefined;
  readonly on: (name: string) => (listener: Listener) => { dispose(): void };
  readonly fire: (name: string, event: unknown) => void;
}

/** What VS Code shows and says, as the tests want it. */
const fake = vi.hoisted((): Fake => {
  const listeners = new Map<string, Set<Listener>>();
  const on = (name: string) => (listener: Listener) => {
    const all = listeners.get(name) ?? new Set();
    listeners.set(name, all.add(listener));
    return { dispose: () => { all.delete(listener); } };
  };
  return {
    listeners,
    shades: true,
    context: undefined,
    visible: [],
    active: undefined,
    on,
    fire: (name: string, event: unknown) => { listeners.get(name)?.forEach((listener) => { listener(event); }); },
  };
});

vi.mock('vscode', () => ({
  window: {
    onDidChangeVisibleTextEditors: fake.on('visible'),
    onDidChangeActiveTextEditor: fake.on('active'),
    get visibleTextEditors() { return fake.visible; },
    get activeTextEditor() { return fake.active; },
    createTextEditorDecorationType: (style: object) => ({ style, dispose: () => undefined }),
  },
  workspace: {
    onDidChangeTextDocument: fake.on('change'),
    onDidCloseTextDocument: fake.on('close'),
    getConfiguration: () => ({ get: () => fake.shades }),
  },
  commands: { executeCommand: (_command: string, _key: string, value: unknown) => { fake.context = value; } },
  l10n: { t: (message: string) => message },
  Disposable: { from: (...all: { dispose(): unknown }[]) => ({ dispose: () => { all.forEach((one) => one.dispose()); } }) },
  Range: class { constructor(readonly start: number, readonly end: number) {} },
  ThemeColor: class { constructor(readonly id: string) {} },
  MarkdownString: class { constructor(readonly value: string) {} },
  DecorationRangeBehavior: { ClosedClosed: 1 },
  OverviewRulerLane: { Left: 1, Center: 2 },
}));

interface Drawn {
  readonly style: { readonly backgroundColor?: unknown; readonly borderStyle: string; readonly borderWidth: string };
}

class FakeEditor {
  readonly drawn = new Map<Drawn, readonly { readonly range: { readonly start: number; readonly end: number } }[]>();

  constructor(readonly document: FakeDocument) {}

  setDecorations(type: Drawn, ranges: readonly { readonly range: { readonly start: number; readonly end: number } }[]): void {
    this.drawn.set(type, ranges);
  }

  /** The text under each mark, with its border. */
  get marks(): string[] {
    return [...this.drawn].flatMap(([{ style }, ranges]) =>
      ranges.map(({ range }) => `${this.document.getText().slice(range.start, range.end)} ${style.backgroundColor ? 'shaded' : style.borderStyle}`),
    );
  }
}

class FakeDocument {
  constructor(private text: string, private readonly name = 'file:///a.md') {}

  readonly uri = { toString: () => this.name };
  getText = (): string => this.text;
  positionAt = (offset: number): number => offset;

  change({ rangeOffset, rangeLength, text }: TextChange): void {
    this.text = this.text.slice(0, rangeOffset) + text + this.text.slice(rangeOffset + rangeLength);
    fake.fire('change', { document: this, contentChanges: [{ rangeOffset, rangeLength, text }] });
  }
}

const sentence = 'The cow saw it.';
const source = { uri: 'file:///a.md', label: 'a.md:1', version: 3, first: { text: sentence, offset: 0 }, selection: { start: 0, end: 0 } };
const attended: Attended = {
  uri: source.uri,
  version: 3,
  kept: { side: 'query', range: { start: 12, end: 14 } },
  label: 'it',
  words: [{ start: 4, end: 7, weight: 0.5 }],
  map: 'layer 3, head 1',
};
const insertion = { rangeOffset: 4, rangeLength: 0, text: 'old ' };

let document: FakeDocument;
let editor: FakeEditor;
let shown: ShownSource;
let shading: Shading;
let reread: ReturnType<typeof vi.fn<(kept: KeptToken | null) => void>>;
let release: ReturnType<typeof vi.fn<() => void>>;

beforeEach(async () => {
  vi.useFakeTimers();
  fake.listeners.clear();
  fake.shades = true;
  document = new FakeDocument(sentence);
  editor = new FakeEditor(document);
  fake.visible = [editor];
  fake.active = editor;
  shown = new ShownSource({ lens: 'attention', source });
  reread = vi.fn();
  release = vi.fn();
  const { AttendedWords } = await import('../../../src/editor/attended/attendedWords');
  shading = new AttendedWords(reread, release);
});
afterEach(() => {
  shading.dispose();
  vi.useRealTimers();
});

describe('AttendedWords', () => {
  it('shades in every visible editor of the document, and in no other', () => {
    const beside = new FakeEditor(document);
    const other = new FakeEditor(new FakeDocument(sentence, 'file:///b.md'));
    fake.visible = [editor, beside, other];
    shading.show(attended, shown);
    expect(editor.marks).toEqual(['cow shaded', 'it solid']);
    expect(beside.marks).toEqual(editor.marks);
    expect(other.marks).toEqual([]);
    expect(fake.context).toBe(true);
    fake.active = other;
    fake.fire('active', other);
    expect(fake.context).toBe(false);
  });

  it('shades a document that is shown again, and forgets one that is closed', () => {
    shading.show(attended, shown);
    const again = new FakeEditor(document);
    fake.visible = [again];
    fake.fire('visible', fake.visible);
    expect(again.marks).toEqual(['cow shaded', 'it solid']);
    fake.fire('close', document);
    expect(again.marks).toEqual([]);
  });

  it('leaves aside what is about another text or version', () => {
    shading.show({ ...attended, version: 2 }, shown);
    shading.show({ ...attended, uri: 'file:///b.md' }, shown);
    shading.show(attended, null);
    expect(editor.marks).toEqual([]);
  });

  it('follows edits that came before the answer did', () => {
    shown.edited([{ rangeOffset: 0, rangeLength: 0, text: 'So. ' }]);
    document.change({ rangeOffset: 0, rangeLength: 0, text: 'So. ' });
    shading.show(attended, shown);
    expect(editor.marks).toEqual(['cow shaded', 'it solid']);
  });

  it('shows marks as stale after an edit of the text, and asks once when typing rests', () => {
    shading.show(attended, shown);
    document.change(insertion);
    expect(editor.marks).toEqual(['cow dashed', 'it dashed']);
    vi.advanceTimersByTime(500);
    document.change({ rangeOffset: 0, rangeLength: 0, text: 'So, ' });
    document.change({ rangeOffset: 12, rangeLength: 0, text: 'brown ' });
    expect(editor.marks).toEqual(['cow dashed', 'it dashed']);
    vi.advanceTimersByTime(500);
    expect(reread).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5000);
    expect(reread.mock.calls).toEqual([[{ side: 'query', range: { start: 26, end: 28 } }]]);
  });

  it('asks again for an answer that came too late for the last edit', () => {
    shown.edited([insertion]);
    document.change(insertion);
    shading.show(attended, shown);
    expect(editor.marks).toEqual(['cow dashed', 'it dashed']);
    vi.advanceTimersByTime(1000);
    expect(reread).toHaveBeenCalledOnce();
  });

  it('asks nothing for edits elsewhere, once cleared, or while the setting is off', () => {
    shading.show(attended, shown);
    document.change({ rangeOffset: sentence.length, rangeLength: 0, text: ' And more.' });
    vi.advanceTimersByTime(1000);
    document.change(insertion);
    shading.dismiss();
    vi.advanceTimersByTime(1000);
    shading.show(null, shown);
    shading.show(attended, shown);
    document.change(insertion);
    fake.shades = false;
    shading.draw();
    expect(editor.marks).toEqual([]);
    expect(fake.context).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(reread).not.toHaveBeenCalled();
  });

  it('lets the token go in the view, again if that was hidden and did not hear of it', () => {
    shading.show(attended, shown);
    shading.dismiss();
    expect(editor.marks).toEqual([]);
    expect(release).toHaveBeenCalledTimes(1);
    shading.show(attended, shown);
    expect(editor.marks).toEqual([]);
    expect(release).toHaveBeenCalledTimes(2);
    shading.show(null, shown);
    shading.show(attended, shown);
    expect(editor.marks).not.toEqual([]);
  });
});
