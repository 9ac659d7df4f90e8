import { parseColor, type Rgb } from '../../src/picture/color';
import type { Ramp } from '../../src/picture/ramp';

/** What text is written in on a shade: as elsewhere, in white, or in black. */
export type Ink = 'usual' | 'white' | 'black';

/** Least contrast of text with what is behind it: WCAG 2.2, success criterion 1.4.3. */
const leastContrast = 4.5;

function luminance({ r, g, b }: Rgb): number {
  const [lr, lg, lb] = [r, g, b].map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * lr! + 0.7152 * lg! + 0.0722 * lb!;
}

/** Contrast of two colours, 1–21: WCAG 2.2, "contrast ratio". */
export function contrastRatio(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** The ink for each of a ramp's 256 colours: black or white always has enough contrast, for √21 > 4.5. */
export function inksOf(ramp: Ramp, foreground: string): readonly Ink[] {
  const usual = parseColor(foreground);
  return Array.from({ length: 256 }, (_, at): Ink => {
    const shade = { r: ramp[at * 4]!, g: ramp[at * 4 + 1]!, b: ramp[at * 4 + 2]! };
    if (!usual || contrastRatio(usual, shade) >= leastContrast) return 'usual';
    return contrastRatio({ r: 255, g: 255, b: 255 }, shade) > contrastRatio({ r: 0, g: 0, b: 0 }, shade) ? 'white' : 'black';
  });
}
