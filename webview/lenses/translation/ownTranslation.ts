import { html, nothing, type TemplateResult } from 'lit';
import type { TranslationScore } from '../../../src/lenses/translation/contract';
import { button } from '../../controls';
import type { Latest } from '../../latest';
import { loadState } from '../frame';
import { sentenceField } from '../sentenceField';

export interface OwnTranslation {
  /** As it stands in the field. */
  readonly draft: string;
  /** What is scored; empty for nothing. */
  readonly own: string;
  readonly score: Latest<TranslationScore>;
  /** Log-probability of the model's own translation; null while there is none. */
  readonly modelLogProbability: number | null;
  readonly write: (draft: string) => void;
  readonly give: (text: string) => void;
}

/** The reader's own translation: what the model gives it, token by token, each after those before it. */
export function ownTranslation({ draft, own, score, modelLogProbability, write, give }: OwnTranslation): TemplateResult {
  const answer = own === '' ? null : score.value;
  return html`<section class="card stack" aria-label="Your own translation">
    <h2>Your own translation</h2>
    <p class="muted small">
      The model reads it token by token and says how probable it finds each one after those before it (teacher forcing). The cards
      above then show it in place of what the model wrote.
    </p>
    ${sentenceField({
      label: 'Translation',
      text: draft,
      placeholder: 'Write or paste one, press Enter',
      onInput: (text, done) => {
        write(text);
        if (done) give(text.trim());
      },
    })}
    <div class="bar">
      ${button({ label: 'Score it', onClick: () => { give(draft.trim()); } })}
      ${own === '' ? nothing : button({ label: 'Forget it', onClick: () => { give(''); } })}
    </div>
    ${own === '' ? nothing : loadState(score, null)} ${answer ? comparison(answer, modelLogProbability) : nothing}
  </section>`;
}

function comparison({ bitsPerToken, logProbability, perplexity }: TranslationScore, modelLogProbability: number | null): TemplateResult {
  const bits = modelLogProbability === null ? null : (modelLogProbability - logProbability) / Math.LN2;
  return html`<p data-score>
    Log-probability <strong class="number">${logProbability.toFixed(2)}</strong>, perplexity <strong class="number">${perplexity.toFixed(2)}</strong>
    (${bitsPerToken.toFixed(2)} bits a token).
    ${bits === null || Math.abs(bits) < 0.05
      ? nothing
      : bits > 0
        ? `The model finds its own ${bits.toFixed(1)} bits more probable.`
        : `The model finds yours ${(-bits).toFixed(1)} bits more probable than what it wrote.`}
  </p>`;
}
