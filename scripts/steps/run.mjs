import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { out, root } from './paths.mjs';

/** A command that did not succeed; the message holds the end of what it printed. */
export class CommandFailed extends Error {}

/**
 * Runs a command to its end. Its output goes to `out/logs/`, and to the terminal when `show` is set.
 * @returns {Promise<string>} what it printed
 * @throws {CommandFailed} when it exits with anything but 0
 */
export function run(command, args, { show = false, log = basename(command), ...options } = {}) {
  const logs = join(out, 'logs');
  mkdirSync(logs, { recursive: true });
  const path = join(logs, `${log}.log`);
  const file = createWriteStream(path);
  return new Promise((resolve, reject) => {
    let printed = '';
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        printed += text;
        file.write(text);
        if (show) process.stdout.write(text);
      });
    }
    child.on('error', (error) => reject(new CommandFailed(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      file.end();
      if (code === 0) resolve(printed);
      else {
        const tail = show ? '' : `\n${printed.trimEnd().split('\n').slice(-40).join('\n')}\n`;
        reject(new CommandFailed(`${command} ${args.join(' ')} ended with ${code ?? signal}.${tail}All of it: ${path}`));
      }
    });
  });
}

/** npm by the name that can be spawned here. */
export const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** True when `command` is found on PATH. */
export function hasCommand(command) {
  const finder = process.platform === 'win32' ? 'where' : 'which';
  return spawnSync(finder, [command], { stdio: 'ignore' }).status === 0;
}
