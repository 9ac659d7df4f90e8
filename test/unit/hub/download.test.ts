import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { modelChoices } from '../../../src/library/hub/choices';
import { type Disk, realDisk } from '../../../src/library/hub/disk';
import { downloadModel, type DownloadOptions } from '../../../src/library/hub/downloadModel';
import type { Hub } from '../../../src/library/hub/hub';
import { placeInSnapshot } from '../../../src/library/hub/placeInSnapshot';
import { readRepository } from '../../../src/library/hub/repository';
import { bundle } from '../../support/bundle';
import { commitOf, type Fault, gitBlob, type HubServer, sha256 } from '../../support/hubServer';
import { bytes, files, filesBelow, graph, id, quick, startHub } from './fixtures';

const never = new AbortController().signal;
const folderOf = ({ cache }: Hub): string => join(cache, 'models--acme--bert');
const blobOf = (hub: Hub): string => join(folderOf(hub), 'blobs', sha256(files[graph]));

async function download(hub: Hub, options: Partial<DownloadOptions> = {}): Promise<string> {
  const repository = await readRepository(hub, { id, revision: 'main' }, never, quick);
  return downloadModel(hub, repository, modelChoices(repository)[0]!, { signal: never, policy: quick, ...options });
}

const isModel = (path: string): boolean => path.startsWith(`/${sha256(files[graph])}`);
const ranges = (server: HubServer): (string | undefined)[] => server.requests.filter(({ host }) => host === 'storage').map(({ headers }) => headers.range);

/** Lets these go wrong, one after the other, with what the storage sends of the model. */
function failOnce(server: HubServer, ...faults: readonly Fault[]): void {
  const left = [...faults];
  server.fault = ({ host, path }) => (host === 'storage' && isModel(path) ? left.shift() : undefined);
}

function expectWhole(hub: Hub, path: string): void {
  expect(readFileSync(path).equals(files[graph])).toBe(true);
  expect(filesBelow(folderOf(hub)).filter((name) => name.includes('incomplete'))).toEqual([]);
}

let script: Promise<string> | undefined;

/** Begins to download in a process of its own. */
async function start(server: HubServer, hub: Hub): Promise<{ readonly child: ChildProcess; readonly ended: Promise<string> }> {
  script ??= bundle('test/support/downloadInProcess.ts');
  const child = spawn(process.execPath, [await script, id], { env: { ...process.env, HF_ENDPOINT: server.endpoint, HF_HUB_CACHE: hub.cache }, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { said += text; });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => { if (code === 0) resolve(said); else reject(new Error(`exit code ${String(code)}`)); });
  });
  return { child, ended };
}

