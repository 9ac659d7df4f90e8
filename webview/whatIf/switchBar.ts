import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { AttentionPart } from '../../src/lenses/attention/contract';
import { allOn, type ChosenSwitches, type NamedSwitches } from '../../src/lenses/whatIf/chosen';
import { type Ablation, ablations } from '../../src/lenses/whatIf/contract';
import { ablationTexts, offCount, offItems, offText } from '../../src/lenses/whatIf/describe';
import { parsePlaces } from '../../src/lenses/whatIf/parseSwitches';
import { visibleLine } from '../../src/text/visibleText';
import { button, checkbox, icon, iconButton, notice, noticeStyles, sharedStyles, textField } from '../controls';
import type { ViewContext } from '../lenses/view';
import type { WhatIf } from './whatIf';

/** Chips that are shown before the rest is asked for. */
const mostChips = 12;
/** Characters of a set's name. */
const longestName = 60;

const ablationLabels: Readonly<Record<Ablation, string>> = { zero: 'Zeros', mean: 'Mean' };

/**
 * What is off in the model of a view, above its answers.
 * @param model id of the model that the view asks; undefined for the one in force
 * @param part the part of the model that heads are counted in where none is named
 */
export function switchBar({ whatIf }: Pick<ViewContext, 'whatIf'>, { model, part = 'encoder' }: { readonly model?: string | undefined; readonly part?: AttentionPart } = {}): TemplateResult | typeof nothing {
  return whatIf ? html`<headlight-switch-bar .whatIf=${whatIf} .model=${model} .ofPart=${part}></headlight-switch-bar>` : nothing;
}

/** What is off as chips that switch it on again, and all that can be switched without a drawing of it. */
@customElement('headlight-switch-bar')
export class SwitchBar extends LitElement {
  static override styles = [
    sharedStyles,
    noticeStyles,
    css`
      .card.off {
        border-color: var(--vscode-editorWarning-foreground, var(--vscode-focusBorder));
      }
      .count {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        font-weight: 600;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      .chip {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        max-width: 100%;
        padding: 1px 6px;
        border: 1px solid var(--vscode-contrastBorder, var(--headlight-border));
        border-radius: 3px;
        color: var(--vscode-foreground);
        background: none;
        font: inherit;
        font-size: var(--headlight-small);
        overflow-wrap: anywhere;
        text-align: start;
        cursor: pointer;
      }
      .chip:hover {
        background: var(--vscode-toolbar-hoverBackground);
      }
      .sets td:last-child {
        width: 1%;
        white-space: nowrap;
      }
      .sets td .bar {
        flex-wrap: nowrap;
      }
      .scroll {
        overflow-x: auto;
      }
      .sets vscode-checkbox {
        margin: 0;
      }
      vscode-text-field {
        flex: 1 1 200px;
        max-width: 340px;
      }
      .fields {
        align-items: end;
      }
    `,
  ];

  @property({ attribute: false }) whatIf!: WhatIf;
  @property({ attribute: false }) model: string | undefined;
  @property() ofPart: AttentionPart = 'encoder';
  @state() private open = false;
  @state() private all = false;
  /** What was typed and is no head or layer. */
  @state() private bad: string | null = null;
  /** The set whose name is being written anew. */
  @state() private renamed: string | null = null;

  override render(): TemplateResult {
    const { off, open } = this;
    const items = offItems(off);
    const options = button({ label: open ? 'Close what if' : 'What if…', icon: 'circle-slash', onClick: () => { this.open = !open; } });
    if (items.length === 0 && !open) return html`<div class="bar">${options}${this.comparedText()}</div>`;
    const shown = this.all ? items : items.slice(0, mostChips);
    return html`<section class="card stack ${items.length > 0 ? 'off' : ''}" aria-label="What is off">
      <div class="bar spread">
        <span class="count" role="status" data-off-count=${offCount(off)}>${icon('circle-slash')}${items.length > 0 ? `${items.length} off` : 'All is on'}</span>
        <div class="bar">${items.length > 0 ? button({ label: 'All on', icon: 'refresh', kind: 'primary', onClick: () => { this.switch(allOn); } }) : nothing}${options}</div>
      </div>
      ${items.length > 0
        ? html`<div class="chips" role="group" aria-label="Switch on again">
            ${shown.map(
              ({ text, without }) => html`<button class="chip" type="button" title="Switch on: ${text}" aria-label="Switch on: ${text}" @click=${() => { this.switch(without); }}>
                <span>${text}</span><span aria-hidden="true">×</span>
              </button>`,
            )}
            ${items.length > shown.length ? html`<button class="chip" type="button" @click=${() => { this.all = true; }}>${items.length - shown.length} more…</button>` : nothing}
          </div>`
        : nothing}
      ${off.heads.length > 0 || open ? this.ablation() : nothing} ${open ? this.options() : this.comparedText()}
    </section>`;
  }

  private get off(): ChosenSwitches {
    return this.whatIf.off(this.model);
  }

