import { type Hub, hubUrl } from './hub';
import { fields } from './repository';
import { isRepositoryId } from './repositoryId';
import { askJson } from './request';
import { type RetryPolicy, retrying, usualPolicy } from './retry';

/** A repository that a search found. */
export interface FoundRepository {
  readonly id: string;
  readonly downloads: number;
  /** What the hub files it under, for example `fill-mask`. */
  readonly task: string | null;
  /** One has to accept its terms first. */
  readonly gated: boolean;
}

const mostFound = 30;

/**
 * Repositories with ONNX files whose id holds the words, the most downloaded first.
 * @throws HeadlightError `hub-unreachable`, `hub-offline`, `hub-refused`, `cancelled`
 */
export async function searchHub(hub: Hub, words: string, signal: AbortSignal, policy: RetryPolicy = usualPolicy): Promise<FoundRepository[]> {
  const url = hubUrl(hub, 'api', 'models');
  const asked = { search: words, filter: 'onnx', sort: 'downloads', direction: '-1', limit: String(mostFound) };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  const { value } = await retrying(() => askJson(hub, url, 'The list of models', policy, signal), policy, signal);
  return (Array.isArray(value) ? value : []).slice(0, mostFound).flatMap((entry: unknown) => {
    const { downloads, gated, id, pipeline_tag } = fields(entry);
    if (typeof id !== 'string' || !isRepositoryId(id)) return [];
    return [{ id, downloads: typeof downloads === 'number' ? downloads : 0, task: typeof pipeline_tag === 'string' ? pipeline_tag : null, gated: Boolean(gated) }];
  });
}
