import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The runtime's version. */
export function versions(): string {
  const path = join(import.meta.dirname, '..', '..', 'node_modules', 'onnxruntime-node', 'package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return `onnxruntime-node ${version}`;
}
