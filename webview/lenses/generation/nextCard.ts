import { html, nothing, type TemplateResult } from 'lit';
import type { Chance, WrittenStep } from '../../../src/lenses/writing/contract';
import { visibleText } from '../../../src/text/visibleText';
import { formatCount, formatPercent, formatWeight } from '../../format';
import type { ChancesNow } from './nextChances';
import './nextTokens';
import { isReshaped } from './nextTokens';
import { settingsBar, type SettingsBar } from './settingsBar';

export interface NextCard {
  readonly step: WrittenStep;
  readonly index: number;
  readonly now: ChancesNow;
  readonly settings: SettingsBar;
  readonly table: boolean;
  /** A failure to say; nothing for none. */
  readonly failure: TemplateResult | typeof nothing;
  readonly branch: (chance: Chance) => void;
  /** What else can be shown of the step. */
  readonly below: TemplateResult;
}

/** What one token was chosen from, and how. */
export function nextCard({ step, index, now: { chosen, waiting }, settings, table, failure, branch, below }: NextCard): TemplateResult {
  return html`<section class="card stack" aria-label="Next token">
    <h2>Token ${index + 1}: <span class="source-text">${visibleText(step.token)}</span></h2>
    ${settingsBar(settings)} ${failure}
    <headlight-next-tokens
      .chances=${chosen.chances}
      .written=${step.id}
      .waiting=${waiting}
      .table=${table}
      @branch=${({ detail }: CustomEvent<Chance>) => { branch(detail); }}
    ></headlight-next-tokens>
    <p class="muted small" data-step-text>${stepText(step)}</p>
    ${waiting || !isReshaped(chosen.chances)
      ? nothing
      : html`<p class="muted small" data-reshaped>
          As tokens are chosen now: entropy ${formatWeight(chosen.entropy)} bits, ${formatCount(chosen.drawable, 'token')} can be drawn.
        </p>`}
    <p class="muted small">Press a token to go on from it: a new branch, the others are kept.</p>
    <div class="bar">${below}</div>
  </section>`;
}

/** How the written token stood. */
function stepText({ drawnWith, entropy, forced, probability, rank }: WrittenStep): string {
  const how = forced ? 'It was given.' : drawnWith === null ? '' : `Drawn with ${formatPercent(drawnWith)}.`;
  return `Probability ${formatPercent(probability)}, place ${rank.toLocaleString('en')} of the vocabulary; entropy ${formatWeight(entropy)} bits by the model alone. ${how}`;
}
