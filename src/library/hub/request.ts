// Without `node:`, as VS Code leads only these names through its proxy and its certificates.
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'http';
import { request as requestHttps } from 'https';
import { HeadlightError } from '../../errors';
import type { Hub } from './hub';
import { cancelled, type RetryPolicy, retryAfter, throwIfCancelled, Transient } from './retry';

/** What a server answered, behind all redirects. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What the hub itself said, before it led elsewhere: `x-repo-commit`, `x-linked-etag`, `etag`, `x-error-code` and such. */
  readonly ofHub: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

const mostRedirects = 6;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Asks for an address with GET and follows redirects. The token goes to the hub's own origin and to no other; from https
 * no redirect leads to plain http.
 * @throws Transient when the network fails; HeadlightError `hub-offline`, `hub-refused`, `cancelled`
 */
export async function ask(hub: Hub, url: URL, headers: Readonly<Record<string, string>>, policy: RetryPolicy, signal: AbortSignal): Promise<Answer> {
  if (hub.offline) {
    throw new HeadlightError('hub-offline', 'The hub is set to be offline (HF_HUB_OFFLINE, or headlight.hub.offline in the settings), so nothing is fetched. Turn that off to download, or use a model that is already there.');
  }
  let ofHub: IncomingHttpHeaders = {};
  let at = url;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    throwIfCancelled(signal);
    const isHub = at.origin === hub.endpoint.origin;
    const sent = { 'user-agent': 'headlight', 'accept-encoding': 'identity', ...headers, ...(isHub && hub.token !== null && { authorization: `Bearer ${hub.token}` }) };
    const body = await answerOf(at, sent, policy.answerTimeout, signal);
    if (isHub) ofHub = { ...ofHub, ...body.headers };
    const status = body.statusCode ?? 0;
    const { location } = body.headers;
    if (!redirects.has(status) || location === undefined) return { status, headers: body.headers, ofHub, body };
    body.destroy();
    at = nextAddress(location, at, hub);
  }
  throw new HeadlightError('hub-refused', `${url.host} leads from one address to the next without end. Check the hub's endpoint in the settings.`);
}

function nextAddress(location: string, from: URL, { endpoint }: Hub): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : null;
  const allowed = endpoint.protocol === 'https:' ? ['https:'] : ['https:', 'http:'];
  if (next && allowed.includes(next.protocol)) return next;
  throw new HeadlightError('hub-refused', `${from.host} leads to an address that is not safe to follow. Nothing was fetched from there.`);
}

function answerOf(url: URL, headers: Readonly<Record<string, string>>, timeout: number, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      if (signal.aborted) reject(cancelled());
      else reject(error instanceof Transient ? error : new Transient(`${url.host} cannot be reached (${error.code ?? error.message}).`, null, { cause: error }));
    };
    const request: ClientRequest = send(url, { method: 'GET', headers, signal }, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    const timer = setTimeout(() => request.destroy(new Transient(`${url.host} does not answer.`)), timeout);
    request.on('error', fail);
    request.end();
  });
}

/** Reads the chunks of a body, and ends with `Transient` when it is cut or comes too slowly. */
export async function* chunksOf({ body }: Answer, host: string, { stallBytes, stallTimeout }: RetryPolicy, signal: AbortSignal): AsyncGenerator<Buffer> {
  let received = 0;
  const watch = setInterval(() => {
    if (received < stallBytes) body.destroy(new Transient(`${host} sends nothing, or too slowly.`));
    received = 0;
  }, stallTimeout);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      yield chunk;
    }
    if (!body.complete) throw new Transient(`The connection to ${host} was cut.`);
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof Transient) throw error;
    throw new Transient(`The connection to ${host} was cut.`, null, { cause: error });
  } finally {
    clearInterval(watch);
    body.destroy();
  }
}

const mostJson = 32 * 1024 * 1024;

/** Asks the hub's API for JSON. @throws Transient, HeadlightError as `failureOf` says, `hub-refused` for what is no JSON */
export async function askJson(hub: Hub, url: URL, what: string, policy: RetryPolicy, signal: AbortSignal): Promise<{ readonly value: unknown; readonly headers: IncomingHttpHeaders }> {
  const answer = await ask(hub, url, { accept: 'application/json' }, policy, signal);
  if (answer.status !== 200) throw failureOf(answer, hub, what);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(answer, url.host, { ...policy, stallBytes: 1 }, signal)) {
    size += chunk.length;
    if (size > mostJson) throw new HeadlightError('hub-refused', `${url.host} answers with more than a list can hold. Check the hub's endpoint in the settings.`);
    chunks.push(chunk);
  }
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown, headers: answer.headers };
  } catch {
    throw new HeadlightError('hub-refused', `${url.host} does not answer as a hub does. Check the hub's endpoint in the settings, and whether a proxy asks you to log in.`);
  }
}

/** The error for an answer that is none: 408, 429 and 5xx are `Transient`; the others say what to do. */
export function failureOf({ body, headers, ofHub, status }: Answer, hub: Hub, what: string): Transient | HeadlightError {
  body.destroy();
  const code = String(ofHub['x-error-code'] ?? '');
  const host = hub.endpoint.host;
  if (status === 408 || status === 429 || status >= 500) return new Transient(`${host} is busy or out of order (${status}).`, retryAfter(headers['retry-after']));
  if (code === 'GatedRepo' || status === 403) {
    return new HeadlightError('hub-denied', `${what} is gated. Accept its terms on its page on ${host}, sign in with a token of that account (Headlight: Sign in to the Hub, or HF_TOKEN), and try again.`);
  }
  // To a token that it does not know the hub shows not even what is public.
  if (status === 401 && code === '' && hub.token !== null) return tokenRefused(hub);
  if (code === 'RevisionNotFound') return new HeadlightError('hub-missing', `${what} has no such revision on ${host}. Check the name behind the @.`);
  if (code === 'RepoNotFound' || status === 401 || status === 404) {
    const advice = hub.token === null ? 'If it is private, sign in first (Headlight: Sign in to the Hub, or HF_TOKEN).' : 'If it is private, check that your token may read it.';
    return new HeadlightError(status === 401 ? 'hub-denied' : 'hub-missing', `${what} is not on ${host}. Check the name. ${advice}`);
  }
  return new HeadlightError('hub-refused', `${host} refuses to give ${what} (${status}). Check the hub's endpoint in the settings.`);
}

/** The error for a token that the hub does not know, or that cannot be sent to it. */
export function tokenRefused({ endpoint }: Hub): HeadlightError {
  return new HeadlightError('hub-denied', `${endpoint.host} does not accept the token: it ran out, or was copied in part, and over plain http none is sent. Sign in with another (Headlight: Sign in to the Hub, or HF_TOKEN), or sign out.`);
}
