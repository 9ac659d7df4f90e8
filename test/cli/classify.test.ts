import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { committedFamilies, unpacked } from '../support/families';
import { commandLine } from '../support/headlight';

const text = 'A dull, badly written mess that wastes its cast.';
let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => { headlight = await commandLine(); });

interface Json {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly logits: Readonly<Record<string, number>>;
  readonly problemType: string;
  readonly evidence: {
    readonly label: string;
    readonly words: readonly { word: string; start: number; end: number; segment: number; probability: number; logit: number }[];
    readonly attention: { layer: number; token: number; correlation: number; weights: number[]; best: { head: number; correlation: number } };
  };
}

async function json(args: readonly string[], input?: string): Promise<Json> {
  const { code, stdout, stderr } = await headlight(['classify', ...args, '--json'], input);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Json;
}

describe('headlight classify', () => {
  it('says which class a text is of', async () => {
    const { label, logits, probabilities, problemType } = await json([text]);
    expect(label).toBe('negative');
    expect(Object.keys(probabilities)).toEqual(['negative', 'positive']);
    expect(probabilities['negative']! + probabilities['positive']!).toBeCloseTo(1, 5);
    expect(probabilities['negative']).toBeGreaterThan(0.95);
    expect(probabilities['negative']).toBeCloseTo(1 / (1 + Math.exp(logits['positive']! - logits['negative']!)), 5);
    expect(problemType).toBe('single-label');
  });

  it('says what each word does, for the class it found or one that is named', async () => {
    const { evidence } = await json([text, '--evidence']);
    expect(evidence.words.map(({ word }) => word)).toEqual(['A', 'dull', ',', 'badly', 'written', 'mess', 'that', 'wastes', 'its', 'cast', '.']);
    expect(evidence.words.every(({ start, end, word }) => text.slice(start, end) === word)).toBe(true);
    expect(evidence.attention).toMatchObject({ layer: 5, token: 0 });
    expect(evidence.attention.weights).toHaveLength(11);
    expect(Math.max(...evidence.attention.weights)).toBeGreaterThan(0.1);
    expect(Math.abs(evidence.attention.correlation)).toBeLessThanOrEqual(1);
    const other = await json([text, '--evidence', '--label', 'Positive']);
    expect(other.evidence.label).toBe('positive');
    for (const [index, { logit }] of other.evidence.words.entries()) expect(logit).toBeCloseTo(-evidence.words[index]!.logit, 4);
    const deleted = await json([text, '--evidence', '--method', 'delete']);
    expect(deleted.evidence.words.map(({ logit }) => logit)).not.toEqual(evidence.words.map(({ logit }) => logit));
  });

  it('is the whole text less the text without the word', async () => {
    const { evidence, probabilities } = await json([text, '--evidence']);
    const { start, end, probability } = evidence.words[1]!;
    const without = await json([`${text.slice(0, start)}[MASK]${text.slice(end)}`]);
    expect(probability).toBeCloseTo(probabilities['negative']! - without.probabilities['negative']!, 5);
  });

  it('classifies lines of stdin, and counts those that are labelled', async () => {
    const { code, stdout } = await headlight(['classify', '--lines', '--json'], 'negative\tA mess.\n\n1\tA masterpiece, warm and funny.\n0\tI loved it.\n');
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as { lines: (null | { label: string; truth: string; cut: boolean })[]; accuracy: number };
    expect(answer.lines.map((line) => line && [line.label, line.truth, line.cut])).toEqual([['negative', 'negative', false], null, ['positive', 'positive', false], ['positive', 'negative', false]]);
    expect(answer.accuracy).toBeCloseTo(2 / 3, 6);
  });

  it('takes any folder with the labels of its configuration, and pairs', async () => {
    const folder = unpacked(committedFamilies, 'bert-classifier--optimum-eager-18-fp32');
    const { probabilities } = await json(['The cat sat on the wall.', '--pair', 'The boat.', '--evidence', '--model', folder]);
    expect(Object.keys(probabilities)).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
  });

  it('draws bars for people', async () => {
    const { stdout } = await headlight(['classify', text, '--evidence']);
    expect(stdout).toMatch(/negative █+ +\d+\.\d % +logit \d/);
    expect(stdout).toMatch(/dull +for +█/);
    expect(stdout).toMatch(/rank correlation −?\d\.\d\d/);
    const lines = await headlight(['classify', 'A mess.\nI loved it.', '--lines']);
    expect(lines.stdout).toMatch(/^negative\t[01]\.\d{4}\tA mess\.\npositive\t[01]\.\d{4}\tI loved it\.\n$/);
  });

  it.each([
    [[], 2, /Give a TEXT/],
    [[' '], 1, /empty/],
    [[text, '--label', 'positive'], 2, /add --evidence/],
    [[text, '--evidence', '--label', 'happy'], 2, /no label "happy".*negative, positive/],
    [[text, '--evidence', '--method', 'cut'], 2, /mask, delete/],
    [[text, '--lines', '--evidence'], 2, /--lines takes no --evidence/],
    [[text, '--model', join('models', 'decoder')], 1, /tells no classes/],
    [['--lines', '--model', join('.', 'models', 'decoder')], 1, /tells no classes/],
  ])('refuses %j', async (args, expected, message) => {
    const { code, stderr } = await headlight(['classify', ...args], 'A line.\n');
    expect(code).toBe(expected);
    expect(stderr).toMatch(message);
  });
});
