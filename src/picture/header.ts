import { font, fontSize, type MapPicture, type PictureColors } from './mapPicture';
import { element, type SvgElement } from './svg';

export const margin = 16;
const lineHeight = 18;
const partWidth = 60;
const partsOfLine = 6;

/** Title, note and the colours of parts at the top left of a picture, and where what follows begins. */
export function header({ title, note, parts = [] }: Pick<MapPicture, 'title' | 'note' | 'parts'>, colors: PictureColors): { elements: SvgElement[]; bottom: number } {
  const lines = [
    { text: title, fill: colors.foreground, 'font-weight': 'bold' },
    { text: note, fill: colors.muted, 'font-weight': 'normal' },
  ].filter(({ text }) => text !== '');
  const base = (line: number): number => margin + fontSize + line * lineHeight;
  const legend = parts.flatMap(({ name, color }, at) => {
    const x = margin + (at % partsOfLine) * partWidth;
    const y = base(lines.length + Math.floor(at / partsOfLine));
    return [
      element('rect', { x, y: y - 10, width: 10, height: 10, fill: color }),
      element('text', { x: x + 15, y, ...font, fill: colors.foreground }, name),
    ];
  });
  return {
    elements: [...lines.map(({ text, ...style }, at) => element('text', { x: margin, y: base(at), ...font, ...style }, text)), ...legend],
    bottom: margin + (lines.length + Math.ceil(parts.length / partsOfLine)) * lineHeight + 8,
  };
}
