import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PatchDirection, PatchedAnswers, PatchedThing, Patching, PatchRequest } from '../../../src/lenses/evidence/patchContract';
import { patchDirections, patchedThings } from '../../../src/lenses/evidence/patchContract';
import { patchingExample } from '../../../src/lenses/evidence/patchingExample';
import type { WithoutTarget } from '../../../src/lenses/model';
import type { SenseName } from '../../../src/lenses/senses/contract';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { button, noticeStyles, selectStyles, sharedStyles } from '../../controls';
import type { GridPlace } from '../../draw/grid';
import { formatCount, formatPercent } from '../../format';
import { Latest } from '../../latest';
import { ThemeController } from '../../theme';
import { frameStyles, loadState } from '../frame';
import { fileFormats } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { nameLine } from '../senses/senseName';
import { sentenceField, sentenceFieldStyles } from '../sentenceField';
import { counterpart, patchedText } from './counterpart';
import { EvidenceCard } from './evidenceCard';
import { formatOutcome } from './outcomeTexts';
import './patchingMap';
import { cellText, directionTexts, movedText, readingText, thingTexts } from './patchingTexts';
import { savedPatching } from './savePatching';

/** Answers listed for a cell. */
const listed = 6;

const answerTexts: Readonly<Record<PatchedAnswers['kind'], string>> = {
  predictions: 'Most probable there', classes: 'Classes', substitutes: 'Substitutes of the word (it is masked for them)',
};

const exampleText = 'Try: “stand” of “music stand” in “I cannot stand the noise”';

/** What of another text’s run carries the difference between the two. Emits `example` where the shipped one is asked for. */
@customElement('headlight-patching')
export class PatchingCard extends EvidenceCard {
  static override styles = [
    sharedStyles,
    noticeStyles,
    ...frameStyles,
    selectStyles,
    ...sentenceFieldStyles,
    css`
      .answers {
        padding-top: 8px;
        border-top: 1px solid var(--headlight-border);
      }
      .answers table {
        table-layout: fixed;
        max-width: 640px;
      }
      .answers td {
        vertical-align: top;
        overflow-wrap: anywhere;
      }
      .answers tbody th {
        padding-top: 8px;
        color: var(--headlight-muted);
        font-size: var(--headlight-small);
        font-weight: normal;
        text-align: start;
      }
      .answers .share {
        float: inline-end;
        margin-inline-start: 6px;
      }
    `,
  ];

  /** How often the example was measured in order to be run: it is run once for each. */
  @property({ attribute: false }) examples = 0;
  @state() private chosen: GridPlace | null = null;
  @state() private progress: { readonly done: number; readonly total: number } | null = null;
  /** What the map is of. */
  private request: (WithoutTarget<PatchRequest> & { readonly inModel?: string }) | null = null;
  private patchedFor = '';
  /** Whether the map is of the example as it was asked for. */
  private isOfExample = false;
  /** Whether the answers that come next are to be scrolled to. */
  private reveals = false;
  /** Which asking for the example the map is of. */
  private run = 0;
  private readonly patching = new Latest<Patching>(this, (patching) => { if (this.isOfExample) this.chooseExample(patching); });
  private readonly answers = new Latest<PatchedAnswers>(this, () => { this.reveal(); });
  private readonly saved = new Latest<string | null>(this);
  private readonly themed = new ThemeController(this);

  override willUpdate(changed: PropertyValues<this>): void {
    if ((changed.has('asked') || changed.has('measured')) && this.patchedFor !== this.question) {
      // Of another outcome, or of a model of which more or less is off.
      this.patching.stop();
      this.answers.stop();
      this.chosen = null;
    }
    if (this.run === this.examples || !this.isExample) return;
    this.run = this.examples;
    this.start();
    this.isOfExample = true;
  }

  /** Whether the outcome is that of the example. */
  private get isExample(): boolean {
    return JSON.stringify(this.asked.outcome) === JSON.stringify(patchingExample.outcome);
  }

