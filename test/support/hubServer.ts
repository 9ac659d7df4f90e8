import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A repository on the server. */
export interface ServedRepository {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Names of files that lie in LFS, on the other host; those that end in `.onnx` or `_data` where it is not given. */
  readonly large?: (path: string) => boolean;
  readonly task?: string;
  /** Asks for a token, and for this one. */
  readonly token?: string;
  /** Entries of the tree that name files that are not there. */
  readonly furtherEntries?: readonly unknown[];
}

/** What goes wrong with one answer. */
export interface Fault {
  /** Answer with this status and nothing else. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cut the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Change the byte at this place of the body. */
  readonly wrongByte?: number;
  /** Send so many bytes each 10 ms. */
  readonly drip?: number;
  /** Send all of it, whatever the range. */
  readonly ignoreRange?: boolean;
  /** Send more than there is. */
  readonly more?: number;
  /** Never answer. */
  readonly hang?: boolean;
}

export interface HubRequest {
  /** Which host was asked: the hub, or the one that its large files lie on. */
  readonly host: 'hub' | 'storage';
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export const commitOf = (id: string): string => createHash('sha1').update(id).digest('hex');
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const gitBlob = (bytes: Uint8Array): string => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

const entriesOnPage = 3;

/** A server on this machine that speaks the hub's API, with a second one, of another origin, for its large files. */
export class HubServer {
  readonly requests: HubRequest[] = [];
  /** What goes wrong with a request, if anything. */
  fault: (request: HubRequest) => Fault | undefined = () => undefined;

  private constructor(
    private readonly repositories: Map<string, ServedRepository>,
    private readonly hub: Server,
    private readonly storage: Server,
  ) {}

