import { font, fontSize, type MapPicture, type PictureColors } from './mapPicture';
import { element, type SvgElement } from './svg';

export const margin = 16;
const lineHeight = 18;

/** Title and note at the top left of a picture, and where what follows begins. */
export function header({ title, note }: Pick<MapPicture, 'title' | 'note'>, colors: PictureColors): { elements: SvgElement[]; bottom: number } {
  const lines = [
    { text: title, fill: colors.foreground, 'font-weight': 'bold' },
    { text: note, fill: colors.muted, 'font-weight': 'normal' },
  ].filter(({ text }) => text !== '');
  return {
    elements: lines.map(({ text, ...style }, at) =>
      element('text', { x: margin, y: margin + fontSize + at * lineHeight, ...font, ...style }, text),
    ),
    bottom: margin + lines.length * lineHeight + 8,
  };
}
