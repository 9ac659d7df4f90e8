import { HeadlightError } from '../../errors';
import { type Hub, hubUrl } from './hub';
import { type Answer, ask, chunksOf, failureOf } from './request';
import type { PartialFile } from './partialFile';
import type { HubFile, Repository } from './repository';
import { Patience, type RetryPolicy, throwIfCancelled, Transient } from './retry';

/** What came was not what the hub said. */
class WrongBytes extends Error {}

/** Times that wrong bytes are thrown away before the file is given up. */
const mostWrong = 3;
/** A try that gained this much, in bytes, was worth it: failures before it do not count. */
const gain = 64 * 1024;

/**
 * Fetches the rest of a file, however often the connection is cut, until all of it is there and is what the hub says.
 * @param onBytes told of how much of the file there is
 * @throws HeadlightError `download-broken` for bytes that stay wrong, and as `ask` and `failureOf` say
 */
export async function fetchFile(
  hub: Hub,
  repository: Repository,
  file: HubFile,
  partial: PartialFile,
  onBytes: (bytes: number) => void,
  policy: RetryPolicy,
  signal: AbortSignal,
): Promise<void> {
  const patience = new Patience(policy, signal);
  for (let wrong = 0; ; ) {
    throwIfCancelled(signal);
    const before = partial.length;
    onBytes(before);
    try {
      if (partial.length < file.size) await receive(hub, repository, file, partial, onBytes, policy, signal);
      if (partial.isWhole()) return;
      throw new WrongBytes();
    } catch (error) {
      throwIfCancelled(signal);
      if (error instanceof WrongBytes) {
        await partial.restart();
        if (++wrong < mostWrong) continue;
        throw new HeadlightError(
          'download-broken',
          `${file.path} of ${repository.id} came with other bytes than ${hub.endpoint.host} says it has (${file.etag.length === 64 ? 'SHA-256' : 'SHA-1'}), ${mostWrong} times. Nothing of it was kept. Try again later; if it stays so, the repository or what lies between is broken.`,
        );
      }
      if (!(error instanceof Transient)) throw error;
      if (partial.length - before >= Math.min(gain, file.size / 100)) patience.reset();
      await patience.next(error);
    }
  }
}

async function receive(hub: Hub, { commit, id }: Repository, file: HubFile, partial: PartialFile, onBytes: (bytes: number) => void, policy: RetryPolicy, signal: AbortSignal): Promise<void> {
  const url = hubUrl(hub, ...id.split('/'), 'resolve', commit, ...file.path.split('/'));
  const headers: Record<string, string> = partial.length === 0 ? {} : { range: `bytes=${partial.length}-` };
  const answer = await ask(hub, url, headers, policy, signal);
  if (answer.status === 416) {
    answer.body.destroy();
    throw new WrongBytes();
  }
  if (answer.status !== 200 && answer.status !== 206) throw failureOf(answer, hub, `${file.path} of ${id}`);
  try {
    requireSameFile(answer, file, commit);
    // A server that does not know ranges begins anew.
    if (answer.status === 200 && partial.length > 0) await partial.restart();
    if (answer.status === 206 && !startsAt(answer, partial.length)) throw new WrongBytes();
    for await (const chunk of chunksOf(answer, url.host, policy, signal)) {
      if (partial.length + chunk.length > file.size) throw new WrongBytes();
      await partial.append(chunk);
      onBytes(partial.length);
    }
  } finally {
    answer.body.destroy();
  }
  if (partial.length < file.size) throw new Transient(`${url.host} sent less of ${file.path} than it has.`);
}

/** Where the hub says which file this is, it has to be the one that was listed. */
function requireSameFile({ headers, ofHub }: Answer, { etag }: HubFile, commit: string): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  const said = etagOf(ofHub['x-linked-etag']) ?? etagOf(ofHub.etag);
  const isHash = said !== null && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(said);
  if (encoding !== 'identity' || (isHash && said !== etag) || (ofHub['x-repo-commit'] ?? commit) !== commit) throw new WrongBytes();
}

function etagOf(header: string | string[] | undefined): string | null {
  return header === undefined ? null : String(header).replace(/^W\//, '').replaceAll('"', '');
}

function startsAt({ headers }: Answer, offset: number): boolean {
  return new RegExp(`^bytes ${offset}-`).test(headers['content-range'] ?? '');
}
