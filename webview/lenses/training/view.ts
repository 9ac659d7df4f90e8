import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ModelInfo } from '../../../src/lenses/model';
import { poolings, type TrainedClassifier, type TrainingChoices, type WrongExample } from '../../../src/lenses/training/contract';
import type { SavedModel, TrainingSubject } from '../../../src/panel/contract';
import { button, notice, select, selectStyles, sharedStyles, tableButton } from '../../controls';
import { formatCount } from '../../format';
import { Latest } from '../../latest';
import { ThemeController } from '../../theme';
import { frameStyles, headline, layoutStyles, loadState } from '../frame';
import { reportSaved, saveBar } from '../saveBar';
import { stateName } from '../stateName';
import { LensView } from '../view';
import { learningChart, lossChart, statesChart } from './charts';
import './confusion';
import type { ConfusionCell } from './confusion';
import { numberFormats, savedNumbers, type NumberFormat } from './saveNumbers';
import { poolingNames, share } from './texts';
import { restored, type TrainingState } from './viewState';

const mostListed = 10;

/** Trains a classifier on a file of labelled lines, and shows how good it is on those held out. */
@customElement('headlight-training')
export class TrainingView extends LensView<TrainingSubject> {
  static override styles = [
    sharedStyles,
    layoutStyles,
    ...frameStyles,
    selectStyles,
    css`
      .figures {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 24px;
      }
      .figures strong {
        display: block;
        font-size: 1.5em;
        font-weight: 600;
      }
      input {
        width: 6em;
        height: 26px;
        padding: 0 4px;
        border: 1px solid var(--vscode-input-border, var(--headlight-border));
        border-radius: 2px;
        color: var(--vscode-input-foreground, inherit);
        background: var(--vscode-input-background, var(--vscode-editor-background));
        font: inherit;
      }
      .wrong button {
        display: block;
        width: 100%;
        padding: 4px;
        border: none;
        border-bottom: 1px solid var(--headlight-border);
        color: inherit;
        background: none;
        font: inherit;
        text-align: start;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      .wrong button:hover {
        background: var(--vscode-list-hoverBackground, transparent);
      }
      .label {
        unicode-bidi: isolate;
      }
      meter,
      progress {
        width: 100%;
      }
      details > summary {
        cursor: pointer;
      }
    `,
  ];

