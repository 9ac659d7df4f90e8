import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random';

type FolderMutation = (folder: string, file: string, random: Random) => void;

/** Puts something that is no plain file, or none at all, in place of a file of a model folder. */
const mutations: Readonly<Record<string, FolderMutation>> = {
  missing: (folder, file) => {
    rmSync(join(folder, file));
  },
  folder: (folder, file) => {
    rmSync(join(folder, file));
    mkdirSync(join(folder, file));
  },
  fifo: (folder, file) => {
    rmSync(join(folder, file));
    execFileSync('mkfifo', [join(folder, file)]);
  },
  'link to a device': (folder, file, random) => {
    linkTo(folder, file, random.pick(['/dev/zero', '/dev/null', '/dev/random', '/dev/tty', '/proc/self/mem', '/proc/kmsg']));
  },
  'link to itself': (folder, file) => {
    linkTo(folder, file, file);
  },
  'link to nowhere': (folder, file) => {
    linkTo(folder, file, '/nowhere/at/all');
  },
  'link to a folder': (folder, file) => {
    linkTo(folder, file, '/');
  },
  'huge and empty': (folder, file, random) => {
    truncateSync(join(folder, file), random.pick([2 ** 27, 2 ** 31, 2 ** 33, 2 ** 40]));
  },
  'pickles only': (folder, file, random) => {
    renameSync(join(folder, file), join(folder, random.pick(['pytorch_model.bin', 'model.pt', 'model.pkl', 'model.ckpt', 'model.safetensors'])));
  },
  'another file': (folder, file, random) => {
    writeFileSync(join(folder, file), random.pick(['', 'null', '[]', '"x"', '5', '{}', '<!DOCTYPE html>', 'version https://git-lfs.github.com/spec/v1\n', '\x80\x04\x95', '{"a":']));
  },
  sums: (folder, file, random) => {
    writeFileSync(join(folder, 'SHA256SUMS'), random.pick([`${'0'.repeat(64)}  ${file}\n`, `  ${file}\n`, '\0\0', 'x'.repeat(100_000)]));
  },
};

/** Changes the folder in one of these ways. */
export function mutateFolder(folder: string, files: readonly string[], random: Random): string {
  const [name, file] = [random.pick(Object.keys(mutations)), random.pick(files)];
  mutations[name]!(folder, file, random);
  return `${name} ${file}`;
}

/** What the names in `evilPaths` lead to. */
export function layTraps(folder: string): void {
  writeFileSync(join(folder, 'weights.bin'), new Uint8Array(4096));
  mkdirSync(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  symlinkSync('/etc/passwd', join(folder, 'link'));
  symlinkSync('loop', join(folder, 'loop'));
}

function linkTo(folder: string, file: string, target: string): void {
  rmSync(join(folder, file));
  symlinkSync(target, join(folder, file));
}
