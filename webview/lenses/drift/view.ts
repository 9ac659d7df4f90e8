import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { type Drift, longestLine } from '../../../src/lenses/drift/contract';
import { askedLines } from '../../../src/lenses/drift/pickLines';
import type { LinesOfDocument, ListedModel, Subject } from '../../../src/panel/contract';
import type { TextRange } from '../../../src/text/range';
import { button, notice, selectStyles, sharedStyles, tableButton } from '../../controls';
import { formatCount } from '../../format';
import { Latest } from '../../latest';
import { ThemeController } from '../../theme';
import { frameStyles, headline, loadState } from '../frame';
import '../modelChoice';
import { reportSaved, saveBar } from '../saveBar';
import { LensView, type ViewContext } from '../view';
import { accuracyCard } from './accuracyCard';
import './headsCard';
import './linesCard';
import { mostMoved } from './linesCard';
import './sensesCard';
import { driftFormats, type DriftFormat, savedDrift } from './saveDrift';
import { statesCard } from './statesCard';
import { type DriftViewState, type HeadNumber, type LineOrder, readDriftState, type WordOrder } from './viewState';

type DriftSubject = Extract<Subject, { lens: 'drift' }>;

/** A comparison with what it is of. */
interface Compared {
  readonly drift: Drift;
  readonly lines: LinesOfDocument;
  readonly uri: string;
  readonly model: string;
  readonly against: string;
}

