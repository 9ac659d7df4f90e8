import { join } from 'node:path';
import type { AttentionOverview, AttentionRequest, HeadMetrics } from '../lenses/attention/contract';
import { headLabel } from '../lenses/attention/headMetricTexts';
import { mapKeyOf, mapKinds, mapName } from '../lenses/attention/maps';
import { partNames } from '../lenses/attention/parts';
import { metricsCsv } from '../lenses/attention/metricsCsv';
import type { WithoutTarget } from '../lenses/model';
import { parseColor } from '../picture/color';
import { csvOf } from '../picture/csv';
import { firstWords, type GridCell, gridPicture, type GridPicture, gridTitle } from '../picture/gridPicture';
import { linesPicture } from '../picture/linesPicture';
import type { MapPicture, PictureColors } from '../picture/mapPicture';
import { matrixPicture } from '../picture/matrixPicture';
import { level, rampColor, sequentialRamp } from '../picture/ramp';
import { collectAttention } from '../standalone/collect';
import { standalonePage } from '../standalone/page';
import { visibleText } from '../text/visibleText';
import { oneOf, text } from './options';
import type { VerbContext } from './verb';
import { pngOf } from './png';
import { writeWholeFile } from './writeFile';

export const drawings = ['lines', 'matrix', 'grid'] as const;

/** Pictures for paper: black on white, data in blue. */
function paperColors(): PictureColors {
  const [white, blue] = [parseColor('#ffffff')!, parseColor('#0072b2')!];
  const ramp = sequentialRamp(white, blue);
  return { background: '#ffffff', foreground: '#1f1f1f', muted: '#6b6b6b', data: '#0072b2', ramp: (at) => rampColor(ramp, at) };
}

/** The options that ask for a file. */
export const fileOptions = ['svg', 'png', 'csv', 'html', 'metrics'] as const;

/** Writes what the options for files ask for; says on stdout, or as JSON, what was written. */
export async function writePictures(
  { call, options, output, builtInModels }: VerbContext,
  request: WithoutTarget<AttentionRequest>,
  layer: number,
  head: number,
): Promise<void> {
  const kind = oneOf(options, 'map', mapKinds) ?? mapKinds[0];
  const drawing = oneOf(options, 'drawing', drawings) ?? drawings[0];
  const map = mapKeyOf(kind, layer, head);
  const { weights } = await call('attention/map', { ...request, map });
  const overview = await call('attention/overview', request);
  const { model, queries, tokens, windowed, written } = overview;
  const labels = (of: typeof tokens): string[] => of.map((token) => visibleText(token.text));
  const picture: MapPicture = {
    queries: labels(queries),
    keys: labels(tokens),
    weights,
    max: weights.reduce((most, weight) => Math.max(most, weight), 0),
    title: `${model.name} · ${written ? `${partNames[overview.part]} · ` : ''}${mapName(map)}`,
    note: windowed?.explanation ?? '',
  };
  const colors = paperColors();
  const drawn = async (): Promise<string> => {
    switch (drawing) {
      case 'lines':
        return linesPicture(picture, colors);
      case 'matrix':
        return matrixPicture(picture, colors, level);
      case 'grid':
        return gridPicture(gridOf(overview, await call('attention/metrics', request), request.text), colors, level);
    }
  };
  const page = async (): Promise<string> => {
    const state = { layer, head, map: kind, drawing, part: overview.part };
    return standalonePage(await collectAttention(call, request, { label: '', state }), join(builtInModels, '..'));
  };
  const metrics = async (): Promise<string> => metricsCsv(await call('attention/metrics', request), overview.layers, overview.heads);
  const contents = { svg: drawn, png: async () => pngOf(await drawn()), csv: () => csvOf(picture), html: page, metrics };
  const files = fileOptions.flatMap((kind) => {
    const file = text(options, kind);
    const ofAll = kind === 'metrics' || (drawing === 'grid' && (kind === 'svg' || kind === 'png'));
    return file === undefined ? [] : [{ file, content: contents[kind], title: ofAll ? `${model.name} · all heads` : picture.title }];
  });
  for (const { file, content } of files) await writeWholeFile(file, await content());
  await (output.json
    ? output.writeJson({ model: model.id, device: model.device, map, files: files.map(({ file }) => file) })
    : output.line(files.map(({ file, title }) => `${file}: ${title}`).join('\n')));
}

/** All heads, each with what it does most. */
function gridOf({ model, layers, heads, rows, columns, thumbnails }: AttentionOverview, metrics: HeadMetrics, text: string): GridPicture {
  const size = rows * columns;
  const cells = Array.from({ length: layers * heads }, (_, at): GridCell => ({
    layer: Math.floor(at / heads),
    head: at % heads,
    weights: Float32Array.from(thumbnails.subarray(at * size, (at + 1) * size), (byte) => byte / 255),
    rows,
    columns,
    label: headLabel(metrics, at).text,
    dimmed: false,
  }));
  const max = thumbnails.reduce((most, byte) => Math.max(most, byte), 0) / 255;
  return { cells, columns: heads, byLayer: true, max, title: gridTitle(model.name), note: firstWords(text) };
}
