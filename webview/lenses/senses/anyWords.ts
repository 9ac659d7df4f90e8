import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Senses } from '../../../src/lenses/senses/contract';
import { excerpt, visibleLine } from '../../../src/text/visibleText';
import { type AskedWord, wordInUse } from '../../../src/text/wordInUse';
import { button, icon, iconButton, notice, sharedStyles } from '../../controls';
import { formatCount, formatWeight } from '../../format';
import { frameStyles } from '../frame';
import { mostWords, placeIn, type PlacedWord, readFrom } from './furtherWords';
import type { WordPoint } from './map';
import { senseMarker } from './marker';

/** Longest word or phrase, in UTF-16 units. */
const longestWord = 100;
/** Longest sentence. */
const longestSentence = 1000;
/** Characters of a sentence in the table. */
const sentenceShown = 90;

/**
 * Any words that the reader types, and how near they lie to each sense. Emits `words` with the new list, `pointWord` with a
 * `WordPoint` or null, and `chooseWord` with a `WordPoint`.
 */
@customElement('headlight-any-words')
export class AnyWords extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
        align-items: end;
        margin: 0;
      }
      @container (min-width: 480px) {
        form {
          grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) auto;
        }
      }
      label {
        display: block;
        color: var(--headlight-muted);
        font-size: var(--headlight-small);
      }
      input {
        display: block;
        width: 100%;
        height: 26px;
        margin-top: 4px;
        padding: 0 6px;
        border: 1px solid var(--vscode-input-border, var(--headlight-border));
        border-radius: 2px;
        color: var(--vscode-input-foreground, inherit);
        background: var(--vscode-input-background, transparent);
        font: inherit;
      }
      input::placeholder {
        color: var(--vscode-input-placeholderForeground, var(--headlight-muted));
        opacity: 1;
      }
      .scroll {
        overflow-x: auto;
      }
      .ring {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        flex: none;
        width: 18px;
        height: 18px;
        border: 1px solid var(--vscode-foreground);
        border-radius: 50%;
        color: var(--vscode-foreground);
        font-size: 10px;
        font-weight: normal;
      }
      .name {
        display: flex;
        align-items: center;
        gap: 6px;
        color: var(--vscode-foreground);
      }
      tr.first > * {
        border-bottom: none;
        padding-bottom: 0;
      }
      tr.where td {
        padding-inline-start: 24px;
        color: var(--headlight-muted);
      }
      th.number {
        vertical-align: bottom;
      }
      td.nearest {
        font-weight: 600;
        color: var(--vscode-foreground);
      }
      td.action {
        width: 28px;
        padding: 0 0 0 4px;
        text-align: end;
      }
      tr.pointed > * {
        background: var(--vscode-list-hoverBackground, transparent);
      }
      .place {
        display: inline;
        padding: 0;
        border: none;
        color: inherit;
        background: none;
        font: inherit;
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--headlight-border);
        text-underline-offset: 2px;
        cursor: pointer;
        overflow-wrap: anywhere;
        unicode-bidi: isolate;
      }
    `,
  ];

  @property({ attribute: false }) senses!: Senses;
  @property({ attribute: false }) asked: readonly AskedWord[] = [];
  /** Those that have been answered. */
  @property({ attribute: false }) placed: readonly PlacedWord[] = [];
  /** Hidden state that is shown; null for all evidence. */
  @property({ attribute: false }) shown: number | null = null;
  /** What is shown, in words: "after layer 3". */
  @property() vectors = '';
  /** Whether the map is one by UMAP. */
  @property({ type: Boolean }) umap = false;
  @property({ attribute: false }) pointed: WordPoint | null = null;
  @state() private refused: string | null = null;

  override render(): TemplateResult {
    const { asked, placed, refused } = this;
    const full = asked.length >= mostWords;
    return html`<div class="stack">
      <form @submit=${this.submitted} novalidate>
        <label>Word or phrase<input name="word" maxlength=${longestWord} placeholder="tolerate" autocomplete="off" spellcheck="false" /></label>
        <label>In a sentence (optional)<input name="sentence" maxlength=${longestSentence} placeholder="I cannot tolerate noise." autocomplete="off" /></label>
        ${button({ label: 'Add', icon: 'add', onClick: () => { this.add(); } })}
        <button type="submit" hidden></button>
      </form>
      ${refused === null ? nothing : notice('error', refused)}
      ${full ? html`<p class="muted small">${mostWords} words are as many as the map can hold: take one away to add another.</p>` : nothing}
      ${placed.length > 0 ? this.table(placed) : nothing}
    </div>`;
  }

  private table(placed: readonly PlacedWord[]): TemplateResult {
    const { senses } = this.senses;
    return html`<div class="scroll">
        <table data-words>
          <thead>
            <tr>
              <th scope="col">Cosine, ${this.vectors}</th>
              ${senses.map((_, sense) => html`<th scope="col" class="number" aria-label="Sense ${sense + 1}">${senseMarker(sense)} ${sense + 1}</th>`)}
              <td></td>
            </tr>
          </thead>
          <tbody>
            ${placed.map((one, at) => this.row(one, at, senses.length + 2))}
          </tbody>
        </table>
      </div>
      <p class="muted small">
        A cosine is the mean over pairs of a place of the word and an occurrence of the sense.
        ${this.umap
          ? 'UMAP draws words and occurrences together, so that a word that is added moves the others.'
          : 'On the map the words are laid onto axes that were found from the occurrences alone, so that it shows where they fall among the senses; how far off those axes they lie only the cosines tell.'}
      </p>`;
  }

  private row({ use, word }: PlacedWord, at: number, columns: number): TemplateResult {
    const { cosines } = placeIn(word, this.shown);
    const best = cosines.reduce((most: number, cosine) => Math.max(most, cosine ?? -Infinity), -Infinity);
    const name = visibleLine(use.word);
    const unread = cosines.every((cosine) => cosine === null);
    const rowClass = this.pointed?.[0] === at ? 'pointed' : '';
    const enter = (): void => { this.point([at, 0]); };
    const leave = (): void => { this.point(null); };
    return html`<tr class="first ${rowClass}" data-word=${at} @pointerenter=${enter} @pointerleave=${leave}>
        <th scope="row"><span class="name"><span class="ring" aria-hidden="true">${at + 1}</span><span class="source-text">${name}</span></span></th>
        ${cosines.map((cosine) => html`<td class="number ${cosine !== null && cosine === best ? 'nearest' : ''}">${cosine === null ? '–' : formatWeight(cosine)}</td>`)}
        <td class="action">${iconButton({ label: `Remove ${name}`, icon: 'close', onClick: () => { this.takeAway(use); } })}</td>
      </tr>
      <tr class="where ${rowClass}" @pointerenter=${enter} @pointerleave=${leave}>
        <td colspan=${columns}>${unread ? html`<span class="name">${icon('warning')} the model cannot read it</span>` : this.where(use, at)}</td>
      </tr>`;
  }

  private where(use: PlacedWord['use'], at: number): TemplateResult {
    const [first] = use.places;
    const quoted = excerpt(visibleLine(first!.sentence), sentenceShown);
    if (use.from !== 'document') return html`${readFrom(use)}: <span class="quoted" dir="auto">“${quoted}”</span>`;
    return html`${use.places.length > 1 ? formatCount(use.places.length, 'place') + ' in the document, ' : ''}${readFrom(use)}:
      <button
        type="button"
        class="place"
        dir="auto"
        title="Go to it in the editor"
        @click=${() => { this.dispatchEvent(new CustomEvent('chooseWord', { detail: [at, 0] satisfies WordPoint })); }}
      >${quoted}</button>`;
  }

  private readonly submitted = (event: Event): void => {
    event.preventDefault();
    this.add();
  };

  private add(): void {
    const field = (name: string): HTMLInputElement => this.renderRoot.querySelector(`input[name="${name}"]`)!;
    const [wordField, sentenceField] = [field('word'), field('sentence')];
    const word = wordField.value.trim().replace(/\s+/gu, ' ');
    const sentence = sentenceField.value.trim();
    this.refused = null;
    if (word === '') {
      wordField.focus();
      return;
    }
    const asked: AskedWord = { word, ...(sentence !== '' && { sentence }) };
    if (this.asked.length >= mostWords || this.asked.some((other) => other.word === word && other.sentence === asked.sentence)) return;
    try {
      // Of a sentence that came with it, whether it has the word is known before anybody is asked.
      if (sentence !== '') wordInUse(asked, '', 0);
    } catch (error) {
      this.refused = error instanceof Error ? error.message : String(error);
      return;
    }
    wordField.value = '';
    sentenceField.value = '';
    wordField.focus();
    this.change([...this.asked, asked]);
  }

  private takeAway({ from, places, word }: PlacedWord['use']): void {
    const sentence = from === 'sentence' ? places[0]!.sentence : undefined;
    this.change(this.asked.filter((other) => other.word !== word || other.sentence !== sentence));
    // What had the focus is gone.
    this.renderRoot.querySelector<HTMLInputElement>('input[name="word"]')?.focus();
  }

  private change(words: readonly AskedWord[]): void {
    this.dispatchEvent(new CustomEvent('words', { detail: words }));
  }

  private point(detail: WordPoint | null): void {
    this.dispatchEvent(new CustomEvent('pointWord', { detail }));
  }
}