/** Two files of one model on the lines of a document: how far heads, layers and predictions moved. */
@customElement('headlight-drift')
export class DriftView extends LensView<DriftSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    css`
      .models,
      .parts {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px 12px;
      }
      .parts {
        row-gap: 12px;
        align-items: start;
      }
      @container (min-width: 760px) {
        .models,
        .parts {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        /* Lines stand beside the others, which are as tall as they are. */
        .parts {
          grid-template-rows: auto auto 1fr;
        }
        .parts > headlight-drift-lines {
          grid-area: 1 / 2 / span 3;
        }
      }
    `,
  ];

  @state() private own!: DriftViewState;
  @state() private inForce: string | null = null;
  /** Index of the line that heads are opened over; null for the one that moved most. */
  @state() private line: number | null = null;
  private readonly themed = new ThemeController(this);
  private readonly compared = new Latest<Compared>(this, () => { this.line = null; });
  private readonly saved = new Latest<string | null>(this);
  private readonly isReader = ({ readable }: ListedModel): boolean => readable;
  private readonly isOther = ({ id, readable }: ListedModel): boolean => readable && id !== this.model;

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('context') as ViewContext<DriftSubject> | undefined;
    const { subject } = this.context;
    if (!changed.has('context') || before?.subject === subject) return;
    if (!before) this.own = readDriftState(this.context.saved);
    const { opened } = subject;
    if (opened && opened.id !== this.own.opened) {
      this.change({ model: opened.model, against: opened.against, opened: opened.id });
      this.compare();
    } else if (this.own.compared === subject.source.uri) this.compare();
  }

  override render(): TemplateResult {
    const { compared, context: { progress, subject } } = this;
    // Of another document it would say nothing about these lines.
    const shown = compared.value?.uri === subject.source.uri ? compared.value : null;
    const { lines, total } = subject.lines;
    const count = lines.length < total ? `${lines.length} of ${total} lines` : formatCount(lines.length, 'line');
    return html`<div class="stack">
      ${headline(subject.source.label, null, [subject.lines.within ? `${count} of the selection` : subject.lines.heldOut ? `${count} held out of training` : count, ...(shown ? [shown.drift.model.name, shown.drift.against.name, shown.drift.model.device] : [])])}
      ${lines.length < total ? notice('info', `Of ${total} lines with text, ${lines.length} are read, evenly spread over the whole. Select lines to compare the models on those.`) : nothing}
      ${subject.lines.heldOut ? notice('info', 'A model was fine-tuned on this file, so that only lines are read which were held out then: on the others it would look better than it is. Select lines to compare the models on those.') : nothing}
      ${this.choice()}
      ${loadState(compared, progress)}
      ${shown ? this.result(shown) : nothing}
    </div>`;
  }

  private get model(): string | null {
    return this.own.model ?? this.inForce;
  }

  private choice(): TemplateResult {
    const { compared, context: { editor, progress, subject }, model, own } = this;
    const share = progress?.total !== undefined && progress.done !== undefined ? ` (${progress.done} of ${progress.total})` : '';
    return html`<section class="card stack" aria-label="Models">
      <div class="models">
        <headlight-model-choice
          label="First"
          .editor=${editor}
          .subject=${subject}
          .model=${model}
          .offered=${this.isReader}
          @listed=${({ detail }: CustomEvent<readonly ListedModel[]>) => { this.inForce = detail.find(({ inForce }) => inForce)?.id ?? null; }}
          @model=${({ detail }: CustomEvent<string>) => { this.change({ model: detail }); }}
        ></headlight-model-choice>
        <headlight-model-choice
          label="Other"
          .editor=${editor}
          .subject=${subject}
          .model=${own.against}
          .offered=${this.isOther}
          @model=${({ detail }: CustomEvent<string>) => { this.change({ against: detail }); }}
        ></headlight-model-choice>
      </div>
      <div class="bar spread">
        ${compared.loading
          ? button({ label: 'Stop', icon: 'debug-stop', onClick: compared.stop })
          : model !== null && own.against !== null
            ? button({ label: 'Compare', icon: 'git-compare', kind: 'primary', onClick: () => { this.compare(); } })
            : html`<span class="muted small">Choose two files of one model: fp32 and int8, or before and after fine-tuning.</span>`}
        ${compared.loading && compared.value && progress ? html`<span class="muted small" role="status">${progress.message}${share}…</span>` : nothing}
        ${compared.value ? tableButton(own.table, () => { this.change({ table: !own.table }); }) : nothing}
      </div>
    </section>`;
  }

  private result({ drift, lines, model, against }: Compared): TemplateResult {
    const { line, own } = this;
    const chosen = line ?? mostMoved(drift);
    const open = ({ detail }: CustomEvent<{ layer: number; head: number }>): void => {
      const { offset, text } = lines.lines[chosen]!;
      this.context.editor.notify('panel/openDrifted', { ...detail, text, offset, model, against });
    };
    return html`${this.notices(drift)} ${accuracyCard(drift)}
      <div class="parts">
        <headlight-drift-heads
          .drift=${drift}
          .number=${own.number}
          .table=${own.table}
          .line=${lines.lines[chosen]!.line}
          @number=${({ detail }: CustomEvent<HeadNumber>) => { this.change({ number: detail }); }}
          @open=${open}
        ></headlight-drift-heads>
        ${statesCard(drift, own.table)}
        <headlight-drift-senses
          .drift=${drift}
          .lines=${lines.lines}
          .order=${own.words}
          .table=${own.table}
          @words=${({ detail }: CustomEvent<WordOrder>) => { this.change({ words: detail }); }}
          @line=${({ detail }: CustomEvent<number>) => { this.line = detail; }}
          @reveal=${({ detail }: CustomEvent<TextRange>) => { this.reveal(detail); }}
        ></headlight-drift-senses>
        <headlight-drift-lines
          .drift=${drift}
          .lines=${lines.lines}
          .order=${own.order}
          .chosen=${chosen}
          @order=${({ detail }: CustomEvent<LineOrder>) => { this.change({ order: detail }); }}
          @line=${({ detail }: CustomEvent<number>) => { this.line = detail; }}
          @reveal=${({ detail }: CustomEvent<TextRange>) => { this.reveal(detail); }}
        ></headlight-drift-lines>
      </div>
      ${saveBar<DriftFormat>('Save comparison as', driftFormats, (format) => {
        reportSaved(this.saved, async () => this.context.editor.save(await savedDrift(drift, lines, format, this.themed.theme)));
      }, this.saved)}`;
  }

  private notices({ against, cut, heads, model, states }: Drift): TemplateResult[] {
    const list: TemplateResult[] = [];
    if ([...heads.difference, ...states.relativeNorm].every((value) => value === 0)) {
      list.push(notice('info', 'Nothing differs: both compute exactly the same numbers on these lines.'));
    }
    if (cut > 0) list.push(notice('info', `Of ${formatCount(cut, 'line')} only the beginning was read: at most ${longestLine} tokens, or what the models take.`));
    if (model.device !== against.device) {
      list.push(notice('warning', `${model.name} ran on ${model.device} and ${against.name} on ${against.device}, and devices compute slightly other numbers. ${against.deviceReason}`));
    }
    return list;
  }

  private compare(): void {
    const { context: { editor, subject }, own: { against } } = this;
    const { lines, source: { uri } } = subject;
    if (against === null) return;
    this.change({ compared: uri });
    this.compared.load(async (signal): Promise<Compared> => {
      // Before the models are listed, the one in force is not known by name.
      const model = this.model ?? (await editor.ask('panel/models', null)).find(({ inForce }) => inForce)?.id ?? '';
      const drift = await editor.call('drift/measure', { inModel: model, against, ...askedLines(lines) }, { signal });
      return { drift, lines, uri, model, against };
    }, { forget: this.compared.value?.uri !== uri });
  }

  private change(change: Partial<DriftViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  }
}
