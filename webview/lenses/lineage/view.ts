import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { generations, recordedSearch } from '../../../src/lenses/lineage/generations';
import type { MovedNumber } from '../../../src/lenses/lineage/meanForgetting';
import type { TranslationScore } from '../../../src/lenses/translation/contract';
import type { ListedModel, Subject } from '../../../src/panel/contract';
import type { TextRange } from '../../../src/text/range';
import { notice, selectStyles, sharedStyles, tableButton } from '../../controls';
import { Latest } from '../../latest';
import { beforeAfter } from '../../whatIf/beforeAfter';
import { switchBar } from '../../whatIf/switchBar';
import { switchKey } from '../../whatIf/whatIf';
import { frameStyles, headline, loadState } from '../frame';
import { reportSaved, saveBar } from '../saveBar';
import { LensView, type ViewContext } from '../view';
import './column';
import type { ColumnAnswer } from './column';
import './forgettingView';
import './lengthView';
import { movedNumbers } from './numbers';
import './reference';
import { type ColumnFormat, columnFormats, savedColumns } from './saveColumns';
import { Turns } from './turns';
import { type Curve, type LineageViewState, readLineageState, rememberedOf, type SentenceSource } from './viewState';

/** The one of the three whose heads can be switched. */
const transformer = 'translator';

type LineageSubject = Extract<Subject, { lens: 'translation' | 'lineage' | 'generation' }>;

