import { fromOklab, toOklab, type Rgb } from './color';

/** 256 opaque colours, RGBA each: entry 0 is the background, entry 255 the strongest. */
export type Ramp = Uint8ClampedArray;

const inGamut = ({ r, g, b }: Rgb): boolean => Math.min(r, g, b) >= -0.5 && Math.max(r, g, b) <= 255.5;

/**
 * A sequential scale that starts in the background and takes the hue of `hue`: Oklab lightness changes by equal steps,
 * so equal differences of value look equal, in every theme and for every kind of colour vision.
 */
export function sequentialRamp(background: Rgb, hue: Rgb): Ramp {
  const start = toOklab(background);
  const tint = toOklab(hue);
  const end = start.l < 0.6 ? 0.95 : 0.27;
  const ramp = new Uint8ClampedArray(256 * 4);
  for (let step = 0; step < 256; step++) {
    const t = step / 255;
    const l = start.l + (end - start.l) * t;
    const swell = Math.min(1, 1.15 * Math.sin(Math.PI * Math.min(1, 0.08 + 0.84 * t)));
    let color = background;
    if (step > 0) {
      // Chroma that sRGB cannot show at this lightness is given up, lightness is not.
      for (let chroma = swell; ; chroma -= 0.05) {
        const kept = Math.max(0, chroma);
        const own = 1 - t;
        const share = kept * Math.min(1, t * 4);
        color = fromOklab({ l, a: start.a * own + tint.a * share, b: start.b * own + tint.b * share });
        if (kept === 0 || inGamut(color)) break;
      }
    }
    ramp.set([Math.round(color.r), Math.round(color.g), Math.round(color.b), 255], step * 4);
  }
  return ramp;
}

/** The colour of `level` (0–1) as CSS. */
export function rampColor(ramp: Ramp, level: number): string {
  const at = Math.round(Math.min(1, Math.max(0, level)) * 255) * 4;
  return `rgb(${ramp[at]!}, ${ramp[at + 1]!}, ${ramp[at + 2]!})`;
}

/** Where a weight stands on the scale, 0–1: square root of its share of `max`, so that small weights can be told apart. */
export function level(weight: number, max: number): number {
  return max > 0 ? Math.sqrt(Math.min(1, Math.max(0, weight / max))) : 0;
}
