import { type Hub, hubUrl } from './hub';
import { fields } from './repository';
import { askJson, tokenRefused } from './request';
import { type RetryPolicy, retrying, usualPolicy } from './retry';

/** Whose the token is. @throws HeadlightError `hub-denied` for a token that the hub does not know, and as for `readRepository` */
export async function whoAmI(hub: Hub, signal: AbortSignal, policy: RetryPolicy = usualPolicy): Promise<string> {
  if (hub.token === null) throw tokenRefused(hub);
  const { value } = await retrying(() => askJson(hub, hubUrl(hub, 'api', 'whoami-v2'), 'The account', policy, signal), policy, signal);
  const { name } = fields(value);
  return typeof name === 'string' ? name : '?';
}
