import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Message } from 'vscode-jsonrpc/node';
import { PanelConnection } from '../../src/editor/panel/panelConnection';
import { panelPage } from '../../src/editor/panel/page';
import type { EngineClient } from '../../src/engine/client';
import type { Target } from '../../src/lenses/model';
import type { Subject } from '../../src/panel/contract';

/** What went to the page for one lens call. */
export interface Sent {
  readonly method: string;
  readonly bytes: number;
}

/**
 * The panel's own page and bundle over HTTP, answered by the extension's `PanelConnection` and a real engine. VS Code's
 * webview transport is stood in for by one body per message, framed as VS Code frames it: JSON, and beside it the
 * buffers of the typed arrays.
 */
export class PanelServer {
  readonly sent: Sent[] = [];
  subject: Subject | null = null;
  private connection: PanelConnection | null = null;
  private readonly asked = new Map<number, string>();
  private readonly outbox: Buffer[] = [];
  private waiting: ((body: Buffer) => void) | null = null;
  private readonly server: Server;

  constructor(private readonly root: string, private readonly engine: EngineClient, private readonly target: Target) {
    this.server = createServer((request, response) => {
      void this.answer(request).then(([type, body]) => {
        response.writeHead(200, { 'content-type': type }).end(body);
      });
    });
  }

  /** The address of the page. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.connection?.dispose();
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Shows another text in the page that is open. */
  show(subject: Subject): void {
    this.subject = subject;
    this.connection?.notify('editor/show', subject);
  }

  private async answer(request: IncomingMessage): Promise<[string, string | Buffer]> {
    const dist = (name: string): Buffer => readFileSync(join(this.root, 'dist', 'webview', name));
    switch (request.url) {
      case '/':
        return ['text/html', this.page()];
      case '/main.js':
        return ['text/javascript', dist('main.js')];
      case '/main.css':
        return ['text/css', dist('main.css')];
      case '/codicon.ttf':
        return ['font/ttf', dist('codicon.ttf')];
      case '/post':
        this.accept(JSON.parse(await textOf(request)) as Message & { id?: number; method?: string });
        return ['text/plain', ''];
      case '/next':
        return ['application/octet-stream', await this.next()];
      default:
        return ['text/plain', ''];
    }
  }

  private page(): string {
    const page = panelPage({ cspSource: "'self'", script: '/main.js', style: '/main.css', language: 'en' });
    const nonce = /nonce-([^']+)'/.exec(page)![1]!;
    return page
      .replace("default-src 'none'", "default-src 'none'; connect-src 'self'")
      .replace('<body>', `<body><script nonce="${nonce}">(${editorStandIn.toString()})()</script>`);
  }

  private accept(message: Message & { readonly id?: number; readonly method?: string }): void {
    if (message.method === 'panel/ready') {
      this.connection?.dispose();
      this.outbox.length = 0;
      this.connection = new PanelConnection((reply) => this.post(reply as { id?: number }), {
        state: () => Promise.resolve({
          subject: this.subject,
          status: { state: 'ready', model: this.target.model, device: 'cpu', detail: '' },
          settings: { topK: 10, layer: -1 },
          switches: { inForce: this.target.model, models: {} },
        }),
        call: (method, request, options) => this.engine.call(method, { ...request, ...this.target }, options),
        save: () => Promise.resolve(null),
        savePage: () => Promise.resolve(null),
        saveCheck: () => Promise.resolve(null),
        copyLink: () => Promise.resolve(null),
        selectedText: () => Promise.resolve({ text: '', word: null }),
        controlSentence: () => Promise.resolve({ text: '', label: null }),
        documentText: () => Promise.reject(new Error('No document is shown.')),
        insertBehind: () => Promise.resolve(null),
        occurrences: () => Promise.reject(new Error('There are no files to search.')),
        train: () => Promise.reject(new Error('There is no file to train on.')),
        saveClassifier: () => Promise.resolve(null),
        models: () => Promise.resolve([]),
        pickModel: () => Promise.resolve(null),
        notified: {
          'panel/reveal': () => undefined,
          'panel/openLens': () => undefined,
          'panel/openHead': () => undefined,
          'panel/openWritten': () => undefined,
          'panel/switch': () => undefined,
          'panel/keepSwitches': () => undefined,
          'panel/openDrifted': () => undefined,
          'panel/useModel': () => undefined,
          'panel/openOutcome': () => undefined,
          'panel/command': () => undefined,
          'panel/attended': () => undefined,
          'panel/evidence': () => undefined,
        },
      });
    }
    if (message.id !== undefined && message.method !== undefined) this.asked.set(message.id, message.method);
    this.connection?.accept(message);
  }

  private post(message: { readonly id?: number }): Promise<boolean> {
    const body = framed(message);
    const method = message.id === undefined ? undefined : this.asked.get(message.id);
    if (method !== undefined) this.sent.push({ method, bytes: body.byteLength });
    if (this.waiting) this.waiting(body);
    else this.outbox.push(body);
    this.waiting = null;
    return Promise.resolve(true);
  }

  private next(): Promise<Buffer> {
    const body = this.outbox.shift();
    return body ? Promise.resolve(body) : new Promise((resolve) => (this.waiting = resolve));
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** Length of the JSON, the JSON with a place for each typed array, then their buffers, each from a multiple of 8. */
function framed(message: unknown): Buffer {
  const buffers: Buffer[] = [];
  let at = 0;
  const json = JSON.stringify(message, (_, value: unknown) => {
    if (!(value instanceof Float32Array || value instanceof Uint8Array)) return value;
    const place = { typedArray: value.constructor.name, at, length: value.length };
    const padding = -value.byteLength & 7;
    buffers.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength), Buffer.alloc(padding));
    at += value.byteLength + padding;
    return place;
  });
  const text = Buffer.from(json);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(text.byteLength);
  return Buffer.concat([head, text, Buffer.alloc(-text.byteLength & 7), ...buffers]);
}

/** Runs in the page: VS Code's side of the webview. Kept whole, for its source is written into the page. */
function editorStandIn(): void {
  type Place = { readonly typedArray: 'Float32Array' | 'Uint8Array'; readonly at: number; readonly length: number };
  const types = { Float32Array, Uint8Array };
  const page = window as unknown as { acquireVsCodeApi: unknown; arrived: { method: string; at: number }[] };
  let state: unknown = null;
  page.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => void fetch('/post', { method: 'POST', body: JSON.stringify(message) }),
    getState: () => state,
    setState: (value: unknown) => { state = value; },
  });
  const receive = async (): Promise<void> => {
    for (;;) {
      const body = await (await fetch('/next')).arrayBuffer();
      const size = new DataView(body).getUint32(0, true);
      const from = 8 + Math.ceil(size / 8) * 8;
      const message: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(body, 8, size)), (_, value: unknown) => {
        if (typeof value !== 'object' || value === null || !('typedArray' in value)) return value;
        const { typedArray, at, length } = value as Place;
        return new types[typedArray](body, from + at, length).slice();
      });
      window.postMessage(message);
    }
  };
  void receive();
}
