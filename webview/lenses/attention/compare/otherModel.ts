import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ListedModel } from '../../../../src/panel/contract';
import { button, select, selectStyles, sharedStyles } from '../../../controls';
import type { EditorConnection } from '../../../connection';
import { Latest } from '../../../latest';
import { frameStyles, loadState } from '../../frame';

/** Which other model reads the text. Emits `model` with its id as `detail`. */
@customElement('headlight-other-model')
export class OtherModel extends LitElement {
  static override styles = [sharedStyles, ...frameStyles, selectStyles];

  @property({ attribute: false }) editor!: EditorConnection;
  /** Id of the chosen model; null for none yet. */
  @property() model: string | null = null;
  /** Id of the model that A is of. */
  @property() current = '';
  private readonly models = new Latest<readonly ListedModel[]>(this);
  private readonly picked = new Latest<string | null>(this, (id) => {
    if (id === null) return;
    this.list();
    this.choose(id);
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.list();
  }

  override render(): TemplateResult {
    const others = (this.models.value ?? []).filter(({ id }) => id !== this.current);
    const none = { value: '', label: others.length === 0 ? 'no other model is installed' : 'choose…' };
    return html`<div class="stack">
      ${loadState(this.models, null)}
      <div class="bar">
        ${select({
          label: 'Other model',
          value: this.model ?? '',
          options: [none, ...others.map(({ id, label, detail }) => ({ value: id, label: detail === '' ? label : `${label} · ${detail}` }))],
          onChange: (id) => { if (id !== '') this.choose(id); },
        })}
        ${button({ label: 'Choose a folder…', onClick: () => { this.picked.load(() => this.editor.ask('panel/pickModel', null)); } })}
      </div>
      ${this.picked.error === null ? '' : loadState(this.picked, null)}
    </div>`;
  }

  private list(): void {
    this.models.load(() => this.editor.ask('panel/models', null));
  }

  private choose(id: string): void {
    this.dispatchEvent(new CustomEvent('model', { detail: id }));
  }
}
