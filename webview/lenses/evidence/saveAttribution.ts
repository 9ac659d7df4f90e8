import { wayNames } from '../../../src/lenses/evidence/agreementInWords';
import type { Attribution } from '../../../src/lenses/evidence/attributionContract';
import { modelFields } from '../../../src/lenses/modelFields';
import type { SavedFile } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { matrixPicture } from '../../../src/picture/matrixPicture';
import { level } from '../../../src/picture/ramp';
import type { Theme } from '../../theme';
import { differenceColor } from '../attention/compare/differenceLegend';
import { type FileFormat, savedFile } from '../pictureFile';
import { formatOutcome } from './outcomeTexts';

/** Effects and weights of attention in a file; in the picture each row is shaded by its own largest. */
export function savedAttribution(attribution: Attribution, textOf: (part: number) => string, format: FileFormat, theme: Theme): Promise<SavedFile> {
  const { attended, method, model, name, parts, scale, value } = attribution;
  return savedFile(`attribution ${model.name} ${name}`, format, {
    svg: () => {
      const { background, foreground, muted, data, diverging } = theme;
      const rows = [parts.map(({ effect }) => effect), ...attended.map(({ weights }) => [...weights])];
      const shares = rows.flatMap((row) => {
        const most = Math.max(...row.map(Math.abs), Number.MIN_VALUE);
        return row.map((one) => one / most);
      });
      const signed = (share: number): number => Math.sign(share) * level(Math.abs(share), 1) ** 2;
      return matrixPicture({
        queries: ['Effect', ...attended.map(({ way }) => wayNames[way])],
        keys: parts.map((_, part) => textOf(part)),
        weights: Float32Array.from(shares), max: 1,
        title: `${model.name} · ${name} ${formatOutcome(value, scale)} · without each ${attribution.by}`,
        note: 'Each row in shares of its largest; blue: speaks for the outcome, orange: against it.',
      }, { background, foreground, muted, data, ramp: (at) => differenceColor(diverging, at, 1) }, signed);
    },
    csv: () => csvTable([
      [attribution.by, 'effect', 'without', ...attended.map(({ way }) => way)],
      ...parts.map(({ effect, without }, part) => [textOf(part), effect, without, ...attended.map(({ weights }) => weights[part]!)]),
    ]),
    json: () => `${JSON.stringify({
      ...modelFields(model), outcome: name, scale, value, by: attribution.by, method,
      parts: parts.map((part, at) => ({ ...part, text: textOf(at) })),
      attended: attended.map(({ correlation, way, weights }) => ({ way, correlation, weights: [...weights] })),
    }, null, 1)}\n`,
  });
}
