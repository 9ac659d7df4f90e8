import { html, type TemplateResult } from 'lit';

/** Codicons in use, by their place in the font. */
export const icons = {
  add: '\uea60',
  'arrow-right': '\uea9c',
  'arrow-swap': '\uebcb',
  beaker: '\uea79',
  'chevron-left': '\ueab5',
  'chevron-right': '\ueab6',
  'circle-slash': '\ueabd',
  close: '\uea76',
  'debug-pause': '\uead1',
  'debug-stop': '\uead7',
  edit: '\uea73',
  eye: '\uea70',
  error: '\uea87',
  game: '\uec17',
  'git-compare': '\ueafd',
  'graph-left': '\uebad',
  info: '\uea74',
  insert: '\uec11',
  layers: '\uebd2',
  'mortar-board': '\ueb21',
  output: '\ueb9d',
  play: '\ueb2c',
  question: '\ueb32',
  refresh: '\ueb37',
  table: '\uebb7',
  tag: '\uea66',
  trash: '\uea81',
  versions: '\ueb78',
  warning: '\uea6c',
  'whole-word': '\ueb7e',
} as const;
export type IconName = keyof typeof icons;

/** A codicon, silent for screen readers; needs `sharedStyles`. */
export function icon(name: IconName): TemplateResult {
  return html`<span class="icon" aria-hidden="true">${icons[name]}</span>`;
}