  private ablation(): TemplateResult {
    const { ablation } = this.off;
    return html`<div class="bar">
      <span class="muted small" aria-hidden="true">A head that is off gives</span>
      <headlight-segmented
        label="What a head that is off gives"
        .segments=${ablations.map((value) => ({ value, label: ablationLabels[value] }))}
        .value=${ablation}
        @choose=${({ detail }: CustomEvent<Ablation>) => { this.switch({ ...this.off, ablation: detail }); }}
      ></headlight-segmented>
      <span class="muted small">${ablationTexts[ablation]}</span>
    </div>`;
  }

  private options(): TemplateResult {
    const { off, bad } = this;
    const named = this.whatIf.named(this.model);
    return html`<p class="muted small">
        In the attention view every tile is a switch: the small one in its corner, where there is room, Alt with click, or X on the keyboard; the number of a row switches the
        whole layer. Keep a token there to hide, delete or replace it, or to cut one of its edges. What is off shows in every view and in hover
        cards; Alt+Shift+Backspace in the panel switches all on again.
      </p>
      <div class="bar fields">
        ${textField({
          label: 'Switch off heads (3.4) or layers (2)',
          placeholder: this.ofPart === 'encoder' ? '3.4, 5.1, 2' : `3.4, 2, encoder:1.0${this.ofPart === 'decoder' ? '' : ', decoder:0.1'}`,
          onEnter: this.addPlaces,
        })}
        ${checkbox({
          label: 'Position embeddings',
          checked: !off.withoutPositions,
          onChange: (checked) => { if (checked === this.off.withoutPositions) this.switch({ ...this.off, withoutPositions: !checked }); },
        })}
      </div>
      ${bad === null ? nothing : notice('error', `“${visibleLine(bad)}” is neither a head such as 3.4 nor a layer such as 2.`)}
      ${offCount(off) > 0 ? html`<div class="bar fields">${textField({ label: 'Keep what is off under a name', placeholder: 'For example: heads that copy', onEnter: this.keep })}</div>` : nothing}
      ${named.length > 0 ? this.sets(named) : nothing}`;
  }

  private sets(named: readonly NamedSwitches[]): TemplateResult {
    const { whatIf, model } = this;
    return html`<div class="scroll"><table class="sets">
      <caption class="visually-hidden">Kept sets</caption>
      <thead>
        <tr>
          <th scope="col">Kept set</th>
          <th scope="col">What is off</th>
          <th scope="col"><span class="visually-hidden">What to do with it</span></th>
        </tr>
      </thead>
      <tbody>
        ${named.map(({ name, switches }) => html`<tr data-set=${name}>
          <td>${this.renamed === name
            ? textField({ label: `New name of ${visibleLine(name)}`, placeholder: name, onEnter: (text) => { this.rename(name, text); } })
            : visibleLine(name)}</td>
          <td class="muted">${offText(switches)}</td>
          <td>
            <div class="bar">
              ${checkbox({
                label: 'Compare',
                checked: whatIf.compared.includes(name),
                onChange: (checked) => { if (checked !== this.whatIf.compared.includes(name)) this.whatIf.toggleCompared(name); },
              })}
              ${button({ label: 'Use', name: `Use ${visibleLine(name)}`, onClick: () => { this.switch(switches); } })}
              ${iconButton({ label: `Rename ${visibleLine(name)}`, icon: 'edit', pressed: this.renamed === name, onClick: () => { this.renamed = this.renamed === name ? null : name; } })}
              ${iconButton({ label: `Delete ${visibleLine(name)}`, icon: 'trash', onClick: () => { whatIf.keep(named.filter((set) => set.name !== name), model); } })}
            </div>
          </td>
        </tr>`)}
      </tbody>
    </table></div>`;
  }

  /** Which kept sets stand beside the numbers, where the list of them is closed. */
  private comparedText(): TemplateResult | typeof nothing {
    const compared = this.whatIf.comparedOf(this.model);
    return compared.length > 0 ? html`<span class="muted small">Compared: ${compared.map(({ name }) => visibleLine(name)).join(', ')}</span>` : nothing;
  }

  private readonly addPlaces = (text: string): void => {
    this.bad = null;
    const found = parsePlaces(text, this.ofPart, (word) => { this.bad = word; });
    if (!found) return;
    const { off } = this;
    const added = <T extends object>(list: readonly T[], more: readonly T[]): readonly T[] => {
      const known = new Set(list.map((item) => JSON.stringify(item)));
      return [...list, ...more.filter((item) => !known.has(JSON.stringify(item)))];
    };
    this.switch({ ...off, heads: added(off.heads, found.heads), layers: added(off.layers, found.layers) });
  };

  private readonly keep = (text: string): void => {
    const name = text.slice(0, longestName);
    this.whatIf.keep([...this.whatIf.named(this.model).filter((set) => set.name !== name), { name, switches: this.off }], this.model);
  };

  private rename(from: string, text: string): void {
    const name = text.slice(0, longestName);
    const named = this.whatIf.named(this.model);
    this.renamed = null;
    this.whatIf.keep(named.filter((set) => set.name !== name || name === from).map((set) => (set.name === from ? { ...set, name } : set)), this.model);
  }

  private switch(off: ChosenSwitches): void {
    this.bad = null;
    this.whatIf.switch(off, this.model);
  }
}
