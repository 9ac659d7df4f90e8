import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TextTokenizer } from '../../../src/text/tokenizer';

const root = join(import.meta.dirname, '../../..');

/** A parsed JSON file of the repository. */
export function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;
}

/** The built-in encoder's WordPiece tokenizer. */
export function bertTokenizer(): TextTokenizer {
  return TextTokenizer.fromJson(
    readJson('models/encoder/tokenizer.json'),
    readJson('models/encoder/tokenizer_config.json'),
  );
}

/** One of the small tokenizers trained for the golden files. */
export function smallTokenizer(name: string, config: object = {}): TextTokenizer {
  return TextTokenizer.fromJson(readJson(`test/golden/tokens/tokenizers/${name}.json`), config);
}
