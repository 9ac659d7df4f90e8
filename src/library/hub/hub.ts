import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { HeadlightError } from '../../errors';

/** A hub of models and this machine's cache of it: what the environment, and the user's settings before it, say. */
export interface Hub {
  /** `https://huggingface.co` or another that speaks its API; no slash at the end. */
  readonly endpoint: URL;
  /** Folder of the cache, which Python's `huggingface_hub` shares. */
  readonly cache: string;
  /** Nothing is asked of the network. */
  readonly offline: boolean;
  /** Sent to the endpoint's own host only. */
  readonly token: string | null;
}

/** What the user set; what is not set is as the environment says. */
export interface HubChoices {
  readonly endpoint?: string;
  readonly cache?: string;
  readonly offline?: boolean;
  readonly token?: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const usualEndpoint = 'https://huggingface.co';
const truths = new Set(['1', 'ON', 'YES', 'TRUE']);

/**
 * The hub and its cache by the variables that `huggingface_hub` reads (`constants.py`): `HF_ENDPOINT`; `HF_HUB_CACHE`,
 * else `HF_HOME/hub`, else `XDG_CACHE_HOME/huggingface/hub`, else `~/.cache/huggingface/hub`; `HF_HUB_OFFLINE`; `HF_TOKEN`,
 * else the file that `hf auth login` writes.
 * @param home the user's folder
 * @throws HeadlightError `hub-refused` for an endpoint that is no http address
 */
export async function findHub(env: Environment, home: string, choices: HubChoices = {}): Promise<Hub> {
  const said = (value: string | undefined): string | undefined => value?.trim() || undefined;
  const path = (value: string | undefined): string | undefined => {
    const given = said(value);
    if (given === undefined) return undefined;
    const own = given === '~' || /^~[\\/]/.test(given) ? join(home, given.slice(1)) : given;
    return isAbsolute(own) ? own : resolve(own);
  };
  const base = path(env['HF_HOME']) ?? join(path(env['XDG_CACHE_HOME']) ?? join(home, '.cache'), 'huggingface');
  const cache = path(choices.cache) ?? path(env['HF_HUB_CACHE']) ?? path(env['HUGGINGFACE_HUB_CACHE']) ?? join(base, 'hub');
  const offline = choices.offline ?? truths.has((said(env['HF_HUB_OFFLINE']) ?? said(env['TRANSFORMERS_OFFLINE']) ?? '').toUpperCase());
  const endpoint = readEndpoint(said(choices.endpoint) ?? said(env['HF_ENDPOINT']) ?? usualEndpoint);
  const token = said(choices.token ?? undefined) ?? said(env['HF_TOKEN']) ?? said(env['HUGGING_FACE_HUB_TOKEN']) ?? (await tokenFile(path(env['HF_TOKEN_PATH']) ?? join(base, 'token')));
  return { endpoint, cache, offline, token: maySendToken(endpoint) ? (token ?? null) : null };
}

/** The token that `hf auth login` keeps; a file that cannot be read is none. */
async function tokenFile(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() || undefined;
}

function readEndpoint(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url && ['https:', 'http:'].includes(url.protocol) && url.username === '' && url.password === '') return url;
  throw new HeadlightError('hub-refused', `“${address}” is no address of a hub. Set HF_ENDPOINT, or the endpoint in the settings, to an address like ${usualEndpoint}.`);
}

/** A token is readable by everybody on the way of plain http, which is for a server on this machine. */
function maySendToken({ hostname, protocol }: URL): boolean {
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** The address of a path below the endpoint; each part is coded by itself. */
export function hubUrl({ endpoint }: Hub, ...parts: readonly string[]): URL {
  const base = endpoint.href.replace(/\/+$/, '');
  return new URL(`${base}/${parts.map(encodeURIComponent).join('/')}`);
}
