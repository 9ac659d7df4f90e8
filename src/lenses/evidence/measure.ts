import type { Compute } from '../compute';
import { openOutcome } from './outcome';
import { without } from './without';

/** An outcome of the model as it is switched, with some further heads ablated where they are named. */
export const measureOutcome: Compute<'evidence/measure'> = async ({ outcome, without: muted }, context) => {
  const open = openOutcome(outcome, context);
  const variant = muted && muted.heads.length > 0 ? await without(open, muted.heads, muted.ablation, context) : { rows: open.rows };
  const [value] = await open.measure([variant]);
  return { model: context.model.info, name: open.name, scale: open.scale, value: value! };
};
