import { closeSync, cpSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGraphFile } from '../../src/library/graphFile';
import { instrument } from '../../src/onnx/instrument';
import { committedFamilies, measureFamily, unpacked } from '../support/families';

const name = 'bert--optimum-eager-18-external';
const data = 'model.onnx_data';
const shape = { heads: 2, headSize: 8, vocabulary: null };
const uncheckedSum = (): Promise<void> => Promise.resolve();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headlight-large-'));
  cpSync(unpacked(committedFamilies, name), folder, { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Edits the graph of the fixture, as it is on the disk. */
function edit(change: (graph: onnx.IGraphProto) => void): void {
  const path = join(folder, 'model.onnx');
  const model = onnx.ModelProto.decode(Uint8Array.from(readFileSync(path)));
  change(model.graph!);
  writeFileSync(path, onnx.ModelProto.encode(model).finish());
}

describe('a model whose weights take more than 2 GB', () => {
  it('is read in little memory, and computes the same', { timeout: 120_000 }, async () => {
    // Words of the table that no text of the test has: holes in a sparse file, which take no room on the disk.
    const [words, width] = [40_000_000, 16];
    const start = 1 << 20;
    edit((graph) => {
      const table = graph.initializer!.find(({ name: tensor }) => tensor === 'bert.embeddings.word_embeddings.weight')!;
      table.dims = [words, width];
      table.externalData = [{ key: 'location', value: 'words.bin' }, { key: 'offset', value: String(start) }, { key: 'length', value: String(words * width * 4) }];
    });
    const own = readFileSync(join(folder, data)).subarray(0, 162 * width * 4);
    const file = openSync(join(folder, 'words.bin'), 'w');
    writeFileSync(file, Buffer.concat([Buffer.alloc(start), own]));
    ftruncateSync(file, start + words * width * 4);
    closeSync(file);

    const before = process.memoryUsage().rss;
    const graph = await readGraphFile(join(folder, 'model.onnx'), uncheckedSum);
    expect(graph.size).toBeGreaterThan(2 ** 31);
    expect(instrument(graph, shape).attention).toHaveLength(2);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    const { differences, edited } = await measureFamily(folder);
    for (const [what, difference] of Object.entries(differences)) expect(difference, what).toBeLessThanOrEqual(1e-4);
    expect(edited).toBeLessThanOrEqual(1e-5);
  });
});

describe('weights in files', () => {
  it('are followed from the links of a hub cache to its blobs', async () => {
    const repository = join(folder, 'hub', 'models--some--one');
    const [blobs, snapshot] = [join(repository, 'blobs'), join(repository, 'snapshots', 'c0ffee')];
    for (const path of [blobs, snapshot]) mkdirSync(path, { recursive: true });
    const files = ['config.json', 'golden.bin', 'golden.json', 'model.onnx', data, 'tokenizer.json', 'tokenizer_config.json'];
    files.forEach((file, index) => {
      cpSync(join(folder, file), join(blobs, `sha-${index}`));
      symlinkSync(join('..', '..', 'blobs', `sha-${index}`), join(snapshot, file));
    });
    const { differences } = await measureFamily(snapshot);
    for (const [what, difference] of Object.entries(differences)) expect(difference, what).toBeLessThanOrEqual(1e-4);
  });

  it.each([
    ['another place of the disk', '/etc/hostname'],
    ['the folder above', '../outside.bin'],
  ])('are refused where a name leads to %s', async (_, location) => {
    edit((graph) => {
      for (const tensor of graph.initializer!) for (const entry of tensor.externalData ?? []) if (entry.key === 'location') entry.value = location;
    });
    await expect(readGraphFile(join(folder, 'model.onnx'), uncheckedSum)).rejects.toThrow(/lies outside its folder/);
  });

  it('that are missing are named', async () => {
    rmSync(join(folder, data));
    await expect(readGraphFile(join(folder, 'model.onnx'), uncheckedSum)).rejects.toThrow(new RegExp(data));
  });

  it('that were cut short are refused, and nothing is shown as zeros', async () => {
    const file = openSync(join(folder, data), 'r+');
    ftruncateSync(file, 1000);
    closeSync(file);
    await expect(measureFamily(folder)).rejects.toThrow(/runtime refuses the model|ends before the weights/);
  });
});
