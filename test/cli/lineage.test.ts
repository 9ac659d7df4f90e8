import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bleu } from '../../src/lenses/lineage/bleu';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
let folder: string;
beforeAll(async () => {
  headlight = await commandLine();
  folder = mkdtempSync(join(tmpdir(), 'headlight-lineage-'));
});
afterAll(() => { rmSync(folder, { recursive: true }); });

const cow = 'The cow jumped over the moon.';
const reference = 'La vaca saltó sobre la luna.';
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

interface Moved {
  readonly cosineDistance: number;
  readonly distance: number;
}
interface OfText {
  readonly generations: readonly {
    readonly model: string;
    readonly year: string;
    readonly output: string;
    readonly stopped: string;
    readonly forgetting?: readonly { readonly word: string; readonly justRead: Moved; readonly atEnd: Moved }[];
    readonly reference: { readonly bitsPerToken: number; readonly perplexity: number };
  }[];
}
interface OfPairs {
  readonly pairs: number;
  readonly generations: readonly {
    readonly model: string;
    readonly bleu: number;
    readonly byLength: readonly { readonly words: readonly (number | null)[]; readonly pairs: number; readonly bleu: number }[];
    readonly outputs: readonly string[];
    readonly recorded: { readonly bleu: number; readonly joinedByLength: readonly object[] };
  }[];
}

const json = async <T>(args: readonly string[]): Promise<T> => {
  const { code, stderr, stdout } = await headlight([...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
};

describe('headlight lineage', () => {
  it('translates by three generations, with what is forgotten and what a reference costs', async () => {
    const { generations } = await json<OfText>(['lineage', cow, '--reference', reference]);
    expect(generations.map(({ model, year }) => [model, year])).toEqual([['rnn', '2014'], ['rnn-attention', '2014/15'], ['translator', '2017']]);
    // As the models' cards have them, which are measured with the same search.
    expect(generations.map(({ output }) => output)).toEqual(['La fiesta se apagó la semana.', 'La vaca saltó por la luna.', reference]);
    expect(generations.map(({ stopped }) => stopped)).toEqual(['stop-token', 'stop-token', 'stop-token']);
    const [rnn, attending, transformer] = generations as [OfText['generations'][0], OfText['generations'][0], OfText['generations'][0]];
    expect(rnn.forgetting!.map(({ word }) => word)).toEqual(['The', 'cow', 'jumped', 'over', 'the', 'moon', '.']);
    for (const { atEnd, justRead } of rnn.forgetting!.slice(0, -1)) expect(atEnd.cosineDistance).not.toBe(justRead.cosineDistance);
    expect(attending).not.toHaveProperty('forgetting');
    expect(rnn.reference.bitsPerToken).toBeGreaterThan(attending.reference.bitsPerToken);
    expect(2 ** transformer.reference.bitsPerToken).toBeCloseTo(transformer.reference.perplexity, 6);
  });

  it('measures BLEU on pairs, in all and by length, beside what was recorded', async () => {
    const path = file('pairs.tsv', `${cow}\t${reference}\n\nWhere is the bank?\t¿Dónde está el banco?\nI can't stand the noise.\tNo soporto el ruido.\n`);
    const { generations, pairs } = await json<OfPairs>(['lineage', '--pairs', path]);
    expect(pairs).toBe(3);
    const references = [reference, '¿Dónde está el banco?', 'No soporto el ruido.'];
    for (const { bleu: score, byLength, outputs } of generations) {
      expect(score).toBeCloseTo(bleu(outputs.map((output, index) => ({ output, reference: references[index]! }))), 9);
      expect(byLength.map(({ pairs: count, words }) => [words, count])).toEqual([[[1, 4], 1], [[5, 8], 2]]);
    }
    expect(generations[2]!.bleu).toBeCloseTo(100, 9);
    expect(generations[0]!.bleu).toBeLessThan(60);
    expect(generations.map(({ recorded }) => recorded.bleu)).toEqual([23.87, 40.25, 40.48]);
    expect(generations[0]!.recorded.joinedByLength).toHaveLength(4);
  });

  it('prints both for people', async () => {
    const { stdout } = await headlight(['lineage', cow, '--beams', '1']);
    expect(stdout).toMatch(/^rnn: LSTM, one thought vector \(2014\)\n/);
    expect(stdout).toMatch(/ {4}moon +\d\.\d{3} {2}\d\.\d{3} █/);
    const { stdout: measured } = await headlight(['lineage', '--pairs', file('one.tsv', `${cow}\t${reference}\n`)]);
    expect(measured).toContain('  100.0 BLEU on 1 pairs');
    expect(measured).toContain('17–24 words    7.4  (243 pairs, joined)');
  });

  it.each([
    [['lineage'], 2, 'Give either a TEXT or --pairs'],
    [['lineage', cow, '--pairs', 'x'], 2, 'Give either a TEXT or --pairs'],
    [['lineage', cow, '--model', 'rnn'], 2, 'Leave --model out'],
    [['lineage', '--pairs', 'x', '--reference', 'y'], 2, 'Leave --reference out'],
    [['lineage', cow, '--beams', '0'], 2, 'at least 1'],
    [['lineage', ' '], 1, 'empty'],
    [['lineage', '--pairs', join('does', 'not', 'exist')], 1, 'exist'],
    [['lineage', '--pairs', 'README.md'], 1, 'have no tab'],
  ])('refuses %j', async (args, code, words) => {
    const answer = await headlight(args);
    expect(answer.stderr).toContain(words);
    expect(answer.code).toBe(code);
  });
});
