import { HeadlightError } from '../../errors';

/** A repository of the hub at a revision: a branch, a tag, `refs/pr/N` or a commit. */
export interface RepositoryName {
  readonly id: string;
  readonly revision: string;
}

const idPart = /^[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?$/;
const revisionPart = /^[\w.-]{1,200}$/;
const pageParts = new Set(['tree', 'blob', 'resolve', 'commit']);

/**
 * Reads `org/name`, `name`, either with `@revision`, or the address of a repository's page.
 * @throws HeadlightError `hub-refused` for what is no repository
 */
export function readRepositoryName(text: string): RepositoryName {
  const name = URL.canParse(text.trim()) ? ofPage(new URL(text.trim())) : ofText(text.trim());
  if (isRepositoryId(name.id) && isRevision(name.revision)) return name;
  throw new HeadlightError('hub-refused', `“${text.trim()}” is no repository's name. Write it as on the hub, for example google-bert/bert-base-uncased.`);
}

/** Whether a text is a repository's id by the hub's rules, which also make it safe as a folder's name. */
export function isRepositoryId(id: string): boolean {
  const parts = id.split('/');
  return parts.length <= 2 && parts.every((part) => idPart.test(part)) && !id.includes('--') && !id.includes('..') && !id.endsWith('.git');
}

/** Whether a text is a revision that is safe as a path below `refs`. */
export function isRevision(revision: string): boolean {
  return revision.split('/').every((part) => revisionPart.test(part) && !/^\.+$/.test(part)) && !revision.includes('..');
}

function ofText(text: string): RepositoryName {
  const [id = '', revision = 'main'] = text.split('@', 2);
  return { id, revision };
}

function ofPage({ pathname }: URL): RepositoryName {
  const parts = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const at = parts.findIndex((part, index) => index > 0 && pageParts.has(part));
  const id = (at === -1 ? parts : parts.slice(0, at)).join('/');
  return { id, revision: (at === -1 ? undefined : parts[at + 1]) ?? 'main' };
}
