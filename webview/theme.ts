import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { cssColor, parseColor, type Rgb } from '../src/picture/color';
import type { PictureColors } from '../src/picture/mapPicture';
import { rampColor, sequentialRamp, type Ramp } from '../src/picture/ramp';
import type { DivergingRamp } from './draw/strip';

/** Colours and fonts of the editor's theme, for what CSS cannot reach: canvases and charts. */
export interface Theme {
  readonly highContrast: boolean;
  readonly dark: boolean;
  readonly reduceMotion: boolean;
  /** What drawings stand on: the editor's background. */
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  /** Frames. */
  readonly border: string;
  /** Lines that must not outshine the data. */
  readonly grid: string;
  /** Marks what is selected. */
  readonly accent: string;
  /** Colour of data. */
  readonly data: string;
  readonly dataRgb: Rgb;
  readonly ramp: Ramp;
  /** For numbers of either sign. */
  readonly diverging: DivergingRamp;
  readonly fontFamily: string;
  readonly editorFontFamily: string;
  /** In pixels. */
  readonly fontSize: number;
}

/** Vermilion of Okabe and Ito, far from blue for every kind of colour vision. */
const belowZero: Rgb = { r: 213, g: 94, b: 0 };

/** The theme as pictures in files take it. */
export function pictureColors({ background, foreground, muted, data, ramp }: Theme): PictureColors {
  return { background, foreground, muted, data, ramp: (at) => rampColor(ramp, at) };
}

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const names = document.body.classList;
  const highContrastLight = names.contains('vscode-high-contrast-light');
  const highContrast = names.contains('vscode-high-contrast') || highContrastLight;
  const dark = names.contains('vscode-dark') || (highContrast && !highContrastLight);
  const read = (fallback: string, ...variables: string[]): string =>
    variables.map((variable) => style.getPropertyValue(`--vscode-${variable}`).trim()).find((value) => value !== '') ?? fallback;
  const background = read(dark ? '#1f1f1f' : '#ffffff', 'editor-background');
  const data = read('#3794ff', 'charts-blue', 'focusBorder');
  const dataRgb = parseColor(data) ?? { r: 55, g: 148, b: 255 };
  const backgroundRgb = parseColor(background) ?? { r: 31, g: 31, b: 31 };
  const ramp = sequentialRamp(backgroundRgb, dataRgb);
  const foreground = read(dark ? '#cccccc' : '#3b3b3b', 'foreground');
  return {
    highContrast,
    dark,
    reduceMotion: names.contains('vscode-reduce-motion') || matchMedia('(prefers-reduced-motion: reduce)').matches,
    background,
    foreground,
    muted: read(foreground, 'descriptionForeground'),
    border: read('rgba(128, 128, 128, 0.35)', 'contrastBorder', 'widget-border', 'panel-border'),
    grid: cssColor(parseColor(foreground) ?? { r: 128, g: 128, b: 128 }, highContrast ? 0.35 : 0.14),
    accent: read('#0078d4', 'focusBorder'),
    data,
    dataRgb,
    ramp,
    diverging: { below: sequentialRamp(backgroundRgb, belowZero), above: ramp },
    fontFamily: read('sans-serif', 'font-family'),
    editorFontFamily: read('monospace', 'editor-font-family'),
    fontSize: Number.parseFloat(read('13', 'font-size')),
  };
}

const hosts = new Set<ReactiveControllerHost>();
let theme: Theme | null = null;

/** The theme in use. */
export function currentTheme(): Theme {
  theme ??= readTheme();
  return theme;
}

/** Starts to follow the theme that VS Code sets on the page. */
export function followTheme(): void {
  const changed = (): void => {
    theme = null;
    for (const host of hosts) host.requestUpdate();
  };
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  matchMedia('(prefers-reduced-motion: reduce)').addEventListener('change', changed);
}

/** Updates a component whenever the theme changes. */
export class ThemeController implements ReactiveController {
  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  get theme(): Theme {
    return currentTheme();
  }

  hostConnected(): void {
    hosts.add(this.host);
  }

  hostDisconnected(): void {
    hosts.delete(this.host);
  }
}
