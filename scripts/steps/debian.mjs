import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { hasCommand, run } from './run.mjs';
import { step } from './step.mjs';

const library = (name) => ({
  package: name,
  present: () => spawnSync('dpkg-query', ['-W', '-f', '${Status}', name], { encoding: 'utf8' }).stdout?.includes('ok installed'),
});
const command = (name, ...commands) => ({ package: name, present: () => commands.some(hasCommand) });

/** What the native modules of code-server are built with. */
export const buildTools = [
  command('python3', 'python3'),
  command('make', 'make'),
  command('g++', 'g++', 'c++'),
  command('pkg-config', 'pkg-config'),
  ...['libkrb5-dev', 'libsecret-1-dev', 'libx11-dev', 'libxkbfile-dev'].map(library),
];

/** What the workbench tests look at VS Code with; Chromium brings SwiftShader, a graphics card in software. */
export const browser = [
  { package: 'chromium', present: () => existsSync('/usr/bin/chromium') },
  library('libvulkan1'),
  library('fonts-dejavu-core'),
];

/** Installs Debian packages that are missing, or says how to when this user may not. */
export function installPackages(purpose, wanted) {
  return step(`System packages for ${purpose}`, async () => {
    if (process.platform !== 'linux' || !hasCommand('dpkg-query')) {
      return `not Debian: skipped (there they are ${wanted.map((each) => each.package).join(', ')})`;
    }
    const missing = wanted.filter((each) => !each.present()).map((each) => each.package);
    if (missing.length === 0) return 'all there';
    const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
    const prefix = process.getuid() === 0 ? [] : ['sudo', '-n'];
    if (prefix.length > 0 && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
      throw new Error(`These packages are needed and this user may not install them. Run\n  sudo ${install.join(' ')}\nand start again.`);
    }
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (args, log) => {
      const [first, ...rest] = [...prefix, ...args];
      return run(first, rest, { log, env });
    };
    await apt(['apt-get', 'update'], 'apt-update');
    await apt(install, 'apt-install');
    return missing.join(', ');
  });
}
