import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { LensProgress } from '../../../src/lenses/calls';
import type { Neighbour, Neighbours } from '../../../src/lenses/neighbours/contract';
import type { NearestWords } from '../../../src/lenses/vectors/nearestContract';
import type { DocumentText, Subject, WordInDocument } from '../../../src/panel/contract';
import { visibleLine, visibleText } from '../../../src/text/visibleText';
import { button, checkbox, select, selectStyles, sharedStyles } from '../../controls';
import type { EditorConnection } from '../../connection';
import { formatCount, formatWeight } from '../../format';
import { Latest } from '../../latest';
import { frameStyles, loadState } from '../frame';
import { stateName } from '../stateName';
import { lineBreaksBefore } from '../../../src/text/lines';
import { inContext } from '../../../src/text/occurrences';
import { documentText } from './documentText';

/** Neighbours listed of each kind. */
const top = 10;
/** Characters on either side of a neighbour in its sentence, and of an occurrence in the list to choose from. */
const contextShown = 40;
/** The built-in model of static vectors. */
const staticModel = 'static';

/** An answer with the text that its ranges count in. */
interface Answer {
  readonly neighbours: Neighbours;
  readonly document: DocumentText;
}

/** The nearest words of one occurrence: in context among all words of the document, and beside them by static vectors. */
@customElement('headlight-neighbours')
export class NearestNeighbours extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    css`
      .select {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
      }
      .select select {
        width: 100%;
      }
      .sides {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
        gap: 12px;
      }
      .place {
        display: block;
        width: 100%;
        padding: 0;
        border: none;
        color: inherit;
        background: none;
        font: inherit;
        text-align: start;
        cursor: pointer;
      }
      .place:hover {
        background: var(--vscode-list-hoverBackground, transparent);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
      }
      .place .in {
        display: block;
        color: var(--headlight-muted);
        overflow-wrap: anywhere;
        unicode-bidi: isolate;
      }
      td {
        vertical-align: top;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) subject!: Subject;
  @property({ attribute: false }) word!: WordInDocument;
  /** Hidden state that is shown; null for the last. */
  @property({ attribute: false }) shown: number | null = null;
  /** Index of the occurrence that was pointed out; −1 for none. */
  @property({ type: Number }) chosen = -1;
  @property({ attribute: false }) progress: LensProgress | null = null;
  @state() private occurrence = 0;
  @state() private sameWord = false;
  private readonly inContext = new Latest<Answer>(this);
  private readonly fixed = new Latest<{ readonly asked: string; readonly nearest: NearestWords }>(this);

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('word')) this.occurrence = this.word.current in this.word.occurrences ? this.word.current : 0;
    if (changed.has('chosen') && this.chosen in this.word.occurrences) this.occurrence = this.chosen;
    const isOther = changed.has('word') || changed.has('occurrence');
    if (isOther || changed.has('sameWord')) this.findInContext(changed.has('word'));
    if (isOther) this.findStatic(changed.has('word'));
  }

  override render(): TemplateResult {
    const { fixed, inContext: near, word } = this;
    const options = word.occurrences.map(({ line, sentence, start, end }, index) => ({
      value: String(index),
      label: `${line}: ${around(sentence, start, end).join('')}`,
    }));
    return html`<div class="stack">
      ${select({ label: 'Of', value: String(this.occurrence), options, onChange: (value) => { this.occurrence = Number(value); } })}
      ${checkbox({ label: `Other occurrences of “${visibleText(word.word)}” too`, checked: this.sameWord, onChange: (checked) => { this.sameWord = checked; } })}
      <div class="sides">
        <section class="stack" aria-label="In context" data-near>
          <h3>In context <span class="muted small">${near.value ? stateName(this.stateIn(near.value)).toLowerCase() : ''}</span></h3>
          ${loadState(near, this.progress)}
          ${near.loading ? html`<div>${button({ label: 'Stop', name: 'Stop looking for neighbours', onClick: near.stop })}</div>` : nothing}
          ${near.value ? this.near(near.value) : nothing}
        </section>
        <section class="stack" aria-label="Static" data-static>
          <h3>Static <span class="muted small">one vector a word</span></h3>
          ${loadState(fixed, null)} ${fixed.value ? this.fixedWords(fixed.value.asked, fixed.value.nearest) : nothing}
        </section>
      </div>
      <p class="muted small">
        A static model has one vector for every “${visibleText(word.word)}”: its neighbours mix all senses, in proportion to the
        texts that it learnt from. In context each occurrence has a vector and neighbours of its own.
      </p>
    </div>`;
  }

  private near({ neighbours, document }: Answer): TemplateResult {
    const { compared, tokens, whole } = neighbours;
    const found = neighbours.states[this.stateIn({ neighbours })]!;
    const all = whole && document.whole;
    const read = all
      ? 'all of the document'
      : `in the ${formatCount(tokens, 'token')} nearest to the occurrence, not in the whole document`;
    return html`${found.length === 0
        ? html`<p class="muted small">The document has no other word to compare.</p>`
        : html`<table>
            <thead>
              <tr><th scope="col">Word</th><th scope="col" class="number">Cosine</th></tr>
            </thead>
            <tbody>
              ${found.map((neighbour) => this.neighbour(neighbour, document))}
            </tbody>
          </table>`}
      <p class="muted small">Compared: ${formatCount(compared, 'place')} of content words, ${read}. Of another word its nearest place is listed.</p>`;
  }

  private neighbour({ cosine, start, end, sentence }: Neighbour, document: DocumentText): TemplateResult {
    const { text, offset } = document;
    const [before, own, after] = around(text.slice(sentence.start, sentence.end), start - sentence.start, end - sentence.start);
    return html`<tr>
      <td>
        <button
          type="button"
          class="place"
          title="Go to it in the editor"
          @click=${() => { this.editor.notify('panel/reveal', { uri: this.subject.source.uri, start: start + offset, end: end + offset }); }}
        >
          <strong class="source-text">${visibleText(text.slice(start, end))}</strong>
          <span class="in" dir="auto"><span class="number">${document.line + lineBreaksBefore(text, start)}</span>&nbsp; ${before}<strong>${own}</strong>${after}</span>
        </button>
      </td>
      <td class="number">${formatWeight(cosine)}</td>
    </tr>`;
  }

  private fixedWords(asked: string, { words, model }: NearestWords): TemplateResult {
    if (!words) return html`<p class="small">The model ${model.name} does not know “${visibleLine(asked)}”: what it did not read often enough has no vector.</p>`;
    return html`<table>
        <thead>
          <tr><th scope="col">Word</th><th scope="col" class="number">Cosine</th></tr>
        </thead>
        <tbody>
          ${words.map(({ token, cosine }) => html`<tr><td class="source-text">${visibleText(token)}</td><td class="number">${formatWeight(cosine)}</td></tr>`)}
        </tbody>
      </table>
      <p class="muted small">Compared: all words that the model ${model.name} knows.</p>`;
  }

  private stateIn({ neighbours: { states } }: Pick<Answer, 'neighbours'>): number {
    return Math.min(this.shown ?? Infinity, states.length - 1);
  }

  private findInContext(forget: boolean): void {
    const { editor, subject, word, sameWord } = this;
    const occurrence = word.occurrences[this.occurrence]!;
    const of = inContext(occurrence);
    this.inContext.load(async (signal) => {
      const document = await documentText(editor, subject);
      const asked = of.sentence.slice(of.start, of.end);
      const at = occurrence.offset - document.offset;
      // An occurrence of another file, or beyond what was handed over, is compared with what the panel shows.
      const focus = document.text.startsWith(asked, at) && at >= 0 ? at : subject.source.first.offset - document.offset;
      const neighbours = await editor.call('vectors/neighbours', { of, text: document.text, focus, top, sameWord }, { signal });
      return { neighbours, document };
    }, { forget });
  }

  private findStatic(forget: boolean): void {
    const { editor } = this;
    const { sentence, start, end } = this.word.occurrences[this.occurrence]!;
    const asked = sentence.slice(start, end);
    this.fixed.load(async (signal) => ({ asked, nearest: await editor.call('vectors/nearest', { word: asked, top, inModel: staticModel }, { signal }) }), { forget });
  }
}

/** A word in its sentence with what stands near it: before, the word, after. */
function around(sentence: string, start: number, end: number): readonly [string, string, string] {
  // From a word's beginning near the occurrence on.
  const before = start > contextShown ? `…${sentence.slice(start - contextShown, start).replace(/^\S*\s/u, '')}` : sentence.slice(0, start);
  const after = sentence.slice(end);
  const shown = [before, sentence.slice(start, end), after.length > contextShown ? `${after.slice(0, contextShown)}…` : after];
  return shown.map(visibleLine) as [string, string, string];
}
