import type * as Resvg from '@resvg/resvg-wasm';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HeadlightError } from '../errors';

/** Pixels for one of the picture's, as on a screen of high density. */
const scale = 2;

/**
 * Monospaced fonts of the systems that Headlight runs on, best first. A picture's labels are written in the first that is
 * there, and the others that are there lend it the characters that it lacks.
 */
const fontFiles = [
  '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf',
  '/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf',
  '/usr/share/fonts/TTF/DejaVuSansMono.ttf',
  '/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf',
  '/usr/share/fonts/liberation-mono/LiberationMono-Regular.ttf',
  '/System/Library/Fonts/Menlo.ttc',
  '/System/Library/Fonts/Hiragino Sans GB.ttc',
  join(process.env['WINDIR'] ?? 'C:\\Windows', 'Fonts', 'consola.ttf'),
  join(process.env['WINDIR'] ?? 'C:\\Windows', 'Fonts', 'msgothic.ttc'),
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  join(homedir(), '.local/share/fonts/DejaVuSansMono.ttf'),
];

async function fonts(): Promise<Uint8Array[]> {
  const read = await Promise.all(fontFiles.map((file) => readFile(file).catch(() => null)));
  const found = read.filter((font) => font !== null);
  if (found.length > 0) return found;
  throw new HeadlightError(
    'file-not-written',
    'There is no font to write the labels of a PNG with. Install one, such as DejaVu Sans Mono (fonts-dejavu-core), or save the picture as --svg.',
  );
}

let loading: Promise<typeof Resvg> | undefined;

/** The library that draws SVG, a WebAssembly module that is loaded when it is first needed. */
function renderer(): Promise<typeof Resvg> {
  loading ??= (async () => {
    const resvg = await import('@resvg/resvg-wasm');
    await resvg.initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
    return resvg;
  })();
  return loading;
}

/** A picture as PNG. @throws HeadlightError `file-not-written` where there is no font for its labels */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const fontBuffers = await fonts();
  const { Resvg: Picture } = await renderer();
  return new Picture(svg, { font: { fontBuffers }, fitTo: { mode: 'zoom', value: scale } }).render().asPng();
}