  override render(): TemplateResult {
    const { asked: { outcome }, own: { of }, patching } = this;
    const isCurrent = this.patchedFor === this.question;
    const { value } = patching;
    return html`<section class="card stack" aria-label="Patching">
      <h2>Patching <span class="muted small">what was computed of one text stands in while another is computed</span></h2>
      ${outcome.kind === 'separation'
        ? html`<p class="muted">Groups of occurrences are many texts, and patching is between two. Measure the likeness of two occurrences.</p>`
        : this.choices(value !== null && isCurrent)}
      ${patching.loading || (isCurrent && value) ? nothing : html`<div class="bar">${button({ label: exampleText, icon: 'beaker', onClick: () => { this.dispatchEvent(new CustomEvent('example')); } })}</div>`}
      ${isCurrent && (patching.loading || patching.error !== null) ? loadState(patching, this.progress && { message: thingTexts[of].label, ...this.progress }) : nothing}
      ${isCurrent && value && !patching.loading ? this.answer(value) : nothing}
    </section>`;
  }

  private choices(isDone: boolean): TemplateResult {
    const { asked: { outcome }, own: { clean, direction, of }, patching } = this;
    const text = patchedText(outcome);
    const { done = 0, total = 0 } = this.progress ?? {};
    return html`${text === null
        ? outcome.kind === 'cosine' ? html`<p class="small"><span class="muted">Corrupted:</span> <span class="source-text">${excerpt(outcome.pair[0].sentence, 200)}</span><br /><span class="muted">Clean:</span> <span class="source-text">${excerpt(outcome.pair[1].sentence, 200)}</span></p>` : nothing
        : html`${sentenceField({
            label: 'Clean sentence', text: clean, placeholder: 'Write a sentence that differs in a word or two',
            onInput: (typed, enter) => { this.choice({ clean: typed }); if (enter) this.start(typed); },
          })}
          <p class="small"><span class="muted">Corrupted:</span> <span class="source-text">${excerpt(text, 200)}</span>
            ${clean === '' ? button({ label: 'Begin with this sentence', onClick: () => { this.choice({ clean: text }); } }) : nothing}</p>`}
      <div class="bar">
        <headlight-segmented
          label="What is copied"
          .value=${of}
          .segments=${patchedThings.map((value) => ({ value, label: thingTexts[value].label }))}
          @choose=${({ detail }: CustomEvent<PatchedThing>) => { this.choice({ of: detail }); }}
        ></headlight-segmented>
        <headlight-segmented
          label="Direction"
          .value=${direction}
          .segments=${patchDirections.map((value) => ({ value, label: directionTexts[value].label }))}
          @choose=${({ detail }: CustomEvent<PatchDirection>) => { this.choice({ direction: detail }); }}
        ></headlight-segmented>
        ${patching.loading
          ? button({ label: 'Cancel', icon: 'debug-stop', onClick: patching.stop })
          : button({ label: isDone ? 'Patch again' : 'Patch', kind: 'primary', icon: 'play', onClick: () => { this.start(); } })}
        <span class="muted small number" role="status" data-progress>${patching.loading && total > 0 ? `${done} of ${formatCount(total, 'patch', 'patches')}` : ''}</span>
      </div>
      <p class="muted small">${thingTexts[of].meaning} ${directionTexts[direction].meaning}</p>`;
  }

  private answer(patching: Patching): TemplateResult {
    const { clean, corrupted, direction, limits, name, of, scale } = patching;
    const { effect } = directionTexts[direction];
    return html`<p data-difference>${visibleText(name)} <span class="number">${formatOutcome(clean, scale)}</span> of the clean sentence,
        <span class="number">${formatOutcome(corrupted, scale)}</span> of the corrupted one. Below, the share of this difference that each ${of === 'states' ? 'hidden state' : 'head'} has ${effect}:
        0 for nothing, 1 for all of it.</p>
      <p class="muted small" data-reading>${readingText(patching)}</p>
      <headlight-patching-map
        .patching=${patching}
        .chosen=${this.chosen}
        @choose=${({ detail }: CustomEvent<GridPlace>) => { this.choose(detail); }}
      ></headlight-patching-map>
      ${limits.map((limit) => html`<p class="muted small">${limit}</p>`)}
      ${this.chosen ? this.cell(patching, this.chosen) : nothing}
      ${saveBar('Save map as', fileFormats, (format) => { reportSaved(this.saved, async () => this.editor.save(await savedPatching(patching, format, this.themed.theme))); }, this.saved)}`;
  }

