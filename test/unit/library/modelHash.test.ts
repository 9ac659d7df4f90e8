import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { modelHash } from '../../../src/library/modelHash';
import { committedFamilies, unpacked } from '../../support/families';

const fixture = join(import.meta.dirname, '..', '..', 'fixtures', 'models', 'bert-tiny');
const folder = mkdtempSync(join(tmpdir(), 'headlight-hash-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

it('is of what the files hold, wherever and whenever they were written', async () => {
  const copy = join(folder, 'copy');
  cpSync(fixture, copy, { recursive: true });
  utimesSync(join(copy, 'model.onnx'), new Date(2001, 1), new Date(2001, 1));
  const { hash } = await modelHash(fixture);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(await modelHash(copy)).toEqual({ hash });
  // An unknown field of the protobuf's own end, which readers skip.
  appendFileSync(join(copy, 'model.onnx'), Uint8Array.of(0xf8, 0x07, 0x01));
  expect((await modelHash(copy)).hash).not.toBe(hash);
  await expect(modelHash(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'model-missing' });
});

it('is also of weights that lie beside the graph, and not of their size alone', async () => {
  const copy = join(folder, 'external');
  cpSync(unpacked(committedFamilies, 'bert--optimum-eager-18-external'), copy, { recursive: true, dereference: true });
  const { hash } = await modelHash(copy);
  const weights = readFileSync(join(copy, 'model.onnx_data'));
  weights[weights.length - 1]! ^= 1;
  writeFileSync(join(copy, 'model.onnx_data'), weights);
  expect((await modelHash(copy)).hash).not.toBe(hash);
});
