import { HeadlightError } from '../../errors';
import { type Hub, hubUrl } from './hub';
import { fields } from './repository';
import { askJson } from './request';
import { type RetryPolicy, retrying, usualPolicy } from './retry';

/** Whose the token is. @throws HeadlightError `hub-denied` for a token that the hub does not know, and as for `readRepository` */
export async function whoAmI(hub: Hub, signal: AbortSignal, policy: RetryPolicy = usualPolicy): Promise<string> {
  if (hub.token === null) throw unknownToken(hub);
  const url = hubUrl(hub, 'api', 'whoami-v2');
  try {
    const { value } = await retrying(() => askJson(hub, url, 'The account', policy, signal), policy, signal);
    const { name } = fields(value);
    return typeof name === 'string' ? name : '?';
  } catch (error) {
    throw error instanceof HeadlightError && error.code === 'hub-denied' ? unknownToken(hub) : error;
  }
}

function unknownToken({ endpoint }: Hub): HeadlightError {
  return new HeadlightError('hub-denied', `${endpoint.host} does not know this token. Copy it anew from the settings of your account there; over plain http none is sent.`);
}