  private cell(patching: Patching, place: GridPlace): TemplateResult {
    const { answers } = this;
    const { value } = answers;
    const outcome = patching.patched[place.row * patching.columns + place.column]!;
    const toSource = patching.direction === 'denoising' ? 'Clean' : 'Corrupted';
    return html`<div class="stack answers" role="group" aria-label="With one patch">
      <h3>${cellText(patching, place.row, place.column)} <span class="muted small">${visibleText(patching.name)} ${formatOutcome(outcome, patching.scale)}</span></h3>
      ${answers.loading || answers.error !== null ? loadState(answers, null) : nothing}
      ${value
        ? html`<p role="status" data-moved>${movedText(value)}</p>
          <table data-answers>
            <caption class="visually-hidden">What the model says as it is, with the patch, and of the other sentence</caption>
            <thead><tr>
              <th scope="col">As it is</th>
              <th scope="col">With the patch</th>
              <th scope="col">${toSource} sentence</th>
            </tr></thead>
            ${value.senses
              ? html`<tbody data-senses>
                  <tr><th scope="rowgroup" colspan="3">Sense of the word</th></tr>
                  <tr>${[value.senses.before, value.senses.patched, value.senses.source].map((name) => html`<td>${likelySense(name)}</td>`)}</tr>
                </tbody>`
              : nothing}
            <tbody>
              <tr><th scope="rowgroup" colspan="3">${answerTexts[value.kind]}</th></tr>
              ${Array.from({ length: Math.max(value.before.length, value.patched.length) }, (_, rank) => html`<tr>
                ${[value.before, value.patched, value.source].map((list) => html`<td>${list[rank]
                  ? html`<span class="source-text">${visibleText(list[rank].token)}</span> <span class="number share muted">${formatPercent(list[rank].probability)}</span>`
                  : nothing}</td>`)}
              </tr>`)}
            </tbody>
          </table>
          ${value.senses ? html`<p class="muted small">The sense is read off the word’s hidden states ${value.senses.states.join(', ')} by the sense dictionary: a patch above the first of them changes only some of what is read.</p>` : nothing}`
        : nothing}
    </div>`;
  }

  private start(text = this.own.clean): void {
    const { asked: { outcome, ...inModel }, editor, own: { direction, of } } = this;
    this.isOfExample = false;
    const clean = counterpart(outcome, text);
    this.patchedFor = this.question;
    this.chosen = null;
    this.progress = null;
    this.request = clean && { clean, corrupted: outcome, of, direction, ...inModel };
    const { request } = this;
    this.patching.load(async (signal) => {
      if (patchedText(outcome) !== null && text.trim() === '') throw new Error('Write the clean sentence first.');
      if (!request) throw new Error('The masked place has no counterpart in the clean sentence. Write one with the same words around the place.');
      return editor.call('evidence/patch', request, {
        signal,
        onProgress: ({ done, total }) => {
          if (!signal.aborted && done !== undefined && total !== undefined) this.progress = { done, total };
        },
      });
    }, { forget: true });
  }

  /** Shows what the word means with its state of the other sentence. */
  private chooseExample({ tokens }: Patching): void {
    const { state: row, word: { end, start } } = patchingExample;
    const column = tokens.findIndex((token) => !token.special && token.start < end && start < token.end);
    this.choose({ row, column });
    this.reveals = true;
  }

  /** Scrolls to the answers that nobody pressed a cell for. */
  private reveal(): void {
    if (!this.reveals) return;
    this.reveals = false;
    this.requestUpdate();
    void this.updateComplete.then(() => { this.renderRoot.querySelector('.answers')?.scrollIntoView({ block: 'nearest' }); });
  }

  private choose(place: GridPlace): void {
    const { editor, request } = this;
    this.chosen = place;
    if (request) this.answers.load((signal) => editor.call('evidence/patchedAnswers', { ...request, ...place, top: listed }, { signal }), { forget: true });
  }
}

/** The first sense, and plainly where it is not clear. */
function likelySense({ clear, senses: [first] }: SenseName): TemplateResult {
  if (!first) return html`<span class="muted">none that the dictionary knows</span>`;
  return html`${clear ? nothing : html`<span class="muted">not clear; at most:</span> `}${nameLine(first)}`;
}
