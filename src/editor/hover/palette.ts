/** Colours of a card. An SVG image sees no theme variables, so each kind of theme has its own set. */
export interface Palette {
  readonly foreground: string;
  readonly muted: string;
  readonly frame: string;
  readonly bar: string;
  /** One colour a sense: the panel's order of Okabe and Ito's colour-blind safe set, darker or lighter for contrast. */
  readonly senses: readonly string[];
}

export type ThemeKind = 'light' | 'dark' | 'highContrastLight' | 'highContrastDark';

const onLight = ['#b87700', '#2f8fc9', '#00805c', '#a8447c', '#0072b2', '#d55e00', '#8a7d00'];
const onDark = ['#e69f00', '#56b4e9', '#2fbf94', '#e58fbd', '#4d9fe0', '#ff8c4d', '#f0e442'];

const palettes: Record<ThemeKind, Palette> = {
  light: { foreground: '#3b3b3b', muted: '#616161', frame: '#c8c8c8', bar: '#0072b2', senses: onLight },
  dark: { foreground: '#cccccc', muted: '#a0a0a0', frame: '#4a4a4a', bar: '#56b4e9', senses: onDark },
  highContrastLight: { foreground: '#000000', muted: '#292929', frame: '#0f4a85', bar: '#0f4a85', senses: onLight },
  highContrastDark: { foreground: '#ffffff', muted: '#ffffff', frame: '#6fc3df', bar: '#6fc3df', senses: onDark },
};

/** The palette for a kind of theme. */
export function paletteFor(kind: ThemeKind): Palette {
  return palettes[kind];
}