  static async start(repositories: Readonly<Record<string, ServedRepository>>): Promise<HubServer> {
    const hub = createServer();
    const storage = createServer();
    const server = new HubServer(new Map(Object.entries(repositories)), hub, storage);
    hub.on('request', (request, response) => { server.take('hub', request, response); });
    storage.on('request', (request, response) => { server.take('storage', request, response); });
    for (const one of [hub, storage]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get endpoint(): string {
    return addressOf(this.hub);
  }

  serve(id: string, repository: ServedRepository): void {
    this.repositories.set(id, repository);
  }

  /** Paths that were asked for, without their queries. */
  asked(host: HubRequest['host'] = 'hub'): string[] {
    return this.requests.filter((request) => request.host === host).map(({ path }) => path.split('?')[0]!);
  }

  async close(): Promise<void> {
    for (const server of [this.hub, this.storage]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private take(host: HubRequest['host'], incoming: IncomingMessage, response: ServerResponse): void {
    const request: HubRequest = { host, path: incoming.url ?? '/', headers: incoming.headers };
    this.requests.push(request);
    const fault = this.fault(request);
    if (fault?.hang) return;
    if (fault?.status !== undefined) {
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    const url = new URL(request.path, 'http://hub');
    const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
    if (host === 'storage') this.giveLarge(parts[0]!, request, response, fault);
    else if (parts[1] === 'whoami-v2') this.sayWho(request, response);
    else if (parts[0] === 'api' && parts[1] !== 'models') response.writeHead(404).end();
    else if (parts[0] === 'api') this.answerApi(parts.slice(2), url.searchParams, request, response);
    else this.resolve(parts, request, response, fault);
  }

  private answerApi(parts: readonly string[], query: URLSearchParams, request: HubRequest, response: ServerResponse): void {
    if (parts.length === 0) {
      const words = query.get('search') ?? '';
      const found = [...this.repositories].filter(([id]) => id.includes(words));
      sendJson(response, found.map(([id, { task, token }]) => ({ id, downloads: 7, pipeline_tag: task, gated: token === undefined ? false : 'manual' })));
      return;
    }
    const at = parts.findIndex((part) => part === 'revision' || part === 'tree');
    const id = parts.slice(0, at).join('/');
    const repository = this.allowed(id, request, response);
    if (!repository) return;
    const revision = parts[at + 1];
    if (revision !== 'main' && revision !== commitOf(id)) response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end();
    else if (parts[at] === 'revision') sendJson(response, { id, sha: commitOf(id), pipeline_tag: repository.task, gated: false });
    else this.sendTree(repository, query, request, response);
  }

  private sayWho({ headers }: HubRequest, response: ServerResponse): void {
    if (this.knows(headers.authorization ?? '')) sendJson(response, { name: 'ada' });
    else response.writeHead(401).end();
  }

  /** Whether a token is of some account: `hf_other` of one that may read nothing but what is public. */
  private knows(authorization: string): boolean {
    return ['hf_other', ...[...this.repositories.values()].map(({ token }) => token)].some((token) => authorization === `Bearer ${token ?? ''}`);
  }

  private sendTree(repository: ServedRepository, query: URLSearchParams, request: HubRequest, response: ServerResponse): void {
    const entries = [
      { type: 'directory', oid: '0'.repeat(40), size: 0, path: 'onnx' },
      ...Object.entries(repository.files).map(([path, bytes]) => ({
        type: 'file', path, size: bytes.length, oid: gitBlob(bytes),
        ...(isLarge(repository, path) && { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } }),
      })),
      ...(repository.furtherEntries ?? []),
    ];
    const start = Number(query.get('cursor') ?? 0);
    const next = new URL(request.path, this.endpoint);
    next.searchParams.set('cursor', String(start + entriesOnPage));
    const isLast = start + entriesOnPage >= entries.length;
    sendJson(response, entries.slice(start, start + entriesOnPage), isLast ? {} : { link: `<${next.href}>; rel="next"` });
  }

  /** `ID/resolve/COMMIT/PATH`: small files come at once, large ones from the other host. */
  private resolve(parts: readonly string[], request: HubRequest, response: ServerResponse, fault: Fault | undefined): void {
    const at = parts.indexOf('resolve');
    const id = parts.slice(0, at).join('/');
    const repository = this.allowed(id, request, response);
    if (!repository) return;
    const path = parts.slice(at + 2).join('/');
    const bytes = repository.files[path];
    if (!bytes) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
      return;
    }
    const said = { 'x-repo-commit': commitOf(id), 'accept-ranges': 'bytes' };
    if (isLarge(repository, path)) {
      const etag = sha256(bytes);
      response.writeHead(302, { ...said, 'x-linked-etag': `"${etag}"`, 'x-linked-size': String(bytes.length), 'location': `${addressOf(this.storage)}/${etag}`, ...fault?.headers }).end();
    } else {
      sendBytes(bytes, request, response, { ...said, etag: `W/"${gitBlob(bytes)}"` }, fault);
    }
  }

  private giveLarge(etag: string, request: HubRequest, response: ServerResponse, fault: Fault | undefined): void {
    const all = [...this.repositories.values()].flatMap(({ files }) => Object.values(files));
    const bytes = all.find((one) => sha256(one) === etag);
    if (bytes) sendBytes(bytes, request, response, { etag: '"of-the-storage"' }, fault);
    else response.writeHead(404).end();
  }

  /** The repository, if whoever asks may read it; else says why not, as the hub does. */
  private allowed(id: string, { headers }: HubRequest, response: ServerResponse): ServedRepository | null {
    if (headers.authorization !== undefined && !this.knows(headers.authorization)) {
      response.writeHead(401, { 'x-error-message': 'Invalid credentials in Authorization header' }).end();
      return null;
    }
    const repository = this.repositories.get(id);
    if (!repository) {
      response.writeHead(headers.authorization === undefined ? 401 : 404, { 'x-error-code': 'RepoNotFound' }).end();
      return null;
    }
    if (repository.token === undefined || headers.authorization === `Bearer ${repository.token}`) return repository;
    response.writeHead(headers.authorization === undefined ? 401 : 403, { 'x-error-code': 'GatedRepo' }).end();
    return null;
  }
}

function isLarge({ large }: ServedRepository, path: string): boolean {
  return large ? large(path) : /(?:\.onnx|_data)$/.test(path);
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function sendJson(response: ServerResponse, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function sendBytes(bytes: Uint8Array, { headers }: HubRequest, response: ServerResponse, said: Readonly<Record<string, string>>, fault: Fault = {}): void {
  const asked = fault.ignoreRange ? undefined : /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1];
  const start = Number(asked ?? 0);
  if (start >= bytes.length && asked !== undefined) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = Buffer.concat([bytes.subarray(start), Buffer.alloc(fault.more ?? 0)]);
  if (fault.wrongByte !== undefined && fault.wrongByte < body.length) body[fault.wrongByte]! ^= 0xff;
  response.writeHead(asked === undefined ? 200 : 206, {
    ...said, ...fault.headers, 'content-length': String(body.length),
    ...(asked !== undefined && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (fault.cutAfter !== undefined) {
    response.write(body.subarray(0, fault.cutAfter), () => setTimeout(() => response.destroy(), 20));
  } else if (fault.drip !== undefined) {
    let at = 0;
    const timer = setInterval(() => {
      if (response.destroyed || at >= body.length) {
        clearInterval(timer);
        response.end();
      } else {
        response.write(body.subarray(at, (at += fault.drip!)));
      }
    }, 10);
  } else {
    response.end(body);
  }
}
