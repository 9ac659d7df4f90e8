/** `npm start`: from nothing to the lesson open in a real VS Code with Headlight installed. Needs Node and npm only. */
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { installIntoCodeServer, quietSettings, setUpCodeServer, startCodeServer, untilHealthy } from './steps/codeServer.mjs';
import { installDependencies } from './steps/dependencies.mjs';
import { packageExtension } from './steps/extension.mjs';
import { readOptions } from './steps/options.mjs';
import { cache, lesson, out, root, vsix } from './steps/paths.mjs';
import { CommandFailed, hasCommand, run } from './steps/run.mjs';
import { hashOfFile, unlessUnchanged } from './steps/stamp.mjs';
import { seconds, step } from './steps/step.mjs';

const help = `Usage: npm start -- [options]

Installs what is missing, builds Headlight, installs it into VS Code and opens the lesson. What is done already is
not done again. Where a \`code\` command exists, that VS Code is used; otherwise VS Code is served to your browser by
code-server, which is set up once under .cache/ (about five minutes and 620 MB; HEADLIGHT_CACHE names another folder).

  --code         use the \`code\` command
  --server       use code-server even where a \`code\` command exists
  --port PORT    port of code-server; 8123, or the next free one, by default
  --no-open      do not open a browser
  --dev          build with source maps, nothing minified
  --clean        forget builds, the installed extension and the server's user data first
  --help`;

const flag = { type: 'boolean', default: false };
const options = readOptions({
  code: flag,
  server: flag,
  port: { type: 'string' },
  'no-open': flag,
  dev: flag,
  clean: flag,
  help: { ...flag, short: 'h' },
});

/** Folders of the VS Code that `npm start` serves. */
const server = {
  extensions: join(cache, 'start', 'extensions'),
  userData: join(cache, 'start', 'user-data'),
  folder: join(cache, 'start', 'lesson'),
};

async function main() {
  const started = performance.now();
  if (options.clean) {
    for (const made of [join(root, 'dist'), out, join(cache, 'start')]) rmSync(made, { recursive: true, force: true });
  }
  await installDependencies();
  await packageExtension({ dev: options.dev });
  if (options.code || (!options.server && hasCommand('code'))) {
    await openInCode();
    console.log(`\nHeadlight is installed and the lesson is open. Everything took ${seconds(performance.now() - started)}.`);
  } else {
    await serve(started);
  }
}

async function openInCode() {
  if (!hasCommand('code')) {
    throw new Error('There is no `code` command on PATH. In VS Code run "Shell Command: Install \'code\' command in PATH", or start with --server.');
  }
  const shell = process.platform === 'win32';
  await step('Install the VSIX into VS Code', async () => {
    await run('code', ['--install-extension', vsix, '--force'], { shell });
  });
  await step('Open the lesson', async () => {
    await run('code', [lesson], { shell });
  });
}

async function serve(started) {
  await setUpCodeServer();
  await installIntoCodeServer(server.extensions, server.userData);
  await step('Open the lesson', async () => {
    writeSettings();
    await copyLesson();
  });
  const port = await freePort();
  const child = startCodeServer({ port, ...server });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-10_000)));
  const end = () => child.kill('SIGTERM');
  process.once('SIGINT', end).once('SIGTERM', end);
  child.once('exit', (code, signal) => {
    const asked = signal !== null || code === 0 || code === 130 || code === 143;
    if (!asked) console.error(`code-server ended with ${code}.\n${log}`);
    process.exit(asked ? 0 : 1);
  });
  const address = `http://127.0.0.1:${port}`;
  await untilHealthy(address, child);

  const opened = [['openFile', `vscode-remote://127.0.0.1:${port}${join(server.folder, 'lesson.md')}`]];
  const page = `${address}/?${new URLSearchParams({ folder: server.folder, payload: JSON.stringify(opened) })}`;
  console.log(`\nThe lesson is open in VS Code at\n\n  ${page}\n`);
  console.log(`Everything took ${seconds(performance.now() - started)}. Ctrl+C ends it.`);
  if (!options['no-open']) openBrowser(page);
}

/** Writes the server's first settings; later ones are the user's own. */
function writeSettings() {
  const folder = join(server.userData, 'User');
  const settings = join(folder, 'settings.json');
  if (existsSync(settings)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(settings, `${JSON.stringify(quietSettings, null, 2)}\n`);
}

/** Puts the lesson into a folder of its own, where it can be edited; a newer lesson replaces it. */
function copyLesson() {
  mkdirSync(server.folder, { recursive: true });
  return unlessUnchanged(join(cache, 'start', '.lesson'), hashOfFile(lesson), () => {
    copyFileSync(lesson, join(server.folder, 'lesson.md'));
  });
}

/** The port asked for, or the first free one from 8123. */
async function freePort() {
  const first = Number(options.port ?? 8123);
  if (!Number.isInteger(first) || first < 1 || first > 65_535) throw new Error(`--port ${options.port} is no port.`);
  for (let port = first; port < first + 50 && port <= 65_535; port++) {
    const free = await new Promise((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
    if (options.port) throw new Error(`Port ${port} is in use. Choose another with --port, or leave it out.`);
  }
  throw new Error(`No port between ${first} and ${first + 49} is free. Choose one with --port.`);
}

/** Opens the page where there is a desktop to open it on. */
function openBrowser(page) {
  const desktop = process.platform === 'darwin' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  if (desktop && hasCommand(opener)) spawn(opener, [page], { stdio: 'ignore', detached: true }).unref();
}

try {
  if (options.help) console.log(help);
  else await main();
} catch (error) {
  console.error(`\n${error instanceof CommandFailed || error.constructor === Error ? error.message : error.stack}`);
  process.exitCode = 1;
}
