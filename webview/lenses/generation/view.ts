import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Generation, GenerationRequest } from '../../../src/lenses/generation/contract';
import type { WithoutTarget } from '../../../src/lenses/model';
import type { Chance, WrittenStep } from '../../../src/lenses/writing/contract';
import type { ListedModel, Subject } from '../../../src/panel/contract';
import { visibleText } from '../../../src/text/visibleText';
import { button, iconButton, selectStyles, sharedStyles, sliderStyles, tableButton } from '../../controls';
import { inksOf } from '../../draw/ink';
import { formatCount } from '../../format';
import { Latest } from '../../latest';
import { beforeAfter } from '../../whatIf/beforeAfter';
import { switchBar } from '../../whatIf/switchBar';
import { switchKey } from '../../whatIf/whatIf';
import { memoize } from '../../memoize';
import { ThemeController, type Theme } from '../../theme';
import { legendStyles } from '../attention/legend';
import { frameStyles, headline, layoutStyles, loadState, windowedNotice } from '../frame';
import '../modelChoice';
import { fileFormats, type FileFormat } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { LensView, type ViewContext } from '../view';
import { modelInUse } from '../writing/modelInUse';
import '../writing/stepPlayer';
import { WritingRun } from '../writing/writingRun';
import { type Branch, commonSteps, withBranch } from './branches';
import './branchTree';
import { continuation, continuationStyles } from './continuation';
import { choiceOf, type HowToWrite, sameChances, sameText } from './howToWrite';
import { lensCard, lensStyles, lensWords } from './lensCard';
import { nextCard } from './nextCard';
import { NextChances, type NextPlace } from './nextChances';
import { savedSteps, savedTriangle, stepsFormats } from './saveGeneration';
import { triangleView } from '../writing/triangle';
import { triangleCard, triangleName } from './triangleCard';
import { type GenerationViewState, readGenerationState } from './viewState';

type GenerationSubject = Subject & { readonly lens: 'generation' };

/** Tokens that a branch may write beyond its beginning, where the reader allows fewer than it begins with. */
const leastToGoOn = 20;

/** What a call was asked for. */
interface Asked {
  readonly how: HowToWrite;
  readonly maxTokens: number;
}

