import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';

/** Messages from a webview, handed in one by one. */
export class WebviewReader extends AbstractMessageReader implements MessageReader {
  private callback: DataCallback | null = null;

  listen(callback: DataCallback): Disposable {
    this.callback = callback;
    return {
      dispose: () => {
        this.callback = null;
      },
    };
  }

  accept(message: Message): void {
    this.callback?.(message);
  }
}

/** Messages to a webview. Typed arrays keep their type: VS Code sends their buffers beside the JSON. */
export class WebviewWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly post: (message: unknown) => PromiseLike<boolean>) {
    super();
  }

  async write(message: Message): Promise<void> {
    // False means that the view is hidden; it asks for its state when it comes back.
    await this.post(message);
  }

  end(): void {
    this.fireClose();
  }
}

/** True for what may be a JSON-RPC message; anything else from a page is dropped. */
export function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && (value as { jsonrpc?: unknown }).jsonrpc === '2.0';
}

/** True for the request with which a page begins. */
export function isReady(message: Message): boolean {
  return (message as { method?: unknown }).method === 'panel/ready';
}

/**
 * The result with each typed array in a buffer of its own size. Arrays that came over IPC are views of one large
 * message, and VS Code sends a view's whole buffer.
 */
export function compact<T extends object>(result: T): T {
  return Object.fromEntries(Object.entries(result).map(([key, value]) => [key, ownBuffer(value)])) as T;
}

function ownBuffer(value: unknown): unknown {
  if (value instanceof Float32Array) return value.byteLength < value.buffer.byteLength ? new Float32Array(value) : value;
  // A constructor and not `slice`, which shares memory where the array is a Buffer.
  if (value instanceof Uint8Array) return value.byteLength < value.buffer.byteLength ? new Uint8Array(value) : value;
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object') ? value.map(ownBuffer) : value;
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? compact(value) : value;
}
