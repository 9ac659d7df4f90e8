import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

const sentiment = join(import.meta.dirname, '..', '..', 'media', 'sentiment.tsv');
let headlight: Awaited<ReturnType<typeof commandLine>>;
let folder: string;
beforeAll(async () => {
  headlight = await commandLine();
  folder = mkdtempSync(join(tmpdir(), 'headlight-train-'));
});
afterAll(() => { rmSync(folder, { recursive: true }); });

interface TrainedJson {
  readonly labels: readonly string[];
  readonly counts: readonly number[];
  readonly state: number;
  readonly pooling: string;
  readonly split: { training: number; heldOut: number };
  readonly figures: { accuracy: number; interval: [number, number]; baseline: number; confusion: number[][] };
  readonly states: { pooling: string; accuracies: number[] }[];
  readonly saved: string | null;
}

describe('headlight train', () => {
  it('trains on a file, says how good it is, and saves a model that the other verbs read', async () => {
    const out = join(mkdtempSync(join(folder, 'saved-')), 'sentiment');
    const { code, stdout, stderr } = await headlight(['train', sentiment, '--out', out, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const trained = JSON.parse(stdout) as TrainedJson;
    expect(trained).toMatchObject({ labels: ['negative', 'positive'], counts: [32, 32], split: { training: 52, heldOut: 12 }, state: 6, pooling: 'mean', saved: out });
    const { accuracy, baseline, confusion, interval } = trained.figures;
    expect(accuracy).toBeGreaterThan(baseline);
    expect(confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(12);
    expect(interval[0]).toBeLessThanOrEqual(accuracy);
    expect(trained.states.map(({ accuracies }) => accuracies.length)).toEqual([7, 7]);
    expect(stdout).not.toContain('"head"');
    const inspected = JSON.parse((await headlight(['inspect', out, '--json'])).stdout) as { architecture: string; heads_of_output: { name: string; kind: string; size: number }[] };
    expect(inspected.architecture).toBe('BertForSequenceClassification');
    expect(inspected.heads_of_output).toMatchObject([{ name: 'logits', kind: 'classes', size: 2 }]);
    const attention = await headlight(['attention', 'A lovely cow.', '--model', out, '--json']);
    expect(attention.code).toBe(0);
  });

  it('prints a report for people, of another layer and pooling', async () => {
    const { stdout } = await headlight(['train', sentiment, '--layer', '3', '--pooling', 'cls', '--seed', '7']);
    expect(stdout).toMatch(/hidden state 3, first token\n52 examples to train on, 12 held out: negative 32, positive 32/);
    expect(stdout).toMatch(/on the 12 held-out examples\n +accuracy +\d+\.\d % \(95 % between .*\); always “negative” 50\.0 %/);
    expect(stdout).toMatch(/accuracy by hidden state: cls, mean\n +0 /);
  });

  it('names lines that cannot be used', async () => {
    const path = join(folder, 'some.csv');
    writeFileSync(path, 'text,label\nfine,a\nnice,a\n\nonly one\nbad,b\n"worse, far",b\n');
    const { code, stdout } = await headlight(['train', path]);
    expect(code).toBe(0);
    expect(stdout).toContain('1 line left out:\n  line 5 has 1 field, while the header names 2\n');
  });

  it.each([
    [[], 2, /Usage: headlight train/],
    [['nowhere.tsv'], 1, /no such file/],
    [['BROKEN'], 1, /the quote that opens a field in line 2 is never closed/],
    [['ONE'], 1, /All 2 examples of one\.tsv have the label “a”/],
    [[sentiment, '--pooling', 'max'], 2, /--pooling is one of cls, mean/],
    [[sentiment, '--layer', '9'], 1, /no hidden state 9/],
    [[sentiment, '--out', 'FOLDER'], 1, /is there already/],
  ])('refuses %j', async (args, expected, message) => {
    writeFileSync(join(folder, 'broken.csv'), 'a,b\n"c,d\n');
    writeFileSync(join(folder, 'one.tsv'), 'a\tb\na\tc\n');
    const given = args.map((arg) => ({ BROKEN: join(folder, 'broken.csv'), ONE: join(folder, 'one.tsv'), FOLDER: folder })[arg] ?? arg);
    const { code, stderr } = await headlight(['train', ...given]);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
    expect(existsSync(join(folder, '.partial'))).toBe(false);
  });
});
