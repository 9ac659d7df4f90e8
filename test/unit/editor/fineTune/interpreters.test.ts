import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findInterpreters } from '../../../../src/editor/fineTune/interpreters';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headlight-pythons-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function program(path: string, mode = 0o755): string {
  const at = join(folder, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, '');
  chmodSync(at, mode);
  return at;
}

test('what the Python extension knows, environments of the workspace, and the PATH, in this order and each once', async () => {
  const own = program('work/.venv/bin/python');
  writeFileSync(join(folder, 'work', '.venv', 'pyvenv.cfg'), '');
  program('work/tools/bin/python');
  const [first, second] = [program('usr/bin/python3'), program('opt/bin/python3')];
  const plain = program('usr/bin/python');
  const known = program('conda/bin/python');
  const path = [join(folder, 'usr', 'bin'), '', join(folder, 'opt', 'bin'), join(folder, 'nowhere')].join(delimiter);
  expect(await findInterpreters({ folders: [join(folder, 'work'), join(folder, 'gone')], known: [known, own, join(folder, 'removed')], path, platform: 'linux' })).toEqual([
    { path: known, origin: 'extension' },
    { path: own, origin: 'extension' },
    { path: first, origin: 'path' },
    { path: second, origin: 'path' },
    { path: plain, origin: 'path' },
  ]);
});

test('an environment that is linked to counts, a file that cannot be run does not', async () => {
  const real = program('envs/torch/bin/python');
  writeFileSync(join(folder, 'envs', 'torch', 'pyvenv.cfg'), '');
  mkdirSync(join(folder, 'work'));
  symlinkSync(join(folder, 'envs', 'torch'), join(folder, 'work', 'env'));
  program('bin/python3', 0o644);
  expect(real).toContain('torch');
  expect(await findInterpreters({ folders: [join(folder, 'work')], known: [], path: join(folder, 'bin'), platform: 'linux' })).toEqual([{ path: join(folder, 'work', 'env', 'bin', 'python'), origin: 'workspace' }]);
});

test('on Windows they have other names', async () => {
  const own = program('work/.venv/Scripts/python.exe');
  writeFileSync(join(folder, 'work', '.venv', 'pyvenv.cfg'), '');
  const onPath = program('bin/python.exe');
  program('bin/python3');
  expect((await findInterpreters({ folders: [join(folder, 'work')], known: [], path: join(folder, 'bin'), platform: 'win32' })).map(({ path }) => path)).toEqual([own, onPath]);
});
