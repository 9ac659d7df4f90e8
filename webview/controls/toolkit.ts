import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from './icon';

// The toolkit's upstream is archived: nothing but this file knows it, so that it can be replaced here.
provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeTextField());

export interface ButtonOptions {
  readonly label: string;
  readonly onClick: () => void;
  readonly icon?: IconName;
  readonly kind?: 'primary' | 'secondary';
  /** Its name to assistive technology where the text is too short for one; begins with the text. */
  readonly name?: string;
}

/** A button with text, for what the reader may do next. */
export function button({ label, onClick, icon: name, kind = 'secondary', name: spoken }: ButtonOptions): TemplateResult {
  return html`<vscode-button appearance=${kind} aria-label=${spoken ?? nothing} @click=${onClick}>
    ${name ? html`<span slot="start" class="icon-slot">${icon(name)}</span>` : nothing}${label}
  </vscode-button>`;
}

export interface IconButtonOptions {
  readonly label: string;
  readonly icon: IconName;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** Given for buttons that switch something on and off. */
  readonly pressed?: boolean;
}

/** A button that shows an icon only; `label` is its name and its tooltip. */
export function iconButton({ label, icon: name, onClick, disabled = false, pressed }: IconButtonOptions): TemplateResult {
  return html`<button
    class="icon-button"
    type="button"
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed ?? nothing}
    ?disabled=${disabled}
    @click=${onClick}
  >
    ${icon(name)}
  </button>`;
}

/** Switches between a drawing and the table of its numbers. */
export function tableButton(pressed: boolean, onClick: () => void): TemplateResult {
  return iconButton({ label: 'Show as table', icon: 'table', pressed, onClick });
}

export interface CheckboxOptions {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A box to tick with its label. */
export function checkbox({ label, checked, onChange }: CheckboxOptions): TemplateResult {
  const changed = ({ currentTarget }: Event): void => {
    onChange((currentTarget as HTMLInputElement).checked);
  };
  return html`<vscode-checkbox .checked=${checked} @change=${changed}>${label}</vscode-checkbox>`;
}

export interface TextFieldOptions {
  /** Stands above the field. */
  readonly label: string;
  readonly placeholder: string;
  /** Called with the trimmed text on Enter; the field is emptied. */
  readonly onEnter: (text: string) => void;
}

/** A one-line field that hands its text over on Enter. */
export function textField({ label, placeholder, onEnter }: TextFieldOptions): TemplateResult {
  const pressed = ({ key, currentTarget }: KeyboardEvent): void => {
    const field = currentTarget as HTMLInputElement;
    if (key !== 'Enter' || field.value.trim() === '') return;
    onEnter(field.value.trim());
    field.value = '';
  };
  return html`<vscode-text-field placeholder=${placeholder} @keydown=${pressed}>${label}</vscode-text-field>`;
}
