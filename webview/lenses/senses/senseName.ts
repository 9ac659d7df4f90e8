import { html, nothing, type TemplateResult } from 'lit';
import type { NamedSense, SenseName } from '../../../src/lenses/senses/contract';
import { visibleLine } from '../../../src/text/visibleText';
import { formatCount, formatPercent } from '../../format';

/** A sense in one line: its gloss, other words for it, and how probable it is. */
export function nameLine({ partOfSpeech, gloss, synonyms, probability }: NamedSense): TemplateResult {
  const others = synonyms.length > 0 ? html` <span class="muted">(${synonyms.map(visibleLine).join(', ')})</span>` : nothing;
  return html`<span>${visibleLine(gloss)}</span>${others} <span class="muted small number">${partOfSpeech}, ${formatPercent(probability)}</span>`;
}

/** What a group of occurrences most likely means, the next best beside it, and plainly when it is not clear. */
export function senseNameNote({ senses: [first, second], clear, unlisted, omitted }: SenseName): TemplateResult {
  const more = omitted > 0 ? html` <span class="small muted">${formatCount(omitted, 'more sense')} of WordNet unknown to the dictionary</span>` : nothing;
  if (!first) return html`<span class="muted">none of the senses that the dictionary knows</span>${more}`;
  const next = second ? html` <span class="small muted">next: ${nameLine(second)}</span>` : nothing;
  if (clear) return html`${nameLine(first)}${next}`;
  const rest = unlisted > first.probability ? ', more likely another sense' : '';
  return html`<span class="muted">not clear${rest}; at most:</span> ${nameLine(first)}${next}${more}`;
}
