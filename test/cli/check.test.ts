import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'headlight-check-'));
let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => { headlight = await commandLine(); });
afterAll(() => { rmSync(folder, { recursive: true }); });

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

interface Json {
  readonly files: readonly {
    readonly file: string;
    readonly model: string | null;
    readonly checks: readonly { line: number; check: string; status: string; measured: number | null; message: string; seconds: number }[];
    readonly problems: readonly { line: number; column: number; message: string }[];
  }[];
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
}

async function json(...args: string[]): Promise<Json & { code: number | null }> {
  const { code, stdout, stderr } = await headlight(['check', ...args, '--json']);
  expect(stderr).toBe('');
  return { ...(JSON.parse(stdout) as Json), code };
}

const rhyme = 'model: encoder\ntext: The cow ate the grass because it was hungry.\n';

describe('headlight check', () => {
  it('passes the files that come with Headlight, whose hashes are those of the built-in models', async () => {
    const { code, errors, failed, files, passed } = await json(join('media', 'checks'));
    expect([code, failed, errors]).toEqual([0, 0, 0]);
    expect(files.map((one) => one.model)).toEqual(['encoder', 'translator']);
    expect(passed).toBeGreaterThanOrEqual(12);
    for (const { file: path } of files) expect(readFileSync(join(root, path), 'utf8')).toMatch(/^hash: [0-9a-f]{16}$/m);
  });

  it('says for a failure what was measured and what is the case instead, and ends with 1', async () => {
    const path = file('fails.headlight-check', `${rhyme}  head 2.5: it → grass >= 0.4\n  head 2.5: it → cow >= 0.4\nclass`.replace('\nclass', '\n'));
    const { code, files: [found] } = await json(path);
    expect(code).toBe(1);
    const [failed, passed] = found!.checks;
    expect(failed).toMatchObject({ line: 3, status: 'failed', check: 'head 2.5: it → grass >= 0.4' });
    expect(failed!.message).toMatch(/^Expected head 2\.5: it → grass >= 0\.4, measured 0\.\d+: 0\.\d+ too low\. It looks most at “cow”: 0\.49\d*\.$/);
    expect(passed).toMatchObject({ line: 4, status: 'passed' });
    const { stdout } = await headlight(['check', path]);
    expect(stdout).toMatch(/ {2}failed 3 Expected .*\n {2}passed 4 .*\n1 passed, 1 failed, 0 errors\n$/);
  });

  it('measures what the lenses measure', async () => {
    const path = file('same.headlight-check', `${rhyme}  head 2.5: it → cow > 0\n  P(grass) > 0\n  P(grass) rank > 0\ntext: The man went out.\nsecond: He bought milk.\n  next sentence > 0\ntext: A dull mess.\n  class negative > 0\n`);
    const { files: [found] } = await json(path);
    const [weight, probability, rank, follows, negative] = found!.checks.map(({ measured }) => measured!);
    const text = 'The cow ate the grass because it was hungry.';
    const read = async <T>(...args: string[]): Promise<T> => JSON.parse((await headlight([...args, '--json'])).stdout) as T;
    const { attention, tokens } = await read<{ attention: number[][][][]; tokens: { text: string }[] }>('attention', text, '--layer', '2', '--head', '5');
    const at = (word: string): number => tokens.findIndex((token) => token.text === word);
    expect(weight).toBeCloseTo(attention[0]![0]![at('it')]![at('cow')]!, 5);
    const { masks: [mask] } = await read<{ masks: { predictions: { token: string; probability: number }[] }[] }>('predict', text.replace('grass', '[MASK]'), '--top', '5000');
    const place = mask!.predictions.findIndex(({ token }) => token === 'grass');
    expect(probability).toBeCloseTo(mask!.predictions[place]!.probability, 5);
    expect(rank).toBe(place + 1);
    expect(follows).toBeCloseTo((await read<{ isNext: number }>('next', 'The man went out.', 'He bought milk.')).isNext, 5);
    expect(negative).toBeCloseTo((await read<{ probabilities: Record<string, number> }>('classify', 'A dull mess.')).probabilities['negative']!, 5);
  });

  it('calls it an error where nothing can be measured, in clear words, and ends with 2', async () => {
    const other = file('other.headlight-check', `model: encoder\nhash: 0123456789abcdef\n${rhyme.split('\n')[1]!}\n  head 2.5: it → cow >= 0.4\n`);
    const mismatch = await json(other);
    expect(mismatch.code).toBe(2);
    expect(mismatch.files[0]!.checks[0]).toMatchObject({ status: 'error', measured: null });
    expect(mismatch.files[0]!.checks[0]!.message).toMatch(/made for another model: its hash is 0123456789abcdef, and that of encoder is [0-9a-f]{16}.*--any-model.*--update/);
    expect((await json(other, '--any-model')).code).toBe(0);
    const { code, errors, files } = await json(
      file('missing.headlight-check', 'model: ./nowhere\ntext: a\n  P(a) > 0\n'),
      file('unknown.headlight-check', 'model: nobody\ntext: a\n  P(a) > 0\n'),
      file('broken.headlight-check', 'model: encoder\ntext: a\n  P(a) ~ 0\n'),
      file('asked.headlight-check', `${rhyme}  head 40.3: it → cow > 0\n  head 2.5: the → cow > 0\n  head 2.5: pig → cow > 0\n  class angry > 0\n  P(pig) > 0\n`),
      join(folder, 'not-there.headlight-check'),
    );
    expect([code, errors]).toEqual([2, 9]);
    const said = files.flatMap(({ checks, problems }) => [...problems, ...checks].map(({ message }) => message));
    for (const part of ['nowhere', 'There is no model "nobody"', 'Expected >=, <=, > or <, not “~”', 'no layer 40', 'stands 2 times', '“pig” is no word or token', 'no class “angry”. Name one of negative, positive', 'P(pig) at', 'no such file']) {
      expect(said.some((message) => message.includes(part)), `${part}: ${said.join('\n')}`).toBe(true);
    }
  });

  it('takes the model of the file from where the file lies, or that of the command line', async () => {
    cpSync(join(root, 'models', 'encoder'), join(folder, 'lib', 'own'), { recursive: true });
    const path = file('lib/deep/own.headlight-check', rhyme.replace('encoder', '../own').concat('  head 2.5: it → cow >= 0.4\n'));
    expect(await json(path)).toMatchObject({ code: 0, files: [{ model: join(folder, 'lib', 'own') }] });
    expect(await json(path, '--model', 'decoder')).toMatchObject({ code: 1, files: [{ model: 'decoder' }] });
  });

  it('writes the hash where it is asked to, and nothing else', async () => {
    const before = `# kept\r\n${rhyme.replaceAll('\n', '\r\n')}  head 2.5: it → cow >= 0.4 # kept too\r\n`;
    const path = file('update.headlight-check', before);
    expect((await json(path, '--update')).code).toBe(0);
    const after = readFileSync(path, 'utf8');
    expect(after.replace(/hash: [0-9a-f]{16}\r\n/, '')).toBe(before);
    expect((await json(path)).code).toBe(0);
  });

  it('finds files in folders and by patterns', async () => {
    for (const name of ['a', 'b/c', 'b/d/e', 'node_modules/f']) file(`many/${name}.headlight-check`, 'model: encoder\ntext: a\n');
    const names = async (pattern: string): Promise<string[]> => (await json(pattern)).files.map((one) => one.file.slice(folder.length + 6).replaceAll('\\', '/'));
    expect(await names(join(folder, 'many'))).toEqual(['a.headlight-check', 'b/c.headlight-check', 'b/d/e.headlight-check']);
    expect(await names(join(folder, 'many', '**', '?.headlight-check'))).toHaveLength(3);
    expect(await names(join(folder, 'many', '*', '*.headlight-check'))).toEqual(['b/c.headlight-check']);
    expect(await headlight(['check', join(folder, 'many', '*.txt')])).toMatchObject({ code: 2, stderr: expect.stringContaining('no file of checks') as string });
    expect((await headlight(['check'])).code).toBe(2);
  });

  it('writes JUnit XML that parses, whatever stands in the texts', async () => {
    const path = file('junit.headlight-check', `${rhyme}  head 2.5: it → grass >= 0.4\n  head 2.5: it → cow >= 0.4\n  P("<&\\"'\\u0000\\ud800]]>😀") > 0\n  oops & < "\n`);
    const xml = join(folder, 'results.xml');
    expect((await headlight(['check', path, '--junit', xml])).code).toBe(2);
    const script = `
import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
print(json.dumps({'root': [root.tag, root.attrib], 'cases': [[case.get('name'), case.get('line'), [[child.tag, child.get('message')] for child in case]] for case in root.iter('testcase')]}))`;
    const parsed = JSON.parse(execFileSync('python3', ['-c', script, xml], { encoding: 'utf8' })) as { root: [string, Record<string, string>]; cases: [string, string, [string, string][]][] };
    expect(parsed.root).toMatchObject(['testsuites', { tests: '4', failures: '1', errors: '2' }]);
    expect(parsed.cases.map(([, line, children]) => [line, children.map(([tag]) => tag)])).toEqual([['6', ['error']], ['3', ['failure']], ['4', []], ['5', ['error']]]);
    expect(parsed.cases[1]![2][0]![1]).toContain('Expected head 2.5: it → grass >= 0.4, measured');
    expect(parsed.cases[3]![0]).toContain('<&');
    expect(parsed.cases[3]![0]).toContain('😀');
  });
});
