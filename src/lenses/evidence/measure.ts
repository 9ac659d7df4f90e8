import type { Compute } from '../compute';
import { openOutcome } from './outcome';

/** An outcome of the model as it is switched. */
export const measureOutcome: Compute<'evidence/measure'> = async ({ outcome }, context) => {
  const open = openOutcome(outcome, context);
  const [value] = await open.measure([{ rows: open.rows }]);
  return { model: context.model.info, name: open.name, scale: open.scale, value: value! };
};
