/**
 * Colours of things side by side, as CSS, that every kind of colour vision can tell apart: Okabe and Ito's set, darker or
 * lighter for contrast with what is behind them.
 */
const onLight = ['#b87700', '#2f8fc9', '#00805c', '#a8447c', '#5b3fc4', '#d5402b', '#7a7000', '#4f4f4f'] as const;
const onDark = ['#e69f00', '#56b4e9', '#2fbf94', '#e58fbd', '#a48cf5', '#ff6e4a', '#f0e442', '#d0d0d0'] as const;

/** Most things that are told apart by hue. */
export const mostHues = onLight.length;

/** The hues for a light or a dark background. */
export function hues(dark: boolean): readonly string[] {
  return dark ? onDark : onLight;
}
