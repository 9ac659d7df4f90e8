/** An SVG element as text. Attributes and children are escaped by `escapeMarkup` and nowhere else. */
export interface SvgElement {
  readonly markup: string;
}

type Attributes = Readonly<Record<string, string | number>>;

/** One element; numbers are cut to two decimals, a hundredth of a pixel. */
export function element(name: string, attributes: Attributes, ...children: readonly (SvgElement | string)[]): SvgElement {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeMarkup(typeof value === 'number' ? decimal(value) : value)}"`);
  const inner = children.map((child) => (typeof child === 'string' ? escapeMarkup(child) : child.markup)).join('');
  return { markup: inner === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inner}</${name}>` };
}

/** A whole file, readable on its own; `title` names it for screen readers. */
export function svgFile(width: number, height: number, title: string, children: readonly SvgElement[]): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const root = element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width: w, height: h, viewBox: `0 0 ${w} ${h}`, role: 'img', 'aria-label': title },
    element('title', {}, title),
    ...children,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.markup}\n`;
}

function decimal(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text for an element or an attribute of XML or HTML. XML has no way to write most control characters, so they are shown as what they are: unknown. */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
