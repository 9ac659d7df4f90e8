import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

const folder = mkdtempSync(join(tmpdir(), 'headlight-drift-'));
const file = join(folder, 'lines.txt');
const before = './test/fixtures/models/bert-tiny';
const after = './test/fixtures/drift/after';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
  writeFileSync(file, 'The cat sat on the mat.\n\n  We planted beans along the fence.\nBeans.\n');
});
afterAll(() => { rmSync(folder, { recursive: true }); });

interface Found {
  readonly model: string;
  readonly against: string;
  readonly lines: { readonly read: number; readonly total: number; readonly cut: number };
  readonly heads: readonly { readonly layer: number; readonly head: number; readonly divergence: number; readonly difference: number }[];
  readonly states: readonly { readonly state: number; readonly cosineDistance: number; readonly relativeNorm: number }[];
  readonly predictions: { readonly kind: string; readonly places: number; readonly divergence: number; readonly changes: readonly { readonly line: number; readonly start: number; readonly end: number; readonly text: string }[] } | null;
  readonly noPredictions: string | null;
  readonly senses: {
    readonly states: readonly { readonly state: number }[];
    readonly words: readonly {
      readonly word: string; readonly state: number; readonly cosineDistance: number; readonly structure: number | null;
      readonly occurrences: readonly { readonly line: number; readonly start: number; readonly end: number }[];
    }[];
  } | null;
  readonly lineDivergence: readonly { readonly line: number; readonly divergence: number }[];
}

const json = async (...args: string[]): Promise<Found> => JSON.parse((await headlight(['drift', ...args, '--json'])).stdout) as Found;

describe('headlight drift', () => {
  it('measures heads, states and predictions over the lines of a file', async () => {
    const found = await json(file, '--model', before, '--against', after);
    expect(found.lines).toEqual({ read: 3, total: 3, cut: 0 });
    expect([found.model.endsWith('bert-tiny'), found.against.endsWith('after')]).toEqual([true, true]);
    expect(found.heads.map(({ layer, head }) => `${layer}.${head}`)).toEqual(['0.0', '0.1', '0.2', '0.3', '1.0', '1.1', '1.2', '1.3']);
    expect(found.heads.every(({ divergence, difference }) => divergence > 0.001 && difference > 0.001)).toBe(true);
    expect(found.states.map(({ state }) => state)).toEqual([0, 1, 2]);
    expect(found.lineDivergence.map(({ line }) => line)).toEqual([1, 3, 4]);
    const { changes, kind, places } = found.predictions!;
    expect([kind, places >= 3, changes.length > 0]).toEqual(['masked', true, true]);
    const text = 'The cat sat on the mat.\n\n  We planted beans along the fence.\nBeans.\n';
    for (const change of changes) expect(text.slice(change.start, change.end)).toBe(change.text);
  });

  it('finds exactly nothing between a file and itself, and takes a text in place of a file', async () => {
    const found = await json('The cat sat on the mat.', '--model', before, '--against', before);
    expect(found.heads.every(({ divergence, difference }) => divergence === 0 && difference === 0)).toBe(true);
    expect(found.predictions).toMatchObject({ divergence: 0, changes: [] });
  });

  it('prints tables, as words or as CSV', async () => {
    const { code, stdout } = await headlight(['drift', file, '--model', before, '--against', after, '--lines', '2']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^after against bert-tiny on cpu\n2 of 3 lines, \d+ tokens\n[^]*\n +1 +0\.\d+[^]*\n {2}embeddings +0\.\d+ +0\.\d+ [^]*masked words: \d+ of \d+ most probable/);
    const csv = async (...args: string[]): Promise<string[]> => (await headlight(['drift', file, '--model', before, '--against', after, ...args])).stdout.trimEnd().split('\r\n');
    expect(await csv('--csv')).toHaveLength(9);
    expect((await csv('--csv', 'states'))[0]).toBe('state,cosineDistance,relativeNorm');
    expect((await csv('--csv', 'changes'))[0]).toMatch(/^line,start,end,text,before,/);
  });

  it('says how words that occur several times moved', async () => {
    const { senses } = await json(file, '--model', before, '--against', after);
    expect(senses!.states.map(({ state }) => state)).toEqual([0, 1, 2]);
    const [beans] = senses!.words.filter(({ state }) => state === 2);
    expect([beans!.word.toLowerCase(), beans!.occurrences.map(({ line }) => line), beans!.structure]).toEqual(['beans', [3, 4], null]);
    expect(beans!.cosineDistance).toBeGreaterThan(0.0001);
    const text = 'The cat sat on the mat.\n\n  We planted beans along the fence.\nBeans.\n';
    for (const { start, end } of beans!.occurrences) expect(text.slice(start, end).toLowerCase()).toBe('beans');
    const { stdout } = await headlight(['drift', file, '--model', before, '--against', after]);
    expect(stdout).toMatch(/senses of 1 word that occurs several times[^]*similarity\n {2}embeddings[^]*moved most after the last layer\n {2}beans +1 - cosine 0\.\d+ +its occurrences -?0\.\d+ -> -?0\.\d+; lines 3, 4\n/);
    const rows = (await headlight(['drift', file, '--model', before, '--against', after, '--csv', 'words'])).stdout.trimEnd().split('\r\n');
    expect([rows.length, rows[0]]).toEqual([4, 'word,occurrences,state,cosineDistance,before,after,structure']);
  });

  it('reads of a file that a model was fine-tuned on what was held out, and labels as labels', async () => {
    const tuned = join(folder, 'tuned');
    cpSync('./test/fixtures/drift/after', tuned, { recursive: true });
    const lines = join(folder, 'lines.tsv');
    const content = 'a\tThe cat sat.\na\tBeans.\nb\tThe fence.\nb\tThe mat.\n';
    writeFileSync(lines, content);
    writeFileSync(join(tuned, 'figures.json'), JSON.stringify({ lines_sha256: createHash('sha256').update(content).digest('hex'), held_out_lines: [2, 4] }));
    const read = async (...args: string[]) => (await headlight(['drift', lines, '--model', before, '--against', tuned, ...args])).stdout;
    const changes = (JSON.parse(await read('--json')) as Found).lineDivergence.map(({ line }) => line);
    expect(changes).toEqual([2, 4]);
    expect(await read()).toContain('\n2 lines that were held out of training, ');
    expect(await read('--all')).toMatch(/\n4 lines, /);
    writeFileSync(lines, `${content}a\tAnother.\n`);
    expect(await read()).toMatch(/\n5 lines, /);
  });

  it.each([
    [[file, '--model', before], 2, /--against/],
    [[file, '--model', before, '--against', after, '--lines', '0'], 2, /at least 1/],
    [[file, '--model', before, '--against', after, '--csv', 'rows'], 2, /heads, states, changes/],
    [[file, '--model', before, '--against', 'encoder'], 1, /2 against 6 layers/],
    [[file, '--model', before, '--against', './test/fixtures/models/roberta-tiny'], 1, /vocabularies differ/],
    [[file, '--model', before, '--against', './nowhere'], 1, /nowhere does not exist/],
    [['nowhere.txt', '--model', before, '--against', after], 1, /there is no such file/],
    [['  ', '--model', before, '--against', after], 1, /no lines to compare/],
  ])('refuses %j', async (args, code, message) => {
    const finished = await headlight(['drift', ...args]);
    expect([finished.code, finished.stdout]).toEqual([code, '']);
    expect(finished.stderr).toMatch(message);
  });
});
