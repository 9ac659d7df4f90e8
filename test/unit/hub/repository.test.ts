import { describe, expect, it } from 'vitest';
import { modelChoices } from '../../../src/library/hub/choices';
import { readRepository, type Repository } from '../../../src/library/hub/repository';
import { searchHub } from '../../../src/library/hub/search';
import { whoAmI } from '../../../src/library/hub/whoAmI';
import { commitOf, gitBlob, sha256 } from '../../support/hubServer';
import { files, id, quick, startHub } from './fixtures';

const { signal } = new AbortController();
const main = { id, revision: 'main' };

describe('a repository', () => {
  it('is listed page by page, with sizes and hashes', async () => {
    const { hub, server } = await startHub();
    const repository = await readRepository(hub, main, signal, quick);
    expect(repository).toMatchObject({ id, revision: 'main', commit: commitOf(id), task: 'fill-mask' });
    expect(Object.fromEntries(repository.files.map((file) => [file.path, file]))).toEqual(
      Object.fromEntries(Object.entries(files).map(([path, content]) => [path, { path, size: content.length, etag: path.endsWith('.onnx') ? sha256(content) : gitBlob(content) }])),
    );
    expect(server.asked().filter((path) => path.includes('/tree/'))).toHaveLength(3);
  });

  it('names no file outside of its folder, and none that could not be checked', async () => {
    const entry = (path: string, further: object = {}) => ({ type: 'file', path, size: 3, oid: '1'.repeat(40), ...further });
    const furtherEntries = [
      ...['../evil.json', '/etc/evil', 'onnx\\..\\evil', 'C:\\evil', 'a\0b', 'onnx/CON', 'a/../b'].map((path) => entry(path)),
      entry('short', { oid: 'abc' }), entry('up', { oid: '../../x' }), entry('lfs', { lfs: { oid: '../../../x', size: 3 } }), entry('negative', { size: -1 }),
      entry('text', { size: '3' }), null, 7, 'x', { type: 'file' }, entry('good.json'),
    ];
    const { hub } = await startHub({ furtherEntries });
    const listed = (await readRepository(hub, main, signal, quick)).files.map(({ path }) => path);
    expect(listed.sort()).toEqual([...Object.keys(files), 'good.json'].sort());
  });

  it.each([
    [{ id: 'acme/nothing', revision: 'main' }, 'hub-denied', /acme\/nothing is not on 127.0.0.1.*Sign in/s],
    [{ id, revision: 'nothing' }, 'hub-missing', /no such revision/],
  ])('%j is missing', async (name, code, message) => {
    const { hub } = await startHub();
    await expect(readRepository(hub, name, signal, quick)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('that is gated asks for a token, and takes the right one', async () => {
    const { hub } = await startHub({ token: 'hf_right' });
    for (const token of [null, 'hf_other']) {
      await expect(readRepository({ ...hub, token }, main, signal, quick)).rejects.toMatchObject({ code: 'hub-denied', message: expect.stringContaining('is gated') as string });
    }
    expect((await readRepository({ ...hub, token: 'hf_right' }, main, signal, quick)).files).toHaveLength(7);
  });

  it('that is public is not shown to a token that ran out, and the token is named', async () => {
    const { hub } = await startHub();
    await expect(readRepository({ ...hub, token: 'hf_old' }, main, signal, quick)).rejects.toMatchObject({ code: 'hub-denied', message: expect.stringContaining('does not accept the token') as string });
    expect((await readRepository({ ...hub, token: 'hf_other' }, main, signal, quick)).files).toHaveLength(7);
  });

  it('is read by whom the token is of', async () => {
    const { hub } = await startHub({ token: 'hf_right' });
    expect(await whoAmI({ ...hub, token: 'hf_right' }, signal, quick)).toBe('ada');
    for (const token of ['hf_wrong', null]) await expect(whoAmI({ ...hub, token }, signal, quick)).rejects.toMatchObject({ code: 'hub-denied', message: expect.stringContaining('does not accept the token') as string });
  });

  it('is asked for again while the hub is busy, as late as it says', async () => {
    const { hub, server } = await startHub();
    const faults = [{ status: 503 }, { status: 429, headers: { 'retry-after': '1' } }, { hang: true }];
    server.fault = () => faults.shift();
    const start = performance.now();
    await readRepository(hub, main, signal, quick);
    expect(performance.now() - start).toBeGreaterThan(1300);
  });

  it('is given up when the hub stays busy, or asks for too long a wait', async () => {
    const { hub, server } = await startHub();
    server.fault = () => ({ status: 500 });
    await expect(readRepository(hub, main, signal, quick)).rejects.toMatchObject({ code: 'hub-unreachable', message: expect.stringContaining('tried 4 times') as string });
    server.fault = () => ({ status: 429, headers: { 'retry-after': '3600' } });
    await expect(readRepository(hub, main, signal, quick)).rejects.toMatchObject({ code: 'hub-unreachable', message: expect.stringContaining('60 minutes') as string });
  });

  it('cannot be listed by a server that is no hub', async () => {
    const { hub, server } = await startHub();
    server.fault = ({ path }) => (path.includes('/revision/') ? { status: 302, headers: { location: 'ftp://elsewhere/' } } : undefined);
    await expect(readRepository(hub, main, signal, quick)).rejects.toMatchObject({ code: 'hub-refused' });
    server.fault = () => ({ status: 302, headers: { location: '/again' } });
    await expect(readRepository(hub, main, signal, quick)).rejects.toMatchObject({ code: 'hub-refused', message: expect.stringContaining('without end') as string });
    server.fault = () => ({ status: 200 });
    await expect(readRepository(hub, main, signal, quick)).rejects.toMatchObject({ code: 'hub-refused' });
  });

  it('is not asked for when offline', async () => {
    const { hub, server } = await startHub();
    await expect(readRepository({ ...hub, offline: true }, main, signal, quick)).rejects.toMatchObject({ code: 'hub-offline' });
    await expect(searchHub({ ...hub, offline: true }, 'bert', signal, quick)).rejects.toMatchObject({ code: 'hub-offline' });
    expect(server.requests).toEqual([]);
  });

  it('is found by words of its id', async () => {
    const { hub } = await startHub();
    expect(await searchHub(hub, 'bert', signal, quick)).toEqual([{ id, downloads: 7, task: 'fill-mask', gated: false }]);
    expect(await searchHub(hub, 'nothing', signal, quick)).toEqual([]);
  });
});

describe('what can be downloaded', () => {
  const repository = (...paths: readonly string[]): Repository => ({
    id, revision: 'main', commit: commitOf(id), task: 'fill-mask', files: paths.map((path, index) => ({ path, size: 10 ** index, etag: '1'.repeat(40) })),
  });
  const besides = ['config.json', 'tokenizer.json'];
  const choices = (...paths: readonly string[]) => modelChoices(repository(...besides, ...paths)).map(({ files: own, graph, label }) => [label, graph, own.map(({ path }) => path).slice(2).join(' ')]);

  it('is each variant with its files and their size, the plain one first', async () => {
    const { hub } = await startHub();
    const found = modelChoices(await readRepository(hub, main, signal, quick));
    expect(found.map(({ bytes, graph, label }) => [label, graph, bytes])).toEqual([
      ['fp32', 'onnx/model.onnx', 303_021], ['fp16', 'onnx/model_fp16.onnx', 153_021], ['q8', 'onnx/model_quantized.onnx', 83_021],
    ]);
    expect(found[0]!.files.map(({ path }) => path)).toEqual(['config.json', 'tokenizer.json', 'onnx/model.onnx']);
  });

  it('has the weights beside a graph', () => {
    expect(choices('onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model.onnx_data_1', 'onnx/model_q4.onnx', 'onnx/model_q4.onnx_data', 'onnx/model.onnx_database')).toEqual([
      ['fp32', 'onnx/model.onnx', 'onnx/model.onnx onnx/model.onnx_data onnx/model.onnx_data_1'], ['q4', 'onnx/model_q4.onnx', 'onnx/model_q4.onnx onnx/model_q4.onnx_data'],
    ]);
  });

  it('is an encoder with one decoder that does both, or with two', () => {
    const all = ['encoder_model', 'decoder_model', 'decoder_with_past_model', 'decoder_model_merged'].map((name) => `onnx/${name}.onnx`);
    expect(choices(...all, 'onnx/encoder_model_quantized.onnx')).toEqual([['fp32', 'onnx/encoder_model.onnx', 'onnx/encoder_model.onnx onnx/decoder_model_merged.onnx']]);
    expect(choices(...all.slice(0, 3))).toEqual([['fp32', 'onnx/encoder_model.onnx', 'onnx/encoder_model.onnx onnx/decoder_model.onnx onnx/decoder_with_past_model.onnx']]);
    expect(choices('decoder_model_merged_q4.onnx')).toEqual([['q4', 'decoder_model_merged_q4.onnx', 'decoder_model_merged_q4.onnx']]);
  });

  it('takes a configuration from the folder of the graphs where the top has none', () => {
    const [choice] = modelChoices(repository('onnx/config.json', 'onnx/tokenizer.json', 'onnx/model.onnx', 'model.safetensors'));
    expect(choice!.files.map(({ path }) => path)).toEqual(['onnx/config.json', 'onnx/tokenizer.json', 'onnx/model.onnx']);
  });

  it('is nothing of PyTorch weights: the command that exports them is said', () => {
    expect(() => modelChoices(repository(...besides, 'model.safetensors'))).toThrow('optimum-cli export onnx --model acme/bert --task fill-mask bert-onnx');
    expect(() => modelChoices(repository(...besides, 'model.gguf'))).toThrow('Choose another repository');
    expect(() => modelChoices(repository('config.json', 'onnx/model.onnx'))).toThrow(/has no tokenizer.json.*optimum-cli/);
  });
});
