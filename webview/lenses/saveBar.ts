import { html, nothing, type TemplateResult } from 'lit';
import { notice, select } from '../controls';
import type { Latest } from '../latest';

/** Saves a file and has `done` say where it is; nothing where the reader gave up. */
export function reportSaved(done: Latest<string | null>, save: () => Promise<string | null>): void {
  done.load(async () => {
    const path = await save();
    return path === null ? null : `Saved: ${path}`;
  }, { forget: true });
}

/** A choice of files, what else can be done with what is shown, and what came of it. */
export function saveBar<T extends string>(
  label: string,
  formats: readonly { readonly value: T; readonly label: string }[],
  save: (format: T) => void,
  done: Latest<string | null>,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="bar">
      ${select<T | 'none'>({
        label,
        value: 'none',
        options: [{ value: 'none', label: 'choose…' }, ...formats],
        onChange: (format) => { if (format !== 'none') save(format); },
      })}
      ${more}
      <span class="muted small" role="status">${done.value ?? ''}</span>
    </div>
    ${done.error === null ? nothing : notice('error', done.error)}`;
}