/** One text through three generations of translators: what each writes, how it gets at the source, and what is lost. */
@customElement('headlight-lineage')
export class LineageView extends LensView<LineageSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    css`
      .generations,
      .charts {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      @container (min-width: 760px) {
        .generations {
          grid-template-columns: repeat(3, minmax(0, 1fr));
        }
        .charts {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
      .source {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @state() private own!: LineageViewState;
  @state() private answers: readonly (ColumnAnswer | null)[] = generations.map(() => null);
  @state() private scores: readonly (TranslationScore | null)[] = generations.map(() => null);
  /** Whether each generation's model is there; null until that is known. */
  @state() private present: readonly boolean[] | null = null;
  private readonly turns = new Turns();
  private readonly saved = new Latest<string | null>(this);
  private readonly models = new Latest<readonly ListedModel[]>(this, (listed) => {
    this.present = generations.map(({ model }) => listed.some(({ id }) => id === model));
  });

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('context') as ViewContext<LineageSubject> | undefined;
    if (!changed.has('context') || before?.subject === this.context.subject) return;
    if (!before) this.own = readLineageState(this.context.saved);
    this.answers = generations.map(() => null);
    this.scores = generations.map(() => null);
    if (!before) this.models.load(() => this.context.editor.ask('panel/models', null));
  }

  override render(): TemplateResult {
    const { context, models, present, text } = this;
    const { subject } = context;
    const device = this.answers.find((answer) => answer !== null)?.translation.model.device;
    return html`<div class="stack">
      ${headline(subject.source.label, null, ['English to Spanish', ...generations.map(({ model }) => model), ...(device ? [device] : [])])}
      ${switchBar(context, { model: transformer, part: 'cross' })}
      ${loadState(models, null)}
      ${text.trim() === ''
        ? notice('info', 'There is no text here. Put the cursor in an English sentence, or select one.')
        : present === null
          ? nothing
          : html`${this.controls()}
              ${beforeAfter(context, { method: 'translation/translate', request: { inModel: transformer, text, choice: this.own.search === 'greedy' ? { kind: 'greedy' } : recordedSearch, alternatives: 0 } })}
              ${keyed(switchKey(context.whatIf, transformer), html`<div class="generations">${generations.map((_, at) => (present[at] ? this.column(at) : this.missing(at)))}</div>
              ${this.saveBar()}
              ${this.reference(present)}
              <div class="charts">${this.lengths(present)} ${present[0] ? this.forgetting() : nothing}</div>`)}`}
    </div>`;
  }

  /** The text as it is translated: on one line, with the offsets of the document. */
  private get text(): string {
    return this.context.subject.source.first.text.replace(/[\r\n\t]/g, ' ');
  }

  private controls(): TemplateResult {
    const { own } = this;
    return html`<section class="card stack" aria-label="Text">
      <p class="source source-text" dir="auto">${this.text}</p>
      <div class="bar spread">
        <div class="bar choices">
          <span class="muted small" aria-hidden="true">Search</span>
          <headlight-segmented
            label="How tokens are chosen"
            .value=${own.search}
            .segments=${[{ value: 'beams', label: `${recordedSearch.beams} beams` }, { value: 'greedy', label: 'Greedy' }]}
            @choose=${({ detail }: CustomEvent<LineageViewState['search']>) => { this.change({ search: detail }); }}
          ></headlight-segmented>
          <span class="muted small" aria-hidden="true">Left-out words by</span>
          <headlight-segmented
            label="Number of a word that is left out"
            .value=${own.number}
            .segments=${Object.entries(movedNumbers).map(([value, { label }]) => ({ value, label }))}
            @choose=${({ detail }: CustomEvent<MovedNumber>) => { this.change({ number: detail }); }}
          ></headlight-segmented>
        </div>
        ${tableButton(own.table, () => { this.change({ table: !own.table }); })}
      </div>
    </section>`;
  }

  private column(at: number): TemplateResult {
    const { context, own, text, turns } = this;
    return html`<headlight-lineage-column
      .editor=${context.editor}
      .generation=${generations[at]!}
      .turns=${turns}
      .text=${text}
      .search=${own.search}
      .number=${own.number}
      .layer=${own.layer}
      .table=${own.table}
      @answered=${({ detail }: CustomEvent<ColumnAnswer>) => { this.answers = this.answers.with(at, detail); }}
      @layer=${({ detail }: CustomEvent<number | null>) => { this.change({ layer: detail }); }}
      @reveal=${({ detail: { end, start } }: CustomEvent<TextRange>) => {
        const { offset } = context.subject.source.first;
        this.reveal({ start: offset + start, end: offset + end });
      }}
    ></headlight-lineage-column>`;
  }

  private missing(at: number): TemplateResult {
    const { model, name, year } = generations[at]!;
    return html`<section class="card stack" aria-label=${name} data-model=${model}>
      <h2>${name} <span class="muted">${year}, ${model}</span></h2>
      ${notice('warning', `The built-in model ${model} is not there. Install Headlight anew to have it; the others work without it.`)}
    </section>`;
  }

  private reference(present: readonly boolean[]): TemplateResult {
    const { context, own, text } = this;
    return html`<headlight-lineage-reference
      .editor=${context.editor}
      .text=${text}
      .reference=${own.reference.of === text ? own.reference.text : ''}
      .present=${present}
      @reference=${({ detail }: CustomEvent<string>) => { this.change({ reference: { of: text, text: detail } }); }}
      @scored=${({ detail }: CustomEvent<readonly (TranslationScore | null)[]>) => { this.scores = detail; }}
    ></headlight-lineage-reference>`;
  }

  private lengths(present: readonly boolean[]): TemplateResult {
    const { context, own } = this;
    return html`<headlight-lineage-lengths
      .editor=${context.editor}
      .pasted=${own.pairs}
      .table=${own.table}
      .present=${present}
      @pairs=${({ detail }: CustomEvent<string>) => { this.change({ pairs: detail }); }}
    ></headlight-lineage-lengths>`;
  }

  private forgetting(): TemplateResult {
    const { context, own } = this;
    return html`<headlight-lineage-forgetting
      .editor=${context.editor}
      .subject=${context.subject}
      .turns=${this.turns}
      .pasted=${own.pairs}
      .curve=${own.curve}
      .from=${own.sentences}
      .number=${own.number}
      .table=${own.table}
      @curve=${({ detail }: CustomEvent<Curve>) => { this.change({ curve: detail }); }}
      @sentences=${({ detail }: CustomEvent<SentenceSource>) => { this.change({ sentences: detail }); }}
    ></headlight-lineage-forgetting>`;
  }

  private saveBar(): TemplateResult | typeof nothing {
    const { answers, own, scores, text } = this;
    if (answers.every((answer) => answer === null)) return nothing;
    const reference = own.reference.of === text ? own.reference.text : '';
    return saveBar<ColumnFormat>('Save translations as', columnFormats, (format) => {
      reportSaved(this.saved, () => this.context.editor.save(savedColumns({ text, answers, layer: own.layer, reference, scores }, format)));
    }, this.saved);
  }

  private change(change: Partial<LineageViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(rememberedOf(this.own));
  }
}