describe('a download', () => {
  it('lies in the cache as huggingface_hub lays it out', async () => {
    const { hub } = await startHub();
    const seen: [number, number][] = [];
    const path = await download(hub, { onProgress: (done, total) => seen.push([done, total]) });
    const snapshot = join(folderOf(hub), 'snapshots', commitOf(id));
    expect(path).toBe(join(snapshot, 'onnx', 'model.onnx'));
    const etags = { 'config.json': gitBlob(files['config.json']), 'tokenizer.json': gitBlob(files['tokenizer.json']), [graph]: sha256(files[graph]) };
    expect(filesBelow(folderOf(hub))).toEqual([...Object.values(etags).map((etag) => `blobs/${etag}`), 'refs/main', ...Object.keys(etags).map((name) => `snapshots/${commitOf(id)}/${name}`)].sort());
    expect(readFileSync(join(folderOf(hub), 'refs', 'main'), 'utf8')).toBe(commitOf(id));
    expect(readlinkSync(path)).toBe(`../../../blobs/${etags[graph]}`);
    expect(readlinkSync(join(snapshot, 'config.json'))).toBe(`../../blobs/${etags['config.json']}`);
    expectWhole(hub, path);
    expect(seen.at(-1)).toEqual([303_021, 303_021]);
    expect(seen.every(([done], index) => index === 0 || done >= seen[index - 1]![0])).toBe(true);
  });

  it('gives the token to the hub, and to nobody whom it leads to', async () => {
    const { hub, server } = await startHub({ token: 'hf_secret' }, 'hf_secret');
    await download(hub);
    const sent = (host: string) => new Set(server.requests.filter((request) => request.host === host).map(({ headers }) => headers.authorization));
    expect([...sent('hub')]).toEqual(['Bearer hf_secret']);
    expect([...sent('storage')]).toEqual([undefined]);
    expect(new Set(server.requests.map(({ headers }) => headers['accept-encoding']))).toEqual(new Set(['identity']));
  });

  it.each<[string, readonly Fault[]]>([
    ['a cut', [{ cutAfter: 100_000 }]],
    ['cuts at every place', [{ cutAfter: 0 }, { cutAfter: 1 }, { cutAfter: 120_000 }, { cutAfter: 70_000 }, { cutAfter: 0 }]],
    ['a server that begins anew', [{ cutAfter: 100_000 }, { ignoreRange: true }]],
    ['a wrong byte', [{ wrongByte: 7 }]],
    ['a wrong byte before a cut', [{ wrongByte: 7, cutAfter: 100_000 }]],
    ['too many bytes', [{ more: 1 }]],
    ['too few bytes that claim to be all', [{ headers: { 'transfer-encoding': 'chunked' }, cutAfter: 5000 }]],
    ['a slow drip', [{ drip: 50 }]],
    ['silence', [{ hang: true }]],
    ['a busy server', [{ status: 503 }, { status: 429, headers: { 'retry-after': '0' } }, { status: 500 }]],
    ['a redirect that ran out', [{ status: 408 }]],
    ['an encoding that nobody asked for', [{ headers: { 'content-encoding': 'gzip' } }]],
    ['a range that cannot be given', [{ cutAfter: 1000 }, { status: 416 }]],
    ['a range that starts elsewhere', [{ cutAfter: 1000 }, { headers: { 'content-range': 'bytes 0-299999/300000' } }]],
  ])('has the right bytes after %s', async (_, faults) => {
    const { hub, server } = await startHub();
    failOnce(server, ...faults);
    expectWhole(hub, await download(hub));
  });

  it('goes on from where it was cut', async () => {
    const { hub, server } = await startHub();
    failOnce(server, { cutAfter: 100_000 }, { cutAfter: 50_000 });
    expectWhole(hub, await download(hub));
    expect(ranges(server)).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
  });

  it('has the right bytes whatever goes wrong, each time', async () => {
    const { hub, server } = await startHub();
    const kinds: readonly Fault[] = [
      { cutAfter: 40_000 }, { cutAfter: 66_000 }, { wrongByte: 3, cutAfter: 70_000 }, { ignoreRange: true, cutAfter: 80_000 }, { status: 502 }, { cutAfter: 90_000 }, { more: 5, cutAfter: 100_000 },
    ];
    for (let round = 0; round < 25; round++) {
      let at = round;
      let left = 2 + (round % 4);
      server.fault = ({ path }) => (path.startsWith('/api') || left-- <= 0 ? undefined : kinds[(at = (at * 5 + 3) % kinds.length)]);
      expectWhole(hub, await download(hub, { policy: { ...quick, attempts: 12 } }));
      rmSync(folderOf(hub), { recursive: true });
    }
  });

  it('that another file is sent for is not that file', async () => {
    const { hub, server } = await startHub();
    const left = [{ headers: { 'x-linked-etag': `"${'0'.repeat(64)}"` } }, { headers: { 'x-repo-commit': '0'.repeat(40) } }];
    server.fault = ({ host, path }) => (host === 'hub' && path.endsWith('model.onnx') ? left.shift() : undefined);
    expectWhole(hub, await download(hub));
    expect(server.asked().filter((path) => path.endsWith('model.onnx'))).toHaveLength(3);
  });

  it.each(['storage', 'hub'])('whose bytes stay wrong is refused, and nothing of it is kept (%s)', async (host) => {
    const { hub, server } = await startHub();
    server.fault = (request) => (request.host === host && !request.path.startsWith('/api') ? { wrongByte: 1 } : undefined);
    await expect(download(hub)).rejects.toMatchObject({ code: 'download-broken', message: expect.stringContaining('3 times') as string });
    const kept = filesBelow(folderOf(hub));
    expect(kept.filter((name) => name.includes(host === 'storage' ? 'model.onnx' : 'config.json') || name.includes('incomplete') || name.startsWith('refs'))).toEqual([]);
  });

  it('is given up when the connection stays bad, and what came is kept', async () => {
    const { hub, server } = await startHub();
    let first = true;
    server.fault = ({ host }) => {
      if (host !== 'storage') return undefined;
      const fault = first ? { cutAfter: 200_000 } : { cutAfter: 0 };
      first = false;
      return fault;
    };
    await expect(download(hub)).rejects.toMatchObject({ code: 'hub-unreachable' });
    server.fault = () => undefined;
    server.requests.length = 0;
    expectWhole(hub, await download(hub));
    expect(ranges(server)).toEqual(['bytes=200000-']);
  });

  it('that is cancelled goes on later, and leads nowhere until it is whole', async () => {
    const { hub, server } = await startHub();
    const controller = new AbortController();
    failOnce(server, { drip: 3000 });
    const cancelled = download(hub, { signal: controller.signal, onProgress: (done) => { if (done > 60_000) controller.abort(); } });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    const [left] = filesBelow(folderOf(hub)).filter((name) => name.includes('incomplete'));
    expect(left).toMatch(new RegExp(`^blobs/${sha256(files[graph])}\\.headlight-[0-9a-f]{8}\\.incomplete$`));
    expect(filesBelow(folderOf(hub))).not.toContain('refs/main');
    const { size } = lstatSync(join(folderOf(hub), left!));
    expect(size).toBeGreaterThan(50_000);
    server.requests.length = 0;
    expectWhole(hub, await download(hub));
    expect(ranges(server)).toEqual([`bytes=${size}-`]);
  });

  it.each([['that ended', 999_999_999, true], ['that runs', process.pid, false]])('takes over the part of a process %s', async (_, pid, takes) => {
    const { hub, server } = await startHub();
    mkdirSync(join(folderOf(hub), 'blobs'), { recursive: true });
    const { hostname } = await import('node:os');
    const { createHash } = await import('node:crypto');
    const part = `${blobOf(hub)}.headlight-${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}-${pid}-00000000.incomplete`;
    writeFileSync(part, files[graph].subarray(0, 123_456));
    await download(hub);
    expect(ranges(server)).toEqual([takes ? 'bytes=123456-' : undefined]);
    expect(readFileSync(blobOf(hub)).equals(files[graph])).toBe(true);
    expect(filesBelow(folderOf(hub)).some((name) => name.endsWith('00000000.incomplete'))).toBe(!takes);
  });

  it.each([['changed', bytes(100_000, 'other')], ['longer than the file', bytes(400_000, 'other')], ['whole already', files[graph]]])('survives a part that is %s', async (_, content) => {
    const { hub } = await startHub();
    mkdirSync(join(folderOf(hub), 'blobs'), { recursive: true });
    writeFileSync(`${blobOf(hub)}.headlight-0123abcd.incomplete`, content);
    expectWhole(hub, await download(hub));
  });

  it('fetches nothing that is there, checks it, and mends what is broken', async () => {
    const { hub, server } = await startHub();
    const path = await download(hub);
    server.requests.length = 0;
    await download(hub);
    expect(server.asked().filter((asked) => asked.includes('/resolve/'))).toEqual([]);
    rmSync(path);
    await download(hub);
    expect(server.asked('storage')).toEqual([]);
    writeFileSync(blobOf(hub), bytes(300_000, 'broken'));
    expectWhole(hub, await download(hub));
    rmSync(blobOf(hub));
    expectWhole(hub, await download(hub));
  });

  it('leaves no part of a file that is there', async () => {
    const { hub } = await startHub();
    await download(hub);
    writeFileSync(`${blobOf(hub)}.headlight-0123abcd.incomplete`, 'x');
    rmSync(join(folderOf(hub), 'snapshots'), { recursive: true });
    expectWhole(hub, await download(hub));
  });

  it('stops when the disk is full, and goes on when there is room', async () => {
    const { hub, server } = await startHub();
    let room = 150_000;
    const disk: Disk = {
      ...realDisk,
      open: async (path) => {
        const file = await realDisk.open(path);
        return {
          ...file,
          write: async (chunk, position) => {
            if ((room -= chunk.length) < 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
            return file.write(chunk, position);
          },
        };
      },
    };
    await expect(download(hub, { disk })).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('Make room') as string });
    server.requests.length = 0;
    expectWhole(hub, await download(hub));
    expect(ranges(server)[0]).toMatch(/^bytes=\d{5,}-$/);
  });

  it('does not begin where there is too little space', async () => {
    const { hub, server } = await startHub();
    const disk: Disk = { ...realDisk, freeSpace: () => Promise.resolve(200_000) };
    await expect(download(hub, { disk })).rejects.toMatchObject({ code: 'disk-full', message: expect.stringMatching(/needs 33\.9 MB.*200 kB are free/) as string });
    expect(server.asked().filter((path) => path.includes('/resolve/'))).toEqual([]);
    expectWhole(hub, await download(hub, { disk: { ...realDisk, freeSpace: () => Promise.resolve(null) } }));
  });

  it.each(['../evil.onnx', '/tmp/evil.onnx', 'onnx\\..\\..\\evil', 'a\0b', 'onnx/NUL'])('writes no file named %j', async (path) => {
    const { hub } = await startHub();
    const repository = await readRepository(hub, { id, revision: 'main' }, never, quick);
    const choice = modelChoices(repository)[0]!;
    const evil = { ...choice, files: [...choice.files, { ...choice.files[0]!, path }] };
    await expect(downloadModel(hub, repository, evil, { signal: never, policy: quick })).rejects.toMatchObject({ code: 'hub-refused' });
    expect(filesBelow(hub.cache)).toEqual([]);
  });

  it('that cannot be written says where', async () => {
    const { hub } = await startHub();
    writeFileSync(folderOf(hub), 'a file');
    await expect(download(hub)).rejects.toMatchObject({ code: 'file-not-written', message: expect.stringContaining(hub.cache) as string });
  });

  it('by two processes at once is whole in both', async () => {
    const { hub, server } = await startHub();
    server.fault = ({ host, path }) => (host === 'storage' && isModel(path) ? { drip: 4000 } : undefined);
    const [one, other] = await Promise.all([start(server, hub), start(server, hub)].map(async (child) => (await child).ended));
    expect(one).toBe(other);
    expectWhole(hub, one!);
  });

  it('whose process is killed goes on in another', async () => {
    const { hub, server } = await startHub();
    failOnce(server, { drip: 2000 });
    const { child, ended } = await start(server, hub);
    const blobs = join(folderOf(hub), 'blobs');
    const size = (): number => readdirSync(blobs).filter((name) => name.endsWith('.incomplete')).reduce((sum, name) => sum + lstatSync(join(blobs, name)).size, 0);
    await vi.waitUntil(() => existsSync(blobs) && size() > 100_000, { timeout: 8000 });
    child.kill('SIGKILL');
    await expect(ended).rejects.toThrow();
    const kept = size();
    server.requests.length = 0;
    expectWhole(hub, await download(hub));
    expect(ranges(server)).toEqual([`bytes=${kept}-`]);
  });
});

describe('a snapshot', () => {
  const noLinks = (): Promise<void> => Promise.reject(Object.assign(new Error('not permitted'), { code: 'EPERM' }));

  it.each([[true, false], [false, true]])('holds the file itself where no links can be made (new: %s)', async (isNew, kept) => {
    const { hub } = await startHub();
    const blob = join(hub.cache, 'blobs', 'x');
    const path = join(hub.cache, 'snapshots', 'c', 'onnx', 'model.onnx');
    mkdirSync(dirname(blob));
    writeFileSync(blob, 'content');
    await placeInSnapshot(blob, path, isNew, noLinks);
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('content');
    expect(filesBelow(hub.cache)).toEqual([...(kept ? ['blobs/x'] : []), 'snapshots/c/onnx/model.onnx']);
  });

  it('has a link that leads nowhere replaced', async () => {
    const { hub } = await startHub();
    const path = join(folderOf(hub), 'snapshots', commitOf(id), 'onnx', 'model.onnx');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync('../../../blobs/gone', path);
    expectWhole(hub, await download(hub));
  });
});
