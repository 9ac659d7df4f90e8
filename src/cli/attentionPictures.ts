import { join } from 'node:path';
import { mapKeyOf, mapKinds, mapName } from '../lenses/attention/maps';
import { parseColor } from '../picture/color';
import { csvOf } from '../picture/csv';
import { linesPicture } from '../picture/linesPicture';
import type { MapPicture, PictureColors } from '../picture/mapPicture';
import { matrixPicture } from '../picture/matrixPicture';
import { level, rampColor, sequentialRamp } from '../picture/ramp';
import { collectAttention } from '../standalone/collect';
import { standalonePage } from '../standalone/page';
import { visibleText } from '../text/visibleText';
import { text } from './options';
import { type OptionValues, UsageError, type VerbContext } from './verb';
import { pngOf } from './png';
import { writeWholeFile } from './writeFile';

export const drawings = ['lines', 'matrix'] as const;

/** Pictures for paper: black on white, data in blue. */
function paperColors(): PictureColors {
  const [white, blue] = [parseColor('#ffffff')!, parseColor('#0072b2')!];
  const ramp = sequentialRamp(white, blue);
  return { background: '#ffffff', foreground: '#1f1f1f', muted: '#6b6b6b', data: '#0072b2', ramp: (at) => rampColor(ramp, at) };
}

/** The options that ask for a file. */
export const fileOptions = ['svg', 'png', 'csv', 'html'] as const;

/** Writes what `--svg`, `--png`, `--csv` and `--html` ask for; says on stdout, or as JSON, what was written. */
export async function writePictures(
  { call, options, output, builtInModels }: VerbContext,
  request: { readonly text: string; readonly pair?: string },
  layer: number,
  head: number,
): Promise<void> {
  const kind = oneOf(options, 'map', mapKinds);
  const drawing = oneOf(options, 'drawing', drawings);
  const map = mapKeyOf(kind, layer, head);
  const { weights } = await call('attention/map', { ...request, map });
  const { model, tokens, windowed } = await call('attention/overview', request);
  const labels = tokens.map((token) => visibleText(token.text));
  const picture: MapPicture = {
    queries: labels,
    keys: labels,
    weights,
    max: weights.reduce((most, weight) => Math.max(most, weight), 0),
    title: `${model.name} · ${mapName(map)}`,
    note: windowed?.explanation ?? '',
  };
  const colors = paperColors();
  const drawn = (): string => (drawing === 'lines' ? linesPicture(picture, colors) : matrixPicture(picture, colors, level));
  const page = async (): Promise<string> => {
    const state = { layer, head, map: kind, drawing };
    return standalonePage(await collectAttention(call, request, { label: '', state }), join(builtInModels, '..'));
  };
  const contents = { svg: drawn, png: () => pngOf(drawn()), csv: () => csvOf(picture), html: page };
  const files = fileOptions.flatMap((kind) => {
    const file = text(options, kind);
    return file === undefined ? [] : [{ file, content: contents[kind] }];
  });
  for (const { file, content } of files) await writeWholeFile(file, await content());
  await (output.json
    ? output.writeJson({ model: model.id, device: model.device, map, files: files.map(({ file }) => file) })
    : output.line(files.map(({ file }) => `${file}: ${picture.title}`).join('\n')));
}

function oneOf<T extends string>(options: OptionValues, name: string, values: readonly [T, ...T[]]): T {
  const given = text(options, name);
  const found = values.find((value) => value === (given ?? values[0]));
  if (found !== undefined) return found;
  throw new UsageError(`--${name} is one of ${values.join(', ')}, not "${given ?? ''}".`);
}
