import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from './bundle';

const root = join(import.meta.dirname, '..', '..');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bundles the command line and gives a function that runs it with arguments and input, in the repository's root. */
export async function commandLine(): Promise<(args: readonly string[], input?: string) => Promise<Finished>> {
  const entry = await bundle('test/support/commandLine.ts');
  return (args, input = '') =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [entry, ...args], { cwd: root });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({ code, stdout, stderr });
      });
      child.stdin.on('error', () => undefined).end(input);
    });
}
