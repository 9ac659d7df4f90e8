import { css, html, nothing, type TemplateResult } from 'lit';
import type { Senses } from '../../../src/lenses/senses/contract';
import type { WordInDocument } from '../../../src/panel/contract';
import { formatCount, formatPercent } from '../../format';
import { visibleLine, visibleText } from '../../../src/text/visibleText';
import { senseMarker } from './marker';
import { nameLine, senseNameNote } from './senseName';
import { fileLabel } from './scope';

/** Styles of `senseGroups`. */
export const groupStyles = css`
  .groups {
    display: flex;
    flex-direction: column;
    gap: 16px;
  }
  .marker {
    flex: none;
  }
  .group > .title {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .group > .like {
    margin: 4px 0 0 22px;
  }
  .group > .means {
    margin: 4px 0 0 22px;
    line-height: 1.45;
  }
  .group > ul {
    margin: 4px 0 0 14px;
  }
  .occurrence {
    display: grid;
    grid-template-columns: 4ch minmax(0, 1fr);
    gap: 8px;
    width: 100%;
    padding: 4px 8px;
    border: none;
    border-radius: 0 4px 4px 0;
    color: inherit;
    background: none;
    font: inherit;
    line-height: 1.4;
    text-align: start;
    cursor: pointer;
  }
  .occurrence:hover,
  .occurrence.pointed {
    background: var(--vscode-list-hoverBackground, transparent);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .occurrence[aria-current='true'] {
    box-shadow: inset 2px 0 0 var(--vscode-focusBorder);
  }
  .occurrence .line {
    color: var(--headlight-muted);
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .occurrence .file {
    display: block;
    color: var(--headlight-muted);
    font-size: var(--headlight-small);
    overflow-wrap: anywhere;
    unicode-bidi: isolate;
  }
  .occurrence .sentence {
    overflow-wrap: anywhere;
    unicode-bidi: isolate;
  }
  .occurrence .own-name {
    grid-column: 2;
  }
  .occurrence strong {
    color: var(--vscode-foreground);
  }
`;

/** Most of the sentence that is shown on either side of the word. */
const context = 80;

function sentenceParts(sentence: string, start: number, end: number): TemplateResult {
  const before = visibleLine(sentence.slice(0, start));
  const after = visibleLine(sentence.slice(end));
  const head = before.length > context ? `…${before.slice(-context)}` : before;
  const tail = after.length > context ? `${after.slice(0, context)}…` : after;
  return html`<span class="sentence" dir="auto">${head}<strong>${visibleLine(sentence.slice(start, end))}</strong>${tail}</span>`;
}

/** The file that an occurrence stands in, where several are compared. */
function fileOf(word: WordInDocument, index: number): TemplateResult | typeof nothing {
  const label = fileLabel(word, index);
  return label === null ? nothing : html`<span class="file">${label}</span>`;
}

export interface SenseGroupsOptions {
  readonly senses: Senses;
  readonly word: WordInDocument;
  readonly pointed: number | null;
  readonly point: (occurrence: number | null) => void;
  readonly choose: (occurrence: number) => void;
}

/** The groups with their occurrences, largest first; then those that the model could not read. */
export function senseGroups({ senses, word, pointed, point, choose }: SenseGroupsOptions): TemplateResult {
  const read = senses.occurrences.filter((occurrence) => occurrence !== null).length;
  // Only what the group's name does not say already.
  const ownName = (index: number): TemplateResult | typeof nothing => {
    const own = senses.names[index];
    const group = senses.senses[senses.occurrences[index]?.sense ?? -1]?.name;
    if (!own?.clear || own.senses[0]!.gloss === group?.senses[0]?.gloss) return nothing;
    return html`<span class="own-name small muted">${nameLine(own.senses[0]!)}</span>`;
  };
  const row = (index: number): TemplateResult | typeof nothing => {
    const occurrence = word.occurrences[index];
    if (!occurrence) return nothing;
    return html`<li>
      <button
        type="button"
        class="occurrence ${index === pointed ? 'pointed' : ''}"
        data-occurrence=${index}
        aria-current=${index === word.current}
        title=${index === word.current ? 'This occurrence: go to it in the editor' : 'Go to it in the editor'}
        @click=${() => { choose(index); }}
        @pointerenter=${() => { point(index); }}
        @pointerleave=${() => { point(null); }}
        @focus=${() => { point(index); }}
        @blur=${() => { point(null); }}
      >
        <span class="line" aria-label="line ${occurrence.line}">${occurrence.line}</span>
        <span>${fileOf(word, index)} ${sentenceParts(occurrence.sentence, occurrence.start, occurrence.end)}</span>
        ${ownName(index)}
      </button>
    </li>`;
  };
  const rows = (sense: number | null): (TemplateResult | typeof nothing)[] =>
    senses.occurrences.flatMap((occurrence, index) => ((occurrence?.sense ?? null) === sense ? [row(index)] : []));
  return html`<div class="groups">
    ${senses.senses.map(
      ({ size, substitutes, name }, sense) => html`<section class="group" aria-label="Sense ${sense + 1}" data-sense=${sense}>
        <h3 class="title">
          ${senseMarker(sense)} Sense ${sense + 1}
          <span class="muted small number">${formatCount(size, 'occurrence')}, ${formatPercent(size / Math.max(1, read))}</span>
        </h3>
        ${name ? html`<p class="means" data-means>${senseNameNote(name)}</p>` : nothing}
        ${substitutes.length > 0
          ? html`<p class="like small">
              like: <span class="source-text">${substitutes.map(visibleText).join(', ')}</span>
            </p>`
          : nothing}
        <ul>
          ${rows(sense)}
        </ul>
      </section>`,
    )}
    ${read < senses.occurrences.length
      ? html`<section class="group" aria-label="Not read">
          <h3 class="title">Not read by the model</h3>
          <ul>
            ${rows(null)}
          </ul>
        </section>`
      : nothing}
  </div>`;
}
