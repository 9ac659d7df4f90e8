import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ListedModel } from '../../src/panel/contract';
import type { EditorConnection } from '../connection';
import { button, select, selectStyles, sharedStyles } from '../controls';
import { Latest } from '../latest';
import { frameStyles, loadState } from './frame';

/**
 * One of the models that the editor lists, or a folder. Emits `listed` with them once they are known, and `model` with an
 * id as `detail`.
 */
@customElement('headlight-model-choice')
export class ModelChoice extends LitElement {
  static override styles = [sharedStyles, ...frameStyles, selectStyles];

  @property({ attribute: false }) editor!: EditorConnection;
  @property() label = 'Model';
  /** Id of the chosen model; null for none yet. */
  @property() model: string | null = null;
  /** The models are listed anew for another: settings may have changed. */
  @property({ attribute: false }) subject: unknown = null;
  @property({ attribute: false }) offered: (model: ListedModel) => boolean = () => true;
  private readonly models = new Latest<readonly ListedModel[]>(this, (models) => {
    this.dispatchEvent(new CustomEvent('listed', { detail: models }));
  });
  private readonly picked = new Latest<string | null>(this, (id) => {
    if (id === null) return;
    this.list();
    this.choose(id);
  });

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('editor') || changed.has('subject')) this.list();
  }

  override render(): TemplateResult {
    const offered = (this.models.value ?? []).filter((model) => model.id === this.model || this.offered(model));
    const none = { value: '', label: offered.length === 0 ? 'no other model is installed' : 'choose…' };
    return html`<div class="stack">
      ${loadState(this.models, null)}
      <div class="bar">
        ${select({
          label: this.label,
          value: this.model ?? '',
          options: [
            ...(this.model === null ? [none] : []),
            ...offered.map(({ id, label, detail }) => ({ value: id, label: detail === '' ? label : `${label} · ${detail}` })),
          ],
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
