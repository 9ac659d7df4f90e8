import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TokenFate, TrainingExample, TrainingPlace } from '../../../src/lenses/predictions/trainingContract';
import { visibleText } from '../../../src/text/visibleText';
import type { EditorConnection } from '../../connection';
import { button, sharedStyles } from '../../controls';
import { formatPercent } from '../../format';
import { Latest } from '../../latest';
import { frameStyles, loadState } from '../frame';
import { tokenText } from '../tokenText';

const listed = 3;
/** Of fewer, the view says how to get more. */
const fewPlaces = 3;

const fates: Readonly<Record<TokenFate, string>> = {
  masked: 'masked (8 of 10 are)', replaced: 'replaced by any word (1 of 10)', kept: 'kept as it was (1 of 10)',
};

/** What was guessed, as it is compared: lower case, without the ## of a word's later pieces. */
const plain = (text: string): string => text.trim().toLowerCase().replace(/^##/, '');

/** How BERT was trained, played on the reader's own text: guess first, then see the model's guess. */
@customElement('headlight-predictions-training')
export class PredictionsTraining extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    css`
      .text {
        max-height: 40vh;
        overflow-y: auto;
        line-height: 2;
      }
      .place {
        padding: 1px 4px;
        border: 1px solid var(--vscode-focusBorder);
        border-radius: 3px;
        white-space: nowrap;
      }
      .place sup {
        margin-right: 3px;
        color: var(--headlight-muted);
      }
      ol {
        display: grid;
        gap: 6px;
        margin: 0;
        padding-left: 2.2em;
      }
      input {
        width: 14ch;
        padding: 3px 6px;
        border: 1px solid var(--vscode-input-border, var(--headlight-border));
        border-radius: 2px;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        font: inherit;
      }
      input:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
      }
      td.right {
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property() text = '';
  @property({ type: Number }) focusAt = 0;
  @state() private seed = 1;
  @state() private shown = false;
  @state() private guesses: readonly string[] = [];
  private readonly example = new Latest<TrainingExample>(this, ({ places }) => {
    this.guesses = places.map(() => '');
    this.shown = false;
  });

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) this.load();
  }

  override render(): TemplateResult {
    const answer = this.example.value;
    return html`<section class="card stack" aria-label="Train like BERT">
      <h2>Train like BERT</h2>
      <p class="muted small">
        BERT learnt by this game, on billions of words: 15 % of the tokens are chosen, and it has to say what stood there. Most are
        masked, some replaced by any other word, some left as they were, so that it must mind every word that it reads. Guess first.
      </p>
      ${loadState(this.example, null)}
      ${answer ? html`${this.puzzle(answer)} ${this.shown ? this.answers(answer) : this.questions(answer)}` : nothing}
    </section>`;
  }

  private puzzle({ places, tokens }: TrainingExample): TemplateResult {
    const numbers = new Map(places.map((place, at) => [place.index, { place, at }]));
    return html`<p class="text source-text">${tokens.map((token, index) => {
      if (token.special) return nothing;
      const found = numbers.get(index);
      const gap = tokens[index - 1]?.end === token.start ? '' : ' ';
      return found
        ? html`${gap}<span class="place" data-place=${index}><sup>${found.at + 1}</sup>${visibleText(found.place.shown)}</span>`
        : html`${gap}${tokenText(token)}`;
    })}</p>`;
  }

  private questions({ places }: TrainingExample): TemplateResult {
    return html`<ol>
        ${places.map(({ shown }, at) => html`<li>
          <input
            type="text"
            autocomplete="off"
            spellcheck="false"
            aria-label=${`What stood at ${at + 1}, where now ${visibleText(shown)} is?`}
            .value=${this.guesses[at] ?? ''}
            @input=${({ currentTarget }: Event) => {
              const { value } = currentTarget as HTMLInputElement;
              this.guesses = this.guesses.map((guess, other) => (other === at ? value : guess));
            }}
            @keydown=${({ key }: KeyboardEvent) => { if (key === 'Enter') this.shown = true; }}
          />
        </li>`)}
      </ol>
      ${places.length < fewPlaces ? html`<p class="muted small">Select more text for more places.</p>` : nothing}
      <div class="bar">${button({ label: 'Show answers', kind: 'primary', onClick: () => { this.shown = true; } })}</div>`;
  }

  private answers({ loss, places }: TrainingExample): TemplateResult {
    const isRight = ({ original }: TrainingPlace, guess: string): boolean => guess !== '' && plain(guess) === plain(original.token);
    const [own, models] = [
      places.filter((place, at) => isRight(place, this.guesses[at] ?? '')).length,
      places.filter(({ original }) => original.rank === 1).length,
    ];
    return html`<p role="status" data-score>
        You had <strong>${own}</strong> of ${places.length} right, the model <strong>${models}</strong>. Its loss here, the mean of
        −ln P, is <strong class="number">${loss.toFixed(2)}</strong>: training takes a step that makes it smaller, and then the next text
        comes.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Stood there</th>
            <th scope="col">You</th>
            <th scope="col">Model</th>
            <th scope="col">The token was</th>
          </tr>
        </thead>
        <tbody>
          ${places.map((place, at) => html`<tr data-answer=${place.index}>
            <th scope="row" class="source-text">${at + 1}. ${visibleText(place.original.token)}</th>
            <td class="source-text ${isRight(place, this.guesses[at] ?? '') ? 'right' : ''}">
              ${this.guesses[at] ? visibleText(this.guesses[at].trim()) : '–'}${isRight(place, this.guesses[at] ?? '') ? ' ✓' : ''}
            </td>
            <td class=${place.original.rank === 1 ? 'right' : ''}>
              <span class="source-text">${place.predictions.slice(0, listed).map(({ token }) => visibleText(token)).join(', ')}</span
              >${place.original.rank === 1 ? ' ✓' : ''}
              <span class="muted">${formatPercent(place.original.probability)} for the right one</span>
            </td>
            <td>${fates[place.fate]}</td>
          </tr>`)}
        </tbody>
      </table>
      <div class="bar">${button({ label: 'Another round', icon: 'refresh', onClick: this.again })}</div>`;
  }

  private readonly again = (): void => {
    this.seed++;
    this.load();
  };

  private load(): void {
    const request = { text: this.text, focus: this.focusAt, seed: this.seed, top: listed };
    this.example.load((signal) => this.editor.call('predictions/trainingExample', request, { signal }));
  }
}
