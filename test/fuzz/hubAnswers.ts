import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { createServer, type IncomingMessage, request as ask, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { modelChoices } from '../../src/library/hub/choices';
import { downloadModel } from '../../src/library/hub/downloadModel';
import type { Hub } from '../../src/library/hub/hub';
import { readRepository } from '../../src/library/hub/repository';
import type { RetryPolicy } from '../../src/library/hub/retry';
import { type Fault, HubServer } from '../support/hubServer';
import { mutateBytes } from './mutations/bytes';
import { mutateJson } from './mutations/json';
import { Random } from './random';
import { type Outcome, outcomeOf } from './runCase';

const id = 'acme/model';
const policy: RetryPolicy = { attempts: 3, firstPause: 1, longestPause: 5, longestWait: 50, answerTimeout: 300, stallTimeout: 100, stallBytes: 1 };
const statuses = [200, 204, 206, 301, 302, 307, 308, 400, 401, 403, 404, 416, 418, 429, 500, 502, 503];
const evilPaths = ['../outside', '/tmp/outside', '..\\outside', 'C:\\outside', 'a/../../outside', 'con', 'x\0y', '.', '..', 'onnx/../../model.onnx', 'a'.repeat(5000), '\u202emodel.onnx', ' model.onnx', 'model.onnx/config.json', '~/outside'];
const evilValues = ['', ' ', '-1', '0', '1e9', '9'.repeat(30), 'NaN', '../../outside', '"', 'W/""', 'a'.repeat(4000), 'file:///etc/hostname', 'data:,x', 'http://127.0.0.1:1/', '//127.0.0.1:1', 'javascript:x', 'bytes */0', 'bytes 5-2/1', 'Fri, 31 Dec 9999 23:59:59 GMT', '<http://127.0.0.1:1/>; rel="next"', '<?>; rel="next"'];
const headers = ['x-repo-commit', 'x-linked-etag', 'x-linked-size', 'etag', 'content-length', 'content-range', 'location', 'link', 'retry-after', 'content-type', 'content-encoding'];

/** What a hub answered for one request. */
interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

type Mutation = (reply: Reply, random: Random) => void;

const mutations: Readonly<Record<string, Mutation>> = {
  status: (reply, random) => { reply.status = random.pick(statuses); },
  header: (reply, random) => { reply.headers[random.pick(headers)] = random.pick(evilValues); },
  'no header': (reply, random) => { reply.headers[random.pick(headers)] = undefined; },
  bytes: (reply, random) => { reply.body = Buffer.from(mutateBytes(reply.body, random).bytes); },
  json: (reply, random) => { if (parsed(reply) !== undefined) reply.body = Buffer.from(mutateJson(reply.body, random, false).bytes); },
  'path of a file': (reply, random) => { changeEntries(reply, (entry) => ({ ...entry, path: random.pick(evilPaths) }), random); },
  'size of a file': (reply, random) => { changeEntries(reply, (entry) => ({ ...entry, size: random.pick([-1, 0, 1.5, 2 ** 53, 1e300, null, '7']), lfs: random.chance(0.5) ? { oid: '0'.repeat(64), size: random.pick([-1, 2 ** 60, 5]) } : entry['lfs'] }), random); },
  'hash of a file': (reply, random) => { changeEntries(reply, (entry) => ({ ...entry, oid: random.pick(['../../outside', '0'.repeat(40), '', 7, 'f'.repeat(64)]) }), random); },
  'many files': (reply, random) => { changeEntries(reply, (entry) => entry, random, 30_000); },
  'pages without end': (reply, random) => { reply.headers['link'] = `</api/models/${id}/tree/main?cursor=${random.below(1e9)}>; rel="next"`; },
  nothing: (reply) => { reply.body = Buffer.alloc(0); },
  'far too much': (reply) => { reply.body = Buffer.alloc(3_000_000, 91); },
};

/** The JSON of an answer; undefined for another, and for what an earlier mutation left. */
function parsed({ body, headers: own }: Reply): unknown {
  if (!String(own['content-type'] ?? '').includes('json')) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

type Entry = Record<string, unknown>;

function changeEntries(reply: Reply, change: (entry: Entry) => Entry, random: Random, times = 1): void {
  const entries = parsed(reply);
  if (!Array.isArray(entries)) return;
  const changed = (entries as Entry[]).map((entry) => (random.chance(0.5) ? change(entry) : entry));
  const repeats = Math.min(times, Math.ceil(100_000 / Math.max(1, changed.length)));
  reply.body = Buffer.from(JSON.stringify(Array.from({ length: repeats }, () => changed).flat()));
}

/** A hub that lies: a real one stands behind it, and what it answers is changed. */
export class HubFuzz {
  private seed = new Random(0);
  private readonly named = new Set<string>();

  private constructor(
    private readonly real: HubServer,
    private readonly front: Server,
  ) {
    real.fault = ({ host }) => (host === 'storage' ? this.faultOfStorage() : undefined);
    front.on('request', (incoming, response) => { void this.answer(incoming, response); });
  }

  static async start(fixtures: string): Promise<HubFuzz> {
    const folder = join(fixtures, 'models', 'bert-tiny');
    const file = (name: string): Buffer => readFileSync(join(folder, name));
    const files = { ...Object.fromEntries(['config.json', 'tokenizer.json', 'tokenizer_config.json'].map((name) => [name, file(name)])), 'onnx/model.onnx': file('model.onnx'), 'onnx/model_quantized.onnx': file('model.onnx').subarray(0, 40_000) };
    const real = await HubServer.start({ [id]: { task: 'fill-mask', files } });
    const front = createServer();
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    return new HubFuzz(real, front);
  }

  /** Lists and downloads from a hub whose answers the seed changes. @param folder an empty one, which must hold the cache alone afterwards */
  async run(seed: number, folder: string): Promise<{ readonly mutations: readonly string[]; readonly outcome: Outcome }> {
    this.seed = new Random(seed);
    this.named.clear();
    const cache = join(folder, 'cache');
    mkdirSync(cache, { recursive: true });
    const outcome = await this.download(cache).then((): Outcome => ({ state: 'answered' }), outcomeOf);
    const harm = harmOf(folder, cache);
    return { mutations: [...this.named], outcome: harm === null ? outcome : { state: 'bug', message: harm } };
  }

  async close(): Promise<void> {
    this.front.closeAllConnections();
    await new Promise((resolve) => this.front.close(resolve));
    await this.real.close();
  }

  private get endpoint(): string {
    return `http://127.0.0.1:${(this.front.address() as AddressInfo).port}`;
  }

  /** What goes wrong where the large files lie. */
  private faultOfStorage(): Fault | undefined {
    const random = this.seed;
    if (!random.chance(0.3)) return undefined;
    const faults: Readonly<Record<string, Fault>> = {
      'storage: cut': { cutAfter: random.below(50_000) },
      'storage: wrong byte': { wrongByte: random.below(40_000) },
      'storage: more': { more: random.pick([1, 1000, 500_000]) },
      'storage: all again': { ignoreRange: true },
      'storage: status': { status: random.pick(statuses), headers: { [random.pick(headers)]: random.pick(['', '-1', '5', 'bytes */0']) } },
      'storage: slow': { drip: 20_000 },
    };
    const name = random.pick(Object.keys(faults));
    this.named.add(name);
    return faults[name];
  }

  private async download(cache: string): Promise<void> {
    const hub: Hub = { endpoint: new URL(this.endpoint), cache, offline: false, token: null };
    const { signal } = new AbortController();
    const repository = await readRepository(hub, { id, revision: 'main' }, signal, policy);
    for (const choice of modelChoices(repository).slice(0, 2)) await downloadModel(hub, repository, choice, { signal, policy });
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.ofReal(incoming);
    const random = this.seed;
    for (let count = random.chance(0.3) ? random.pick([1, 1, 1, 2, 3]) : 0; count > 0; count--) {
      const name = random.pick(Object.keys(mutations));
      this.named.add(name);
      try {
        mutations[name]!(reply, random);
      } catch {
        // What an earlier one left may nest too deeply to be written again.
      }
    }
    if (random.chance(0.03)) {
      this.named.add('cut connection');
      incoming.socket.destroy();
      return;
    }
    if (random.chance(0.02)) {
      this.named.add('no answer');
      return;
    }
    try {
      for (const [name, value] of Object.entries(reply.headers)) if (value !== undefined) response.setHeader(name, value);
      response.writeHead(reply.status).end(incoming.method === 'HEAD' ? undefined : reply.body);
    } catch {
      // A header that Node does not send.
      incoming.socket.destroy();
    }
  }

  private ofReal(incoming: IncomingMessage): Promise<Reply> {
    const { hostname, port } = new URL(this.real.endpoint);
    return new Promise((resolve, reject) => {
      const forwarded = ask({ hostname, port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host: `${hostname}:${port}` } }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const kept = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => name !== 'transfer-encoding' && name !== 'connection'));
          // Further pages are asked of this hub too.
          if (typeof kept['link'] === 'string') kept['link'] = kept['link'].replace(this.real.endpoint, this.endpoint);
          resolve({ status: answer.statusCode ?? 500, headers: kept, body: Buffer.concat(parts) });
        });
      });
      forwarded.on('error', reject).end();
    });
  }
}

/** What must never be, whatever a hub answers: files beside the cache, or whole ones of other bytes than their names say. */
function harmOf(folder: string, cache: string): string | null {
  const beside = readdirSync(folder).filter((name) => name !== basename(cache));
  if (beside.length > 0) return `Written outside of the cache: ${beside.join(', ')}`;
  for (const entry of readdirSync(cache, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) {
      if (!realpathSync(path).startsWith(realpathSync(cache))) return `A link leads out of the cache: ${path} → ${readlinkSync(path)}`;
    } else if (entry.isFile() && basename(entry.parentPath) === 'blobs' && /^[0-9a-f]+$/.test(entry.name)) {
      const bytes = readFileSync(path);
      const hash = entry.name.length === 64 ? createHash('sha256').update(bytes) : createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes);
      if (hash.digest('hex') !== entry.name) return `${path} does not hold what its name says.`;
    }
  }
  return null;
}
