/** One map of who attends to whom, ready to be drawn: filtered, merged and named as the reader sees it. */
export interface MapPicture {
  /** Labels of rows and columns. */
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** `[query, key]` */
  readonly weights: Float32Array;
  readonly max: number;
  /** What it shows, in one line: model, layer, head. */
  readonly title: string;
  /** What was done to the numbers, in one line; empty when nothing was. */
  readonly note: string;
  /** The maps that are drawn together, of which `weights` holds the largest; absent for one map. */
  readonly parts?: readonly PicturePart[];
}

/** One of several maps in one picture. */
export interface PicturePart {
  /** "3.1" */
  readonly name: string;
  readonly color: string;
  /** `[query, key]` */
  readonly weights: Float32Array;
}

/** Colours of a picture, as CSS. */
export interface PictureColors {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  /** Of lines. */
  readonly data: string;
  /** Colour of a level from 0 to 1. */
  readonly ramp: (level: number) => string;
}

export const fontSize = 12;
const fontFamily = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace';
/** Width of a character of a monospaced font, as a share of its size. */
const characterWidth = 0.602;
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u;

/** Attributes of text in pictures. */
export const font = { 'font-family': fontFamily, 'font-size': fontSize } as const;

/** Width of a label in pixels, as far as it can be told without the font. */
export function labelWidth(text: string): number {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : 1;
  return width * characterWidth * fontSize;
}

/** A label cut to a number of characters. */
export function shortLabel(text: string, most = 24): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
