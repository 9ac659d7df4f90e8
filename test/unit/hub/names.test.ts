import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findHub } from '../../../src/library/hub/hub';
import { readRepositoryName } from '../../../src/library/hub/repositoryId';
import { isSafePath } from '../../../src/library/hub/safePath';
import { retryAfter } from '../../../src/library/hub/retry';
import { formatBytes } from '../../../src/picture/formatBytes';
import { exportCommand } from '../../../src/library/hub/exportCommand';

describe('the hub', () => {
  const home = '/home/me';
  it.each([
    [{}, '/home/me/.cache/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/x', HF_HOME: '/hf' }, '/hf/hub'],
    [{ HF_HOME: '~/hf' }, '/home/me/hf/hub'],
    [{ HF_HOME: '/hf', HUGGINGFACE_HUB_CACHE: '/old' }, '/old'],
    [{ HF_HOME: '/hf', HUGGINGFACE_HUB_CACHE: '/old', HF_HUB_CACHE: '/c' }, '/c'],
  ])('with %j has its cache in %s', async (env, cache) => {
    expect((await findHub(env, home)).cache).toBe(join(cache));
  });

  it('takes what the user set before what the environment says', async () => {
    const hub = await findHub({ HF_HUB_CACHE: '/c', HF_ENDPOINT: 'https://one.example/', HF_HUB_OFFLINE: '1' }, home, { cache: '/mine', endpoint: 'https://two.example', offline: false });
    expect(hub).toMatchObject({ cache: '/mine', offline: false });
    expect(hub.endpoint.href).toBe('https://two.example/');
  });

  it.each([['1', true], ['yes', true], ['True', true], ['0', false], ['', false]])('is offline with HF_HUB_OFFLINE=%s: %s', async (value, offline) => {
    expect((await findHub({ HF_HUB_OFFLINE: value }, home)).offline).toBe(offline);
  });

  it('takes the token of HF_TOKEN, and sends none over plain http', async () => {
    expect((await findHub({ HF_TOKEN: 'hf_1' }, home)).token).toBe('hf_1');
    expect((await findHub({ HF_TOKEN: 'hf_1' }, home, { token: 'hf_2' })).token).toBe('hf_2');
    expect((await findHub({ HF_TOKEN: 'hf_1', HF_ENDPOINT: 'http://mirror.example' }, home)).token).toBeNull();
    expect((await findHub({ HF_TOKEN: 'hf_1', HF_ENDPOINT: 'http://127.0.0.1:8080' }, home)).token).toBe('hf_1');
  });

  it.each(['ftp://hub', 'huggingface.co', 'https://me:secret@hub.example'])('is not at %s', async (endpoint) => {
    await expect(findHub({ HF_ENDPOINT: endpoint }, home)).rejects.toMatchObject({ code: 'hub-refused' });
  });
});

describe("a repository's name", () => {
  it.each([
    ['gpt2', 'gpt2', 'main'],
    [' google-bert/bert-base-uncased ', 'google-bert/bert-base-uncased', 'main'],
    ['Xenova/t5-small@refs/pr/1', 'Xenova/t5-small', 'refs/pr/1'],
    ['https://huggingface.co/Xenova/t5-small', 'Xenova/t5-small', 'main'],
    ['https://huggingface.co/Xenova/t5-small/tree/v1/onnx', 'Xenova/t5-small', 'v1'],
  ])('%s', (text, id, revision) => {
    expect(readRepositoryName(text)).toEqual({ id, revision });
  });

  it.each(['', '..', 'a/..', '../a', 'a/b/c', 'a--b', '-a', 'a.git', '.hidden/x', 'a b', 'a\\b', 'a/b@../../x', 'a/b@..', 'a/b@', '/etc/passwd', 'é/b'])('is not %j', (text) => {
    expect(() => readRepositoryName(text)).toThrow(/is no repository's name/);
  });
});

describe("a file's name", () => {
  it.each(['config.json', 'onnx/model_q4.onnx', 'a b/c-d_e.txt', '.gitattributes', 'console.json'])('%s is safe', (path) => {
    expect(isSafePath(path)).toBe(true);
  });

  it.each([
    '../evil', 'onnx/../../evil', '..', '.', 'a/./b', '/etc/passwd', 'C:/x', 'C:\\x', '..\\evil', 'a\\b', '\\\\host\\share', 'a\0b', 'a//b', 'a/', '',
    'CON', 'onnx/aux.txt', 'nul.json', 'com1', 'LPT9.onnx', 'a.', 'a ', 'x:stream', 'a\nb', 'a?b', 'x'.repeat(401),
  ])('%j is not', (path) => {
    expect(isSafePath(path)).toBe(false);
  });
});

it('Retry-After is seconds or a date', () => {
  const now = Date.parse('Thu, 26 Nov 2026 20:00:00 GMT');
  expect(['3', 'Thu, 26 Nov 2026 20:01:00 GMT', 'Thu, 26 Nov 2026 19:00:00 GMT', 'soon', undefined].map((header) => retryAfter(header, now))).toEqual([3000, 60_000, 0, null, null]);
});

it('sizes are written for people', () => {
  expect([0, 999, 1000, 1234, 12_345_678, 438_000_000, 999_999, 2e13].map(formatBytes)).toEqual(['0 B', '999 B', '1 kB', '1.2 kB', '12.3 MB', '438 MB', '1 MB', '20 TB']);
});

it('the command that exports a repository names its task where Optimum has one', () => {
  expect(exportCommand('google-bert/bert-large-uncased', 'fill-mask')).toBe('optimum-cli export onnx --model google-bert/bert-large-uncased --task fill-mask bert-large-uncased-onnx');
  expect(exportCommand('me/thing', null)).toBe('optimum-cli export onnx --model me/thing thing-onnx');
});
