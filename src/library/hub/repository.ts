import { HeadlightError } from '../../errors';
import { type Hub, hubUrl } from './hub';
import { askJson } from './request';
import { isRepositoryId, isRevision, type RepositoryName } from './repositoryId';
import { type RetryPolicy, retrying, usualPolicy } from './retry';
import { isSafePath } from './safePath';

/** A file of a repository. */
export interface HubFile {
  /** From the top of the repository, parts divided by `/`; a safe path. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** SHA-256 of a file in LFS, SHA-1 of the git blob of any other, in hexadecimal: the name of its blob in the cache. */
  readonly etag: string;
}

/** What a repository holds at one commit. */
export interface Repository extends RepositoryName {
  readonly commit: string;
  /** What the hub files it under, for example `fill-mask`. */
  readonly task: string | null;
  /** Files with a safe name. */
  readonly files: readonly HubFile[];
}

const mostFiles = 20_000;
const commitHash = /^[0-9a-f]{40}$/;
const etags = { sha1: /^[0-9a-f]{40}$/, sha256: /^[0-9a-f]{64}$/ };

/**
 * Lists a repository.
 * @throws HeadlightError `hub-missing`, `hub-denied`, `hub-unreachable`, `hub-offline`, `hub-refused`, `cancelled`
 */
export async function readRepository(hub: Hub, name: RepositoryName, signal: AbortSignal, policy: RetryPolicy = usualPolicy): Promise<Repository> {
  const { id, revision } = name;
  if (!isRepositoryId(id) || !isRevision(revision)) throw strange(hub);
  const json = (url: URL) => retrying(() => askJson(hub, url, id, policy, signal), policy, signal);
  const info = fields((await json(hubUrl(hub, 'api', 'models', ...id.split('/'), 'revision', revision))).value);
  const commit = info['sha'];
  if (typeof commit !== 'string' || !commitHash.test(commit)) throw strange(hub);
  const files: HubFile[] = [];
  let next: URL | null = hubUrl(hub, 'api', 'models', ...id.split('/'), 'tree', commit);
  next.searchParams.set('recursive', 'true');
  for (const seen = new Set<string>(); next !== null && files.length < mostFiles; ) {
    if (seen.has(next.href)) throw strange(hub);
    seen.add(next.href);
    const page = await json(next);
    if (!Array.isArray(page.value)) throw strange(hub);
    files.push(...page.value.slice(0, mostFiles - files.length).flatMap(readEntry));
    next = nextPage(page.headers['link'], next, hub);
  }
  return { id, revision, commit, files, task: typeof info['pipeline_tag'] === 'string' ? info['pipeline_tag'] : null };
}

/** An entry of a tree; none for a folder, and none for a file that could not be kept or checked. */
function readEntry(entry: unknown): HubFile[] {
  const { lfs, oid, path, size, type } = fields(entry);
  if (type !== 'file' || typeof path !== 'string' || !isSafePath(path)) return [];
  const large = lfs === undefined || lfs === null ? null : fields(lfs);
  const etag = large ? large['oid'] : oid;
  const bytes = large ? large['size'] : size;
  if (typeof etag !== 'string' || !(large ? etags.sha256 : etags.sha1).test(etag)) return [];
  return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? [{ path, size: bytes, etag }] : [];
}

/** The next page by the `Link` header (RFC 8288); the token would go with it, so that it has to be of the same origin. */
function nextPage(link: string | string[] | undefined, from: URL, { endpoint }: Hub): URL | null {
  const target = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(String(link ?? ''))?.[1];
  if (target === undefined || !URL.canParse(target, from.href)) return null;
  const next = new URL(target, from);
  return next.origin === endpoint.origin ? next : null;
}

export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function strange({ endpoint }: Hub): HeadlightError {
  return new HeadlightError('hub-refused', `${endpoint.host} does not list repositories as a hub does. Check the hub's endpoint in the settings.`);
}
