import { css, html, type TemplateResult } from 'lit';

/** Styles of `select`; a component that shows one lists them. */
export const selectStyles = css`
  .select {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
    max-width: 100%;
    font-size: var(--headlight-small);
    color: var(--headlight-muted);
  }
  .select select {
    min-width: 0;
    max-width: 100%;
    height: 26px;
    padding: 0 4px;
    border: 1px solid var(--vscode-dropdown-border, var(--headlight-border));
    border-radius: 2px;
    color: var(--vscode-dropdown-foreground, inherit);
    background: var(--vscode-dropdown-background, var(--vscode-editor-background));
    font: inherit;
    text-overflow: ellipsis;
  }
`;

export interface SelectOptions<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

/** One of several, for choices too many or too long for buttons in a row. */
export function select<T extends string>({ label, value, options, onChange }: SelectOptions<T>): TemplateResult {
  const changed = ({ currentTarget }: Event): void => {
    const list = currentTarget as HTMLSelectElement;
    const chosen = options[list.selectedIndex];
    // What is chosen is the owner's to say: a choice that only starts something falls back.
    list.selectedIndex = options.findIndex((option) => option.value === value);
    if (chosen) onChange(chosen.value);
  };
  return html`<label class="select"
    >${label}<select aria-label=${label} @change=${changed}>
      ${options.map((option) => html`<option .selected=${option.value === value}>${option.label}</option>`)}
    </select></label
  >`;
}