  @state() private kept: TrainingState = restored(null);
  @state() private table = false;
  @state() private cell: ConfusionCell | null = null;
  @state() private all = false;
  /** What the running training said of its loss. */
  private losses: readonly number[] = [];
  private readonly themed = new ThemeController(this);
  private readonly model = new Latest<ModelInfo>(this);
  private readonly training = new Latest<TrainedClassifier>(this, (trained) => {
    this.keep({ trained, uri: this.context.subject.source.uri, saved: null });
    this.cell = null;
    this.all = false;
  });
  private readonly saving = new Latest<SavedModel | null>(this, (saved) => { if (saved) this.keep({ saved }); });
  private readonly file = new Latest<string | null>(this);

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('context')) return;
    const before = changed.get('context');
    const { progress, saved, subject } = this.context;
    if (!before) this.kept = restored(saved);
    if (before?.subject !== subject) {
      this.model.load((signal) => this.context.editor.call('model/load', {}, { signal }));
      if (subject.start !== undefined && subject.start !== this.kept.started) {
        this.keep({ started: subject.start });
        this.train();
      }
    }
    if (this.training.loading && progress?.training) this.losses = progress.training.losses;
  }

  override render(): TemplateResult {
    const { source } = this.context.subject;
    const trained = this.kept.uri === source.uri ? this.kept.trained : null;
    const { theme } = this.themed;
    return html`<div class="stack">
      ${headline(source.label, trained?.model ?? this.model.value, trained ? [trained.state === trained.model.layers ? 'last layer' : stateName(trained.state), poolingNames[trained.pooling]] : [])}
      ${this.settings()} ${this.state()}
      ${trained ? this.result(trained) : this.training.loading ? lossChart(this.losses, theme, true) : nothing}
    </div>`;
  }

  private settings(): TemplateResult {
    const { choices } = this.kept;
    const layers = this.model.value?.layers ?? null;
    const states = layers === null ? [] : Array.from({ length: layers }, (_, at) => ({ value: String(at), label: stateName(at) }));
    const choose = (changed: Partial<TrainingChoices>): void => { this.keep({ choices: { ...choices, ...changed } }); };
    return html`<form class="bar" aria-label="How to train" @submit=${(event: Event) => { event.preventDefault(); this.train(); }}>
      <headlight-segmented
        label="Vector of a text"
        .value=${choices.pooling}
        .segments=${poolings.map((value) => ({ value, label: poolingNames[value] }))}
        @choose=${({ detail }: CustomEvent<TrainingChoices['pooling']>) => { choose({ pooling: detail }); }}
      ></headlight-segmented>
      ${select<string>({
        label: 'Hidden state',
        value: layers !== null && choices.layer >= layers ? '-1' : String(choices.layer),
        options: [{ value: '-1', label: 'Last layer' }, ...states],
        onChange: (value) => { choose({ layer: Number(value) }); },
      })}
      <label class="select">Seed <input type="number" min="0" step="1" .value=${String(choices.seed)} @change=${({ currentTarget }: Event) => { choose({ seed: Math.max(0, Math.floor(Number((currentTarget as HTMLInputElement).value)) || 0) }); }} /></label>
      ${this.training.loading
        ? button({ label: 'Stop', icon: 'debug-stop', onClick: this.training.stop })
        : button({ label: this.kept.trained ? 'Train again' : 'Train', icon: 'play', kind: 'primary', onClick: () => { this.train(); } })}
    </form>`;
  }

  /** Progress, or what went wrong; what was trained before stays below. */
  private state(): TemplateResult {
    const { progress } = this.context;
    const { code, loading, value } = this.training;
    const known = loading && progress?.done !== undefined && progress.total !== undefined;
    // A file that cannot be used has to be changed before a retry helps.
    const hint = code === 'data-unusable' ? html`<p class="muted small">Change the file and train again; nothing that was trained before is lost.</p>` : nothing;
    return html`${loading
      ? html`<div role="status" class="small">
          <progress aria-label="Training" .max=${known ? progress.total : 1} .value=${known ? progress.done : 0}></progress>
          <span data-progress>${progress?.message ?? 'Beginning'}${known ? html` <span class="number">${progress.done} of ${progress.total}</span>` : nothing}</span>
        </div>
        ${this.kept.trained ? lossChart(this.losses, this.themed.theme, true) : nothing}`
      : value !== null || this.training.error !== null
        ? html`${loadState(this.training, null)}${hint}`
        : this.kept.trained === null
          ? html`<p class="muted">A classifier is trained on the lines of this file: the model stays as it is, and one linear layer learns to tell the labels apart. Each line is a label, a tab and a text; or CSV with the columns label and text; or JSONL with both.</p>`
          : nothing}
    ${this.model.error === null ? nothing : loadState(this.model, null)}`;
  }

  private result(trained: TrainedClassifier): TemplateResult {
    const { theme } = this.themed;
    return html`<div class="layout">
        <div class="stack">${this.figures(trained)} ${this.save(trained)}
          <section class="card stack" aria-label="Confusion matrix">
            <h2>Labels and what was said <span class="muted">(${formatCount(trained.split.heldOut, 'held-out example')})</span></h2>
            <headlight-confusion
              .labels=${trained.labels}
              .confusion=${trained.figures.confusion}
              .chosen=${this.cell}
              @choose=${({ detail }: CustomEvent<ConfusionCell | null>) => { this.cell = detail; this.all = false; }}
            ></headlight-confusion>
          </section>
          ${this.wrong(trained)}
        </div>
        <div class="stack">
          ${this.training.loading ? nothing : lossChart(trained.losses, theme, false)}
          ${learningChart(trained, theme, this.table)}
          ${statesChart(trained, this.table, (layer) => { this.keep({ choices: { ...this.kept.choices, layer: layer === trained.model.layers ? -1 : layer } }); })}
        </div>
      </div>
      ${saveBar<NumberFormat>('Save as', numberFormats, (format) => {
        reportSaved(this.file, async () => this.context.editor.save(savedNumbers(trained, format)));
      }, this.file)}`;
  }

  private figures(trained: TrainedClassifier): TemplateResult {
    const { counts, cut, figures, labels, leftOut, notKept, penalty, remembered, seconds, seed, split, unknown } = trained;
    const { accuracy, baseline, interval, macroF1 } = figures;
    const most = labels[counts.indexOf(Math.max(...counts))]!;
    return html`<section class="card stack" aria-label="Figures" data-figures>
      <div class="bar spread"><h2>On ${formatCount(split.heldOut, 'held-out example')}</h2>${tableButton(this.table, () => { this.table = !this.table; })}</div>
      <div class="figures">
        <p><strong class="number">${share(accuracy)}</strong>accuracy<br /><span class="muted small">95 % confidence: ${share(interval[0])} to ${share(interval[1])}</span></p>
        <p><strong class="number">${share(baseline)}</strong>always “<span class="label">${most}</span>”<br /><span class="muted small">what knowing nothing gives</span></p>
        <p><strong class="number">${macroF1.toFixed(3)}</strong>macro-F1<br /><span class="muted small">mean over the labels</span></p>
      </div>
      <p class="muted small">
        Trained on ${formatCount(split.training, 'example')}, each label in proportion, seed ${seed}; nothing was trained or chosen on those held out.
        Penalty C\u00a0=\u00a0${penalty.c}${penalty.folds > 0 ? `, chosen by ${penalty.folds}-fold cross-validation` : ', not chosen, as a label has too few examples'}.
        Read in ${seconds.reading.toFixed(1)}\u202fs${remembered > 0 ? ` (${remembered} remembered)` : ''}, trained in ${seconds.training.toFixed(1)}\u202fs.
      </p>
      ${leftOut.total > 0
        ? notice('warning', html`<details>
            <summary>${formatCount(leftOut.total, 'line')} left out</summary>
            <ul>${leftOut.lines.map(({ line, reason }) => html`<li>line ${line} ${reason}</li>`)}${leftOut.total > leftOut.lines.length ? html`<li>and ${leftOut.total - leftOut.lines.length} more</li>` : nothing}</ul>
          </details>`)
        : nothing}
      ${cut > 0 ? notice('info', `${formatCount(cut, 'text')} longer than ${trained.model.window} tokens: the beginning was read.`) : nothing}
      ${unknown > 0 ? notice('warning', `${formatCount(unknown, 'text')} with nothing that ${trained.model.name} knows. Choose a model for the language.`) : nothing}
      ${notKept === null ? nothing : notice('info', `The vectors could not be kept for the next time: ${notKept}.`)}
    </section>`;
  }

  private save(trained: TrainedClassifier): TemplateResult {
    const { editor } = this.context;
    const { saved } = this.kept;
    return html`<section class="card stack" aria-label="The model">
      <p class="small">The model and this classifier together are a model of their own: an ONNX folder that Headlight and ONNX Runtime read.</p>
      <div class="bar">
        ${button({ label: 'Save as a model…', onClick: () => { this.saving.load((signal) => editor.ask('panel/saveClassifier', { classifier: trained }, { signal }), { forget: true }); } })}
        ${saved ? button({ label: 'Use it', kind: 'primary', name: 'Use it as the model in force', onClick: () => { editor.notify('panel/useModel', { id: saved.id }); } }) : nothing}
        <span class="muted small" role="status">${this.saving.loading ? 'Saving…' : saved ? `Saved: ${saved.path}` : ''}</span>
      </div>
      ${this.saving.error === null ? nothing : notice('error', this.saving.error, [button({ label: 'Retry', icon: 'refresh', onClick: this.saving.retry })])}
    </section>`;
  }

  private wrong(trained: TrainedClassifier): TemplateResult {
    const { cell } = this;
    const { labels, wrong, wrongTotal } = trained;
    const chosen = cell ? wrong.filter(({ label, said }) => label === cell.label && said === cell.said) : wrong;
    const shown = this.all ? chosen : chosen.slice(0, mostListed);
    return html`<section class="card stack" aria-label="Wrong examples">
      <h2>Most wrong ${cell ? html`<span class="muted">(“${labels[cell.label]!}” said to be “${labels[cell.said]!}”)</span>` : html`<span class="muted">(${wrongTotal} of ${trained.split.heldOut} held out)</span>`}</h2>
      ${wrongTotal === 0 ? html`<p class="muted">None: every held-out example is told right.</p>` : nothing}
      ${wrongTotal > 0 && chosen.length === 0 ? html`<p class="muted">None of these is among the ${wrong.length} most wrong.</p>` : nothing}
      <ul class="wrong">${shown.map((example) => this.example(example, labels))}</ul>
      ${chosen.length > shown.length ? html`<div>${button({ label: `Show all ${chosen.length}`, onClick: () => { this.all = true; } })}</div>` : nothing}
    </section>`;
  }

  private example({ end, label, line, probability, said, saidProbability, start, text }: WrongExample, labels: readonly string[]): TemplateResult {
    return html`<li>
      <button type="button" data-line=${line} @click=${() => { this.reveal({ start, end }); }}>
        <span class="source-text">${text}</span><br />
        <span class="muted small">line ${line} · “<span class="label">${labels[label]!}</span>” ${share(probability)}, said “<span class="label">${labels[said]!}</span>” ${share(saidProbability)}</span>
      </button>
    </li>`;
  }

  private train(): void {
    if (this.training.loading) return;
    this.losses = [];
    const { choices } = this.kept;
    this.training.load((signal) => this.context.editor.ask('panel/train', choices, { signal }));
  }

  private keep(changed: Partial<TrainingState>): void {
    this.kept = { ...this.kept, ...changed };
    this.context.save(this.kept);
  }
}
