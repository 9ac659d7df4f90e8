import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { type OcclusionMethod, occlusionMethods } from '../../../src/lenses/attribution/method';
import { agreementInWords, wayNames } from '../../../src/lenses/evidence/agreementInWords';
import { type AttributedBy, attributedParts, type Attribution } from '../../../src/lenses/evidence/attributionContract';
import type { Outcome } from '../../../src/lenses/evidence/contract';
import { textsOf } from '../../../src/lenses/evidence/textsOf';
import { level, rampColor } from '../../../src/picture/ramp';
import { visibleText } from '../../../src/text/visibleText';
import { button, noticeStyles, selectStyles, sharedStyles } from '../../controls';
import { inksOf } from '../../draw/ink';
import { formatPercent } from '../../format';
import { Latest } from '../../latest';
import { memoize } from '../../memoize';
import { type Theme, ThemeController } from '../../theme';
import { differenceColor, differenceShade } from '../attention/compare/differenceLegend';
import { frameStyles, loadState } from '../frame';
import { fileFormats } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { EvidenceCard } from './evidenceCard';
import { formatOutcome } from './outcomeTexts';
import { savedAttribution } from './saveAttribution';

const methodTexts: Readonly<Record<OcclusionMethod, { readonly label: string; readonly meaning: string }>> = {
  mask: { label: 'Mask', meaning: 'The mask token stands in its place.' },
  delete: { label: 'Delete', meaning: 'Its tokens are taken away, so that those behind move up.' },
};

const byTexts: Readonly<Record<AttributedBy, string>> = { word: 'Words', token: 'Tokens' };

/** What each word does for the outcome, beside where the model looks. */
@customElement('headlight-attribution')
export class AttributionCard extends EvidenceCard {
  static override styles = [
    sharedStyles,
    noticeStyles,
    ...frameStyles,
    selectStyles,
    css`
      .scroller {
        position: relative;
        overflow-x: auto;
      }
      table {
        width: auto;
      }
      tbody th {
        position: sticky;
        left: 0;
        white-space: nowrap;
        background: var(--vscode-editor-background);
      }
      td.shaded,
      th.shaded {
        padding: 2px 8px;
        text-align: end;
      }
      .white {
        color: #fff;
      }
      .black {
        color: #000;
      }
    `,
  ];

  private measuredWith = '';
  private readonly attribution = new Latest<Attribution>(this);
  private readonly saved = new Latest<string | null>(this);
  private readonly themed = new ThemeController(this);
  private readonly inks = memoize((theme: Theme) => ({
    below: inksOf(theme.diverging.below, theme.foreground), above: inksOf(theme.diverging.above, theme.foreground), weight: inksOf(theme.ramp, theme.foreground),
  }));

  override willUpdate(changed: PropertyValues<this>): void {
    if ((changed.has('asked') || changed.has('measured')) && this.measuredWith !== this.question) this.attribution.stop();
  }

  override render(): TemplateResult {
    const { attribution, own: { by }, usedMethod: method } = this;
    const { value } = attribution;
    const isCurrent = this.measuredWith === this.question;
    const unmaskable = this.measured.model.maskToken === null ? { disabled: 'The model has no mask token' } : {};
    return html`<section class="card stack" aria-label="Attribution">
      <h2>Attribution <span class="muted small">the outcome without each word, beside where the model looks</span></h2>
      ${this.asked.outcome.kind === 'separation'
        ? html`<p class="muted">Groups of occurrences are many texts, and words are left out of one. Measure the likeness of two occurrences.</p>`
        : html`<div class="bar">
              <headlight-segmented
                label="What is left out"
                .value=${by}
                .segments=${attributedParts.map((one) => ({ value: one, label: byTexts[one] }))}
                @choose=${({ detail }: CustomEvent<AttributedBy>) => { this.choice({ by: detail }); }}
              ></headlight-segmented>
              <headlight-segmented
                label="How"
                .value=${method}
                .segments=${occlusionMethods.map((one) => ({ value: one, label: methodTexts[one].label, ...(one === 'mask' && unmaskable) }))}
                @choose=${({ detail }: CustomEvent<OcclusionMethod>) => { this.choice({ method: detail }); }}
              ></headlight-segmented>
              ${attribution.loading
                ? button({ label: 'Cancel', icon: 'debug-stop', onClick: attribution.stop })
                : button({ label: value && isCurrent ? 'Measure again' : 'Leave words out', kind: 'primary', icon: 'play', onClick: () => { this.start(); } })}
            </div>
            <p class="muted small">Each is left out by itself. ${methodTexts[method].meaning}</p>`}
      ${isCurrent && (attribution.loading || attribution.error !== null) ? loadState(attribution, null) : nothing}
      ${isCurrent && value && !attribution.loading ? this.answer(value) : nothing}
    </section>`;
  }

