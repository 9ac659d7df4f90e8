import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { quietSettings, startCodeServer, untilHealthy } from '../../scripts/steps/codeServer.mjs';
import { cache } from '../../scripts/steps/paths.mjs';
import { bundle } from './bundle';
import { memoryScheme } from './memoryFiles';

/** Where the packaged extension is installed for the tests. */
export const testExtensions = join(cache, 'test', 'extensions');

/** Settings that keep the workbench quiet and quick; tests add their own. */
const testSettings = {
  ...quietSettings,
  'editor.hover.delay': 100,
  'editor.accessibilitySupport': 'off',
  'editor.minimap.enabled': false,
  'workbench.colorTheme': 'Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.editor.useModal': 'off',
  'files.autoSave': 'off',
  'git.enabled': false,
  'window.confirmBeforeClose': 'never',
};

export interface ServerOptions {
  /** Files of the folder that is open: name → content. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the files are served from memory by another extension, as a virtual workspace, and lie on no disk. */
  readonly virtual?: boolean;
  /** Whether VS Code asks for trust in the folder, which it then does not have; otherwise all folders have it. */
  readonly trust?: boolean;
}

/** A code-server with the packaged extension, in folders of its own; `stop` ends it and removes them. */
export interface TestServer {
  readonly address: string;
  /** The folder that is open. */
  readonly folder: string;
  /** What opens it, in the address of the window. */
  readonly opens: string;
  /** Process ids of the extension's engines under this server. */
  engines(): Promise<number[]>;
  stop(): Promise<void>;
}

export async function startServer({ files, settings = {}, env = {}, virtual = false, trust = false }: ServerOptions): Promise<TestServer> {
  const home = mkdtempSync(join(tmpdir(), 'headlight-workbench-'));
  const folder = join(home, 'folder');
  const userData = join(home, 'user-data');
  const settingsFile = join(userData, 'User', 'settings.json');
  await mkdir(dirname(settingsFile), { recursive: true });
  await mkdir(folder, { recursive: true });
  await writeFile(settingsFile, JSON.stringify({ ...testSettings, ...settings }));
  // Settings of machine scope, such as the device, are read from here and not from the user's file.
  const machineFile = join(userData, 'Machine', 'settings.json');
  await mkdir(dirname(machineFile), { recursive: true });
  await writeFile(machineFile, JSON.stringify(settings));
  for (const [name, content] of virtual ? [] : Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const extensions = virtual ? await withMemoryFiles(home) : testExtensions;
  const workspace = join(home, 'virtual.code-workspace');
  if (virtual) await writeFile(workspace, JSON.stringify({ folders: [{ uri: `${memoryScheme}:/folder` }] }));

  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = startCodeServer({ port, extensions, userData, folder, trust, env: virtual ? { ...env, HEADLIGHT_MEMORY_FILES: JSON.stringify(files) } : env });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { log += text; });
  const ended = new Promise<void>((resolve) => child.once('exit', () => { resolve(); }));
  try {
    await untilHealthy(address, child);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}\n${log}`);
  }

  return {
    address,
    folder,
    opens: virtual ? `workspace=${encodeURIComponent(workspace)}` : `folder=${encodeURIComponent(folder)}`,
    engines: () => enginesUnder(child.pid!),
    async stop() {
      child.kill('SIGTERM');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
      child.kill('SIGKILL');
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** A folder of extensions with the packaged one and one more, which serves files from memory. */
async function withMemoryFiles(home: string): Promise<string> {
  const extensions = join(home, 'extensions');
  const own = join(extensions, 'headlight-test.memory-files-0.0.1');
  await mkdir(own, { recursive: true });
  const installed = (await readdir(testExtensions)).find((name) => name.startsWith('headlight.'));
  if (installed === undefined) throw new Error('The extension is not installed for the tests.');
  await symlink(join(testExtensions, installed), join(extensions, installed));
  await rename(await bundle('test/support/memoryFiles.ts'), join(own, 'main.cjs'));
  const manifest = {
    name: 'memory-files', publisher: 'headlight-test', version: '0.0.1', engines: { vscode: '^1.100.0' },
    main: './main.cjs', activationEvents: [`onFileSystem:${memoryScheme}`],
  };
  await writeFile(join(own, 'package.json'), JSON.stringify(manifest));
  return extensions;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Descendants of a process that run the extension's engine, as /proc knows them. */
async function enginesUnder(ancestor: number): Promise<number[]> {
  const entries = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const parents = new Map<number, number>();
  const engines: number[] = [];
  for (const pid of entries) {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold anything: what follows the last one is "state parent …".
      parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (command.split('\0').some((argument) => argument.endsWith('/dist/engine.js'))) engines.push(pid);
    } catch {
      // It ended while it was being looked at.
      parents.delete(pid);
    }
  }
  const descends = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === ancestor || descends(parent));
  };
  return engines.filter(descends);
}
