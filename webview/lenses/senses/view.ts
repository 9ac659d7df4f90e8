import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Senses } from '../../../src/lenses/senses/contract';
import type { Subject } from '../../../src/panel/contract';
import { notice, sharedStyles } from '../../controls';
import { formatCount } from '../../format';
import { Latest } from '../../latest';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { frameStyles, layoutStyles, headline, loadState } from '../frame';
import { LensView, type ViewContext } from '../view';
import { cosineTable } from './cosines';
import { groupStyles, senseGroups } from './groups';
import './map';
import type { Vectors } from './map';

type SensesSubject = Extract<Subject, { lens: 'senses' }>;

const vectorChoices = [
  { value: 'contextual', label: 'Contextual' },
  { value: 'static', label: 'Static' },
];

/** Substitutes asked for the current occurrence; the view itself shows those of the groups. */
const top = 8;

/** Which occurrences of a word mean the same. */
@customElement('headlight-senses')
export class SensesView extends LensView<SensesSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    layoutStyles,
    groupStyles,
    css`
      .readout {
        min-height: 2.8em;
      }
    `,
  ];

  @state() private vectors: Vectors = 'contextual';
  @state() private pointed: number | null = null;
  private readonly senses = new Latest<Senses>(this);
  /** The word that the answer on screen belongs to: the last good one while another is computed. */
  private answered: SensesSubject | null = null;

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('context') as ViewContext<SensesSubject> | undefined;
    const { subject, editor, saved } = this.context;
    if (!changed.has('context') || before?.subject === subject) return;
    if (!before) this.vectors = saved === 'static' ? 'static' : 'contextual';
    this.pointed = null;
    const { word, occurrences, current } = subject.word;
    const plain = occurrences.map(({ sentence, start, end }) => ({ sentence, start, end }));
    this.senses.load(async (signal) => {
      const request = { word, occurrences: plain, ...(current >= 0 && { current }), top };
      const senses = await editor.call('senses/group', request, { signal });
      if (!signal.aborted) this.answered = subject;
      return senses;
    });
  }

  override render(): TemplateResult {
    const { context, answered } = this;
    const senses = this.senses.value;
    const label = (answered ?? context.subject).source.label;
    return html`<div class="stack">
      ${headline(label, senses?.model ?? null, [`“${visibleText((answered ?? context.subject).word.word)}”`])}
      ${loadState(this.senses, context.progress)} ${senses && answered ? this.answer(senses, answered) : nothing}
    </div>`;
  }

  private answer(senses: Senses, { word }: SensesSubject): TemplateResult {
    const compared = word.occurrences.length;
    return html`
      ${word.total > compared
        ? notice('info', `Compared are the ${compared} occurrences nearest to the cursor, of ${word.total} in the document.`)
        : nothing}
      ${senses.calibrated
        ? nothing
        : notice('info', 'The grouping was not calibrated for this model: the number of senses is a rough guess.')}
      <div class="layout">
        ${this.mapCard(senses, word)}
        <section class="card stack" aria-label="Groups">
          <h2>
            ${formatCount(senses.senses.length, 'sense')}
            <span class="muted small">in ${formatCount(compared, 'occurrence')} of “${visibleText(word.word)}”</span>
          </h2>
          ${senseGroups({ senses, word, pointed: this.pointed, point: this.point, choose: this.choose })}
        </section>
      </div>
    `;
  }

  private mapCard(senses: Senses, word: SensesSubject['word']): TemplateResult {
    const at = this.pointed === null ? undefined : word.occurrences[this.pointed];
    const size = `${word.occurrences.length} occurrences in ${senses.senses.length} senses`;
    return html`<section class="card stack" aria-label="Map">
      <div class="bar spread">
        <h2>Map of vectors</h2>
        <headlight-segmented
          label="Vectors"
          .segments=${vectorChoices}
          .value=${this.vectors}
          @choose=${({ detail }: CustomEvent<Vectors>) => { this.chooseVectors(detail); }}
        ></headlight-segmented>
      </div>
      <headlight-sense-map
        .senses=${senses}
        .vectors=${this.vectors}
        .current=${word.current}
        .pointed=${this.pointed}
        .label=${`Map of ${size}, ${this.vectors} vectors; the list of groups tells the same.`}
        @point=${({ detail }: CustomEvent<number | null>) => { this.point(detail); }}
        @choose=${({ detail }: CustomEvent<number>) => { this.choose(detail); }}
      ></headlight-sense-map>
      <p class="readout small">
        ${at
          ? html`<span class="muted">Line ${at.line}:</span> ${excerpt(at.sentence, 120)}`
          : html`<span class="muted"
              >${this.vectors === 'static'
                ? 'The embedding layer knows the word and its position only: drawn to the same scale, its points all but coincide.'
                : 'Near points are used alike. The large point is the occurrence at the cursor.'}</span
            >`}
      </p>
      ${cosineTable(senses)}
    </section>`;
  }

  private chooseVectors(vectors: Vectors): void {
    this.vectors = vectors;
    this.context.save(vectors);
  }

  private readonly point = (occurrence: number | null): void => {
    this.pointed = occurrence;
  };

  private readonly choose = (occurrence: number): void => {
    const at = this.answered?.word.occurrences[occurrence];
    if (at) this.reveal({ start: at.offset, end: at.offset + at.end - at.start });
  };
}