/** A text that a decoder stack writes on: step by step, with what else could have come, and branches. */
@customElement('headlight-generation')
export class GenerationView extends LensView<GenerationSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    layoutStyles,
    selectStyles,
    sliderStyles,
    legendStyles,
    continuationStyles,
    lensStyles,
    css`
      .settings {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
    `,
  ];

  @state() private own!: GenerationViewState;
  /** Null until the editor has listed them. */
  @state() private models: readonly ListedModel[] | null = null;
  private asked: Asked | null = null;
  private drawnStep = 0;
  private readonly run = new WritingRun(this, 'generation/generate', () => this.context.editor, (result) => { this.arrived(result); });
  private readonly chances = new NextChances(this, () => this.context.editor);
  /** Whole answers of branches of this prompt, by their tokens. */
  private readonly answers = new Map<string, Generation>();
  private readonly told = new Latest<string | null>(this);
  private readonly savedTriangles = new Latest<string | null>(this);
  private readonly themed = new ThemeController(this);
  private readonly inksOf = memoize((theme: Theme) => inksOf(theme.ramp, theme.foreground));

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('context')) {
      const before = changed.get('context') as ViewContext<GenerationSubject> | undefined;
      const { saved, settings, subject } = this.context;
      if (!before) this.own = readGenerationState(saved);
      if (before?.subject !== subject || before.settings.topK !== settings.topK) {
        this.answers.clear();
        // What a model writes with some of it off is a branch of its own.
        if (before && switchKey(before.whatIf, this.model) !== switchKey(this.context.whatIf, this.model)) this.write();
        else if (this.models) this.begin();
      }
    }
    this.askNext();
  }

  override updated(): void {
    // The end of a prompt is what is written on.
    const prompt = this.renderRoot.querySelector('.prompt');
    if (prompt && this.run.steps.length === 0) prompt.scrollTop = prompt.scrollHeight;
    if (this.drawnStep !== this.step) this.bringTokenIntoView();
    this.drawnStep = this.step;
  }

  override render(): TemplateResult {
    const { context, run } = this;
    const { answer } = run;
    const { steps } = this;
    const step = steps[this.step];
    return html`<div class="stack">
      ${headline(context.subject.source.label, answer.value?.model ?? null)}
      ${switchBar(context, { model: this.model, part: 'decoder' })}
      ${this.isPartial && answer.loading
        ? html`<div class="progress running" role="presentation"></div>`
        : loadState(answer, context.progress)}
      ${answer.value ? windowedNotice(answer.value) : nothing}
      ${answer.value && this.asked ? beforeAfter(context, { method: 'generation/generate', request: this.requestOf(this.asked) }) : nothing}
      <div class="layout">
        <div class="stack">${this.textCard()} ${this.branchesCard()}</div>
        <div class="stack">${step ? html`${this.next(step)} ${this.triangle()}` : nothing}</div>
        ${step && this.own.lens
          ? lensCard({ step, missing: answer.value?.lensMissing ?? null, table: this.own.table, theme: this.themed.theme, inks: this.inks })
          : nothing}
      </div>
    </div>`;
  }

  /** Within what was written, and without moving the page. */
  private bringTokenIntoView(): void {
    const token = this.renderRoot.querySelector<HTMLElement>('.written [aria-pressed="true"]');
    const list = token?.parentElement;
    if (!token || !list) return;
    const [inner, outer] = [token.getBoundingClientRect(), list.getBoundingClientRect()];
    list.scrollTop += Math.min(0, inner.top - outer.top) + Math.max(0, inner.bottom - outer.bottom);
  }

  private get model(): string {
    return modelInUse('continuation', this.models ?? [], this.own.model);
  }

  /** Whether what is shown is not, or not yet, a whole answer. */
  private get isPartial(): boolean {
    const { answer, steps } = this.run;
    return steps.length > 0 && (answer.loading || answer.error !== null);
  }

  private get steps(): readonly WrittenStep[] {
    return this.isPartial ? this.run.steps : (this.run.answer.value?.steps ?? []);
  }

  private get output(): string {
    return this.isPartial ? this.run.output : (this.run.answer.value?.output ?? '');
  }

  /** The step that is shown; of a shorter text the last. */
  private get step(): number {
    return Math.max(0, Math.min(this.own.step, this.steps.length - 1));
  }

  private get inks(): ReturnType<typeof inksOf> {
    return this.inksOf(this.themed.theme);
  }

  private textCard(): TemplateResult {
    const { context, own, run, steps } = this;
    const { text } = context.subject.source.first;
    const read = run.answer.value?.windowed ? text.slice(run.answer.value.tokens[0]?.start ?? 0) : text;
    return html`<section class="card stack" aria-label="Text">
      <headlight-model-choice
        .editor=${context.editor}
        .model=${this.model}
        .offered=${({ task }: ListedModel) => task === 'continuation'}
        @listed=${({ detail }: CustomEvent<readonly ListedModel[]>) => { this.listed(detail); }}
        @model=${({ detail }: CustomEvent<string>) => { this.change({ model: detail }); this.begin(); }}
      ></headlight-model-choice>
      <div class="bar spread">
        <h2>Prompt</h2>
        ${tableButton(own.table, () => { this.change({ table: !own.table }); })}
      </div>
      <p class="prompt source-text" tabindex="0" role="group" aria-label="Prompt">${read}</p>
      <h2>Continuation <span class="muted small">shaded by probability</span></h2>
      ${steps.length > 0
        ? html`${continuation({ steps, shown: this.step, theme: this.themed.theme, inks: this.inks, choose: (step) => { this.change({ step }); } })}
            <headlight-step-player
              label="Steps of the continuation"
              .steps=${steps.length}
              .value=${this.step}
              .text=${visibleText(steps[this.step]!.token)}
              @step=${({ detail }: CustomEvent<number>) => { this.change({ step: detail }); }}
            ></headlight-step-player>`
        : nothing}
      <p class="muted small" role="status" data-ended>${this.endText()}</p>
      ${this.writeBar()} ${this.keepBar()}
    </section>`;
  }

  /** How far the writing is, or why it ended. */
  private endText(): string {
    const { answer, stopped } = this.run;
    if (answer.loading && this.isPartial) return `Writing: ${this.steps.length} of at most ${formatCount(this.asked?.maxTokens ?? 0, 'token')}.`;
    if (this.isPartial) return `Kept is what was written until then: ${formatCount(this.steps.length, 'token')}.`;
    if (!answer.value) return '';
    const { steps, stoppedExplanation } = answer.value;
    const reason = stopped ? 'reader' : (this.branch?.stopped ?? answer.value.stopped);
    if (reason === 'reader') return `You stopped it after ${formatCount(steps.length, 'token')}.`;
    return reason === 'stop-token' ? 'The model ended the text itself: it wrote its stop token.' : (stoppedExplanation ?? '');
  }

  /** What can be written next. */
  private writeBar(): TemplateResult | typeof nothing {
    const { asked, own: { how }, run, steps } = this;
    if (run.answer.loading) return html`<div class="bar">${button({ label: 'Stop', icon: 'debug-stop', onClick: () => { run.stop(); } })}</div>`;
    if (!run.answer.value || !asked) return nothing;
    const isOpenEnded = steps.at(-1)?.special === false && run.answer.value.stopped !== 'window';
    return html`<div class="bar">
      ${sameText(how, asked.how) ? nothing : button({ label: 'Write with these settings', kind: 'primary', onClick: () => { this.write(); } })}
      ${how.draw
        ? button({ label: 'Draw again', icon: 'refresh', onClick: () => {
            this.setHow({ seed: how.seed + 1 });
            this.write();
          } })
        : nothing}
      ${isOpenEnded
        ? button({ label: 'Write on', icon: 'arrow-right', onClick: () => {
            this.write({ prefix: steps.map(({ id }) => id), maxTokens: steps.length + how.maxTokens });
          } })
        : nothing}
      ${how.draw ? html`<span class="muted small number">seed ${how.seed}</span>` : nothing}
    </div>`;
  }

  /** What can be done with what was written. */
  private keepBar(): TemplateResult | typeof nothing {
    const { context: { editor, subject }, output, run, told } = this;
    if (output === '' || run.answer.loading) return nothing;
    const tell = (work: () => Promise<string>) => (): void => { told.load(work, { forget: true }); };
    const { asked } = this;
    const answer = this.isPartial ? null : run.answer.value;
    return saveBar('Save steps as', answer && asked ? stepsFormats : [], (format) => {
      if (answer && asked) reportSaved(told, () => editor.save(savedSteps({ answer, prompt: subject.source.first.text, how: asked.how }, format)));
    }, told, html`
      ${button({ label: 'Insert into document', onClick: tell(async () => {
        await editor.ask('panel/insertBehind', { text: output });
        return 'Inserted behind the prompt.';
      }) })}
      ${button({ label: 'Copy', name: 'Copy continuation', onClick: tell(async () => {
        await navigator.clipboard.writeText(output);
        return 'Copied.';
      }) })}`);
  }

  private next(step: WrittenStep): TemplateResult {
    const { asked, own, run } = this;
    const place = this.placeOf(step);
    const asWritten = !asked || !place || sameChances(own.how, asked.how);
    return nextCard({
      step,
      index: this.step,
      now: asWritten && step.chosenFrom ? { chosen: step.chosenFrom, waiting: false } : this.chances.at(place!, step),
      settings: { how: own.how, ownPenalty: run.answer.value?.repetitionPenalty ?? 1, change: (change) => { this.setHow(change); } },
      table: own.table,
      failure: asWritten || this.chances.answer.error === null ? nothing : loadState(this.chances.answer, null),
      branch: (chance) => { this.branchAt(chance); },
      below: button({ label: own.lens ? 'Hide layers' : 'By layer', icon: 'layers', onClick: this.toggleLens }),
    });
  }

  private triangle(): TemplateResult | typeof nothing {
    const { own, run, themed: { theme } } = this;
    const answer = this.isPartial ? null : run.answer.value;
    if (!answer) return nothing;
    const place = {
      layer: own.layer !== null && own.layer < answer.layers ? own.layer : null,
      head: own.head !== null && own.head < answer.heads ? own.head : null,
    };
    const save = (format: FileFormat): void => {
      const view = triangleView(answer, this.step, place);
      if (view) reportSaved(this.savedTriangles, async () => this.context.editor.save(await savedTriangle(view, answer, triangleName(place), format, theme)));
    };
    return triangleCard({
      answer, step: this.step, place, table: own.table, theme,
      choose: (chosen) => { this.change(chosen); },
      show: (step) => { this.change({ step }); },
      below: saveBar('Save triangle as', fileFormats, save, this.savedTriangles),
    });
  }

  private branchesCard(): TemplateResult | typeof nothing {
    const { branches, open } = this.own;
    if (branches.length < 2) return nothing;
    return html`<section class="card stack" aria-label="Branches">
      <div class="bar spread">
        <h2>Branches <span class="muted small">all are kept</span></h2>
        ${iconButton({ label: 'Delete the open branch', icon: 'trash', onClick: () => { this.removeBranch(open); } })}
      </div>
      <headlight-branch-tree
        .branches=${branches}
        .opened=${open}
        @open=${({ detail }: CustomEvent<number>) => { this.reopen(detail); }}
        @remove=${({ detail }: CustomEvent<number>) => { this.removeBranch(detail); }}
      ></headlight-branch-tree>
    </section>`;
  }

  private get branch(): Branch | undefined {
    return this.own.branches[this.own.open];
  }

  private listed(models: readonly ListedModel[]): void {
    const isFirst = this.models === null;
    this.models = models;
    if (isFirst) this.begin();
  }

  /** Shows the prompt's branch that was open last, or writes the first. */
  private begin(): void {
    const key = JSON.stringify([this.context.subject.source.first.text, this.model]);
    const isNew = this.own.key !== key;
    if (isNew) this.change({ key, branches: [], open: 0, step: 0 });
    this.told.load(() => Promise.resolve(null), { forget: true });
    if (this.branch) this.reopen(this.own.open);
    else this.write({ forget: true });
  }

  private write({ prefix = [], maxTokens = this.own.how.maxTokens, forget = false }: { readonly prefix?: readonly number[]; readonly maxTokens?: number; readonly forget?: boolean } = {}): void {
    this.ask({ how: this.own.how, maxTokens }, prefix, {}, forget);
  }

  private reopen(index: number): void {
    const branch = this.own.branches[index];
    if (!branch) return;
    this.change({ open: index });
    const ids = branch.steps.map(({ id }) => id);
    const known = this.answers.get(ids.join());
    if (known && (known.lensMissing !== null || known.steps[0]?.lens || !this.own.lens)) {
      this.asked = branch;
      this.run.show(known);
    } else this.ask(branch, ids, { stopAfter: ids.length });
  }

  private ask({ how, maxTokens }: Asked, prefix: readonly number[], more: { readonly stopAfter?: number }, forget = false): void {
    this.asked = { how, maxTokens };
    this.run.start({
      ...this.requestOf({ how, maxTokens }),
      ...(prefix.length > 0 && { prefix: { ids: prefix } }),
      ...(this.own.lens && { lens: lensWords }),
      ...more,
    }, { forget });
  }

  private requestOf({ how, maxTokens }: Asked): WithoutTarget<GenerationRequest> & { readonly inModel: string } {
    const { settings, subject } = this.context;
    return { text: subject.source.first.text, inModel: this.model, ...choiceOf(how), alternatives: settings.topK, maxTokens };
  }

  private arrived(result: Generation): void {
    const { asked, own: { branches }, run } = this;
    if (!asked) return;
    this.answers.set(result.steps.map(({ id }) => id).join(), result);
    // What is opened again stays as it was, how it was drawn and why it ended.
    const same = run.stopped ? -1 : branches.findIndex(({ steps }) => steps.length === result.steps.length && commonSteps(steps, result.steps) === steps.length);
    if (same >= 0) {
      this.change({ open: same });
      const { steps } = branches[same]!;
      run.answer.value = { ...result, steps: result.steps.map((step, index) => ({ ...step, drawnWith: steps[index]!.drawnWith, forced: steps[index]!.forced })) };
      return;
    }
    const { at, branches: all } = withBranch(branches, {
      steps: result.steps.map(({ drawnWith, forced, id, probability, special, start, startsWord, token }) => ({ drawnWith, forced, id, probability, special, start, startsWord, token })),
      output: result.output,
      stopped: run.stopped ? 'reader' : result.stopped,
      how: asked.how,
      maxTokens: asked.maxTokens,
    });
    this.change({ branches: all, open: at });
  }

  private branchAt({ id }: Chance): void {
    const prefix = [...this.steps.slice(0, this.step).map((step) => step.id), id];
    this.write({ prefix, maxTokens: Math.max(this.own.how.maxTokens, prefix.length + leastToGoOn) });
  }

  private removeBranch(index: number): void {
    const { branches, open } = this.own;
    if (branches.length < 2) return;
    this.change({ branches: branches.toSpliced(index, 1), open: open > index ? open - 1 : open });
    if (index === open) this.reopen(Math.min(index, this.own.branches.length - 1));
  }

  private readonly toggleLens = (): void => {
    this.change({ lens: !this.own.lens });
    if (this.own.lens && !this.run.answer.loading) this.reopen(this.own.open);
  };

  /** Where a step stands; null before anything was asked for. */
  private placeOf(step: WrittenStep): NextPlace | null {
    const { asked, context } = this;
    return asked && {
      text: context.subject.source.first.text,
      inModel: this.model,
      after: this.steps.slice(0, this.step).map(({ id }) => id),
      written: step.id,
      alternatives: context.settings.topK,
      maxTokens: asked.maxTokens,
    };
  }

  /** Asks what the settings as they are now would choose from at the shown step, where others wrote it. */
  private askNext(): void {
    const { asked, own: { how } } = this;
    const step = this.steps[this.step];
    const place = step && this.placeOf(step);
    if (asked && place && !sameChances(how, asked.how)) this.chances.ask(place, how);
  }

  private setHow(change: Partial<HowToWrite>): void {
    this.change({ how: { ...this.own.how, ...change } });
  }

  private change(change: Partial<GenerationViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  }
}
