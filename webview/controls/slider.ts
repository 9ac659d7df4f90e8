import { css, html, type TemplateResult } from 'lit';

/** Styles of `slider`; a component that shows one lists them. */
export const sliderStyles = css`
  .slider {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
    font-size: var(--headlight-small);
    color: var(--headlight-muted);
  }
  .slider input {
    width: 96px;
    min-width: 48px;
    /* Buttons of a high contrast theme may be black on black: only their border is named. */
    accent-color: var(--vscode-contrastBorder, var(--vscode-button-background, var(--vscode-focusBorder)));
  }
  .slider output {
    min-width: 5ch;
    color: var(--vscode-foreground);
    font-variant-numeric: tabular-nums;
  }
`;

export interface SliderOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** The value as it is written beside the slider and read aloud. */
  readonly text: string;
  readonly onInput: (value: number) => void;
}

/** A number between two ends. */
export function slider({ label, min, max, step, value, text, onInput }: SliderOptions): TemplateResult {
  const moved = ({ currentTarget }: Event): void => {
    onInput((currentTarget as HTMLInputElement).valueAsNumber);
  };
  return html`<label class="slider"
    >${label}<input
      type="range"
      min=${min}
      max=${max}
      step=${step}
      .valueAsNumber=${value}
      aria-valuetext=${text}
      @input=${moved}
    /><output>${text}</output></label
  >`;
}
