import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Subject } from '../../src/panel/contract';
import type { StandaloneAttention } from '../../src/standalone/contract';
import type { EditorConnection } from '../connection';
import { sharedStyles } from '../controls';
import '../lenses/attention/view';
import { attentionExplanation } from '../lenses/attention/explanation';
import type { ViewContext } from '../lenses/view';

/** The attention view in a page of its own, with what it shows and where it is from. */
@customElement('headlight-standalone')
export class StandalonePage extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      header {
        padding: 16px 16px 0;
      }
      h1 {
        margin: 0 0 8px;
        font-size: 1.4em;
        font-weight: 600;
      }
      p {
        max-width: 90ch;
        margin: 0 0 8px;
      }
      .source-text {
        max-height: 8lh;
        overflow: auto;
      }
      main {
        max-width: 1440px;
        padding: 8px 8px 16px;
      }
    `,
  ];

  @property({ attribute: false }) data!: StandaloneAttention;
  @property({ attribute: false }) editor!: EditorConnection;
  private saved: unknown;
  private subject!: Extract<Subject, { lens: 'attention' }>;

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('data')) return;
    const { label, text, pair, state } = this.data;
    // A token that was kept belongs to the text that the page holds.
    this.saved = typeof state === 'object' ? { ...state, text: pair === undefined ? text : `${text}\n${pair}` } : null;
    const second = pair === undefined ? {} : { second: { text: pair, offset: 0 } };
    this.subject = { lens: 'attention', source: { uri: '', label, version: 0, first: { text, offset: 0 }, ...second, selection: { start: 0, end: 0 } } };
  }

  override render(): TemplateResult {
    const { text, pair, overview, made, version } = this.data;
    return html`<header>
        <h1>Who attends to whom</h1>
        <p class="source-text" tabindex="0">${text}${pair === undefined ? nothing : html`<br />${pair}`}</p>
        <p>${attentionExplanation.text} <span class="muted">${attentionExplanation.source}</span></p>
        <p class="muted">
          Model ${overview.model.name}, ${overview.layers} layers of ${overview.heads} heads, ${overview.tokens.length} tokens. Made on
          ${made.slice(0, 10)} with Headlight ${version}; it needs no network.
        </p>
      </header>
      <main><headlight-attention .context=${this.context}></headlight-attention></main>`;
  }

  private get context(): ViewContext<Extract<Subject, { lens: 'attention' }>> {
    return {
      subject: this.subject,
      editor: this.editor,
      settings: { topK: 10, layer: -1 },
      selection: null,
      progress: null,
      whatIf: null,
      rankings: null,
      saved: this.saved,
      save: (state) => { this.saved = state; },
    };
  }
}
