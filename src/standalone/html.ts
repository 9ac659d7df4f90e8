import { escapeMarkup, type SvgElement } from '../picture/svg';

/** An HTML element as text, with text and attributes escaped. It has an end tag always: HTML knows no `<p/>`. */
export function html(name: string, attributes: Readonly<Record<string, string>>, ...children: readonly (SvgElement | string)[]): SvgElement {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeMarkup(value)}"`).join('');
  const inner = children.map((child) => (typeof child === 'string' ? escapeMarkup(child) : child.markup)).join('');
  return { markup: `<${name}${written}>${inner}</${name}>` };
}
