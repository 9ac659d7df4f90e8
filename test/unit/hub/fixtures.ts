import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Hub } from '../../../src/library/hub/hub';
import type { RetryPolicy } from '../../../src/library/hub/retry';
import { HubServer, type ServedRepository } from '../../support/hubServer';

/** Patience of tests: the same, in milliseconds for seconds. */
export const quick: RetryPolicy = { attempts: 4, firstPause: 2, longestPause: 20, longestWait: 1500, answerTimeout: 400, stallTimeout: 100, stallBytes: 2000 };

/** Bytes that look like nothing and are the same each time. */
export function bytes(length: number, seed: string): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 64 < length; at++) parts.push(createHash('sha512').update(`${seed} ${at}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

export const id = 'acme/bert';
export const graph = 'onnx/model.onnx';
export const files = {
  'config.json': Buffer.from('{"model_type":"bert"}'),
  'tokenizer.json': bytes(3000, 'tokenizer'),
  'README.md': Buffer.from('<script>alert(1)</script>'),
  'onnx/model.onnx': bytes(300_000, 'fp32'),
  'onnx/model_fp16.onnx': bytes(150_000, 'fp16'),
  'onnx/model_quantized.onnx': bytes(80_000, 'q8'),
  'model.safetensors': bytes(100, 'weights'),
};

export interface Running {
  readonly server: HubServer;
  readonly hub: Hub;
}

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** A server with a repository, and an empty cache; both are gone after the test. */
export async function startHub(repository: Partial<ServedRepository> = {}, token: string | null = null): Promise<Running> {
  const server = await HubServer.start({ [id]: { files, task: 'fill-mask', ...repository } });
  const cache = mkdtempSync(join(tmpdir(), 'headlight-hub-'));
  running.push({
    close: async () => {
      await server.close();
      rmSync(cache, { recursive: true, force: true });
    },
  });
  return { server, hub: { endpoint: new URL(server.endpoint), cache, offline: false, token } };
}

/** All files below a folder, with their paths from it. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
