import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { iconButton, sharedStyles } from '../../controls';

/** Milliseconds that a step stays while playing: time enough to read a word and its numbers. */
const pace = 700;

/**
 * Walks the steps of something written: a scrubber, one step back or on, and play, which stops at the end and for anything
 * that the reader does. Steps follow each other without motion in between. Emits `step` with the wanted step as `detail`;
 * its owner sets `value`.
 */
@customElement('headlight-step-player')
export class StepPlayer extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .player {
        display: flex;
        align-items: center;
        gap: 4px;
        min-width: 0;
      }
      input {
        flex: 1 1 60px;
        min-width: 48px;
        max-width: 480px;
        accent-color: var(--vscode-contrastBorder, var(--vscode-button-background, var(--vscode-focusBorder)));
      }
      output {
        min-width: 7ch;
        text-align: end;
        font-size: var(--headlight-small);
      }
    `,
  ];

  /** How many there are. */
  @property({ type: Number }) steps = 0;
  /** The shown step, from 0. */
  @property({ type: Number }) value = 0;
  /** What is walked. */
  @property() label = 'Steps';
  /** What the shown step is, read aloud with its number. */
  @property() text = '';
  @state() private playing = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  override willUpdate(changed: PropertyValues): void {
    if ((changed.has('value') || changed.has('steps')) && this.value >= this.steps - 1) this.pause();
  }

  override render(): TemplateResult {
    const { label, playing, steps, text, value } = this;
    const last = Math.max(0, steps - 1);
    return html`<div class="player" role="group" aria-label=${label} @keydown=${this.pressed}>
      ${iconButton({ label: 'Previous step', icon: 'chevron-left', disabled: value <= 0, onClick: () => { this.go(value - 1); } })}
      ${iconButton({ label: playing ? 'Pause' : 'Play', icon: playing ? 'debug-pause' : 'play', disabled: steps < 2, onClick: this.toggle })}
      ${iconButton({ label: 'Next step', icon: 'chevron-right', disabled: value >= last, onClick: () => { this.go(value + 1); } })}
      <input
        type="range"
        min="0"
        max=${last}
        step="1"
        .valueAsNumber=${value}
        ?disabled=${steps < 2}
        aria-label=${label}
        aria-valuetext="${value + 1} of ${steps}${text === '' ? '' : `: ${text}`}"
        @input=${({ currentTarget }: Event) => { this.go((currentTarget as HTMLInputElement).valueAsNumber); }}
      />
      <output class="number">${Math.min(value + 1, steps)} of ${steps}</output>
    </div>`;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.pause();
  }

  /** Plays, from the start where the last step is shown; or pauses. */
  readonly toggle = (): void => {
    if (this.playing) {
      this.pause();
      return;
    }
    if (this.steps < 2) return;
    if (this.value >= this.steps - 1) this.emit(0);
    this.playing = true;
    this.timer = setInterval(() => { this.emit(this.value + 1); }, pace);
  };

  private pause(): void {
    clearInterval(this.timer);
    this.playing = false;
  }

  private go(step: number): void {
    this.pause();
    this.emit(step);
  }

  private emit(step: number): void {
    const wanted = Math.max(0, Math.min(this.steps - 1, step));
    if (wanted !== this.value) this.dispatchEvent(new CustomEvent<number>('step', { detail: wanted }));
  }

  /** The scrubber knows arrows by itself, and buttons the space bar. */
  private readonly pressed = (event: KeyboardEvent): void => {
    const onScrubber = event.target instanceof HTMLInputElement;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!onScrubber && by !== undefined) this.go(this.value + by);
    else if (onScrubber && event.key === ' ') this.toggle();
    else return;
    event.preventDefault();
  };
}