  private get usedMethod(): OcclusionMethod {
    return this.measured.model.maskToken === null ? 'delete' : this.own.method ?? 'mask';
  }

  private answer(attribution: Attribution): TemplateResult {
    const { attended, parts, scale, value, name } = attribution;
    const { theme } = this.themed;
    const inks = this.inks(theme);
    const most = Math.max(...parts.map(({ effect }) => Math.abs(effect)), Number.MIN_VALUE);
    const textOf = partTexts(attribution, this.asked.outcome);
    return html`<p>${visibleText(name)} <span class="number">${formatOutcome(value, scale)}</span> with all of them. + speaks for it, − against it.</p>
      <div class="scroller" tabindex="0" role="region" aria-label="Effects and attention">
        <table data-attribution>
          <caption class="visually-hidden">Effect of each ${attribution.by} and attention to it</caption>
          <thead><tr>
            <th scope="col">${attribution.by === 'word' ? 'Word' : 'Token'}</th>
            <th scope="col" class="number">Effect</th>
            <th scope="col" class="number">Without it</th>
            ${attended.map(({ way }) => html`<th scope="col" class="number">${wayNames[way]}</th>`)}
          </tr></thead>
          <tbody>
            ${parts.map(({ effect, without }, part) => html`<tr>
              <th scope="row" class="source-text">${textOf(part)}</th>
              <td
                class="number shaded ${(effect < 0 ? inks.below : inks.above)[Math.round(differenceShade(effect, most) * 255)]!}"
                .style=${`background: ${differenceColor(theme.diverging, effect, most)}`}
              >${effect < 0 ? '−' : '+'}${formatOutcome(Math.abs(effect), scale)}</td>
              <td class="number">${formatOutcome(without, scale)}</td>
              ${attended.map(({ weights }) => {
                const shade = 0.7 * level(weights[part]!, Math.max(...weights));
                return html`<td class="number shaded ${inks.weight[Math.round(shade * 255)]!}" .style=${`background: ${rampColor(theme.ramp, shade)}`}>${formatPercent(weights[part]!)}</td>`;
              })}
            </tr>`)}
          </tbody>
        </table>
      </div>
      ${attended.length === 0
        ? html`<p class="muted small">No single place is known that the outcome is read off, or the model does not show its attention: there is nothing to compare with.</p>`
        : html`<ul class="stack" data-agreement>${attended.map((way) => html`<li>${agreementInWords(way, attribution, textOf)}</li>`)}</ul>
          <p class="muted small">Rank correlation (Spearman) of the weights with the sizes of the effects: 1 for the same order, 0 for none. A large weight says where a head looks, not what the answer is made of.</p>`}
      ${saveBar('Save attribution as', fileFormats, (format) => {
        reportSaved(this.saved, async () => this.editor.save(await savedAttribution(attribution, textOf, format, this.themed.theme)));
      }, this.saved)}`;
  }

  private start(): void {
    const { asked, editor, own: { by }, usedMethod: method } = this;
    this.measuredWith = this.question;
    this.attribution.load((signal) => editor.call('evidence/attribution', { ...asked, by, method }, { signal }), { forget: true });
  }
}

/** What each part is called. */
function partTexts({ parts }: Attribution, outcome: Outcome): (part: number) => string {
  const texts = textsOf(outcome);
  return (part) => {
    const { end, segment, start } = parts[part]!;
    return visibleText((texts[segment] ?? '').slice(start, end));
  };
}
