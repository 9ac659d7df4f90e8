import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Classification, ClassificationRequest, Evidence } from '../../../src/lenses/classification/contract';
import { classLines } from '../../../src/lenses/checks/propose';
import { correlationInWords } from '../../../src/lenses/classification/correlationInWords';
import type { WithoutTarget } from '../../../src/lenses/model';
import type { PanelCall, ProposedCheck, ShadedEvidence, Source, Subject } from '../../../src/panel/contract';
import type { TextRange } from '../../../src/text/range';
import { button, checkbox, select, selectStyles, sharedStyles, tableButton } from '../../controls';
import { Latest } from '../../latest';
import { checkButton } from '../checkButton';
import { beforeAfter } from '../../whatIf/beforeAfter';
import { switchBar } from '../../whatIf/switchBar';
import { switchKey } from '../../whatIf/whatIf';
import { frameStyles, headline, layoutStyles, loadState, windowedNotice } from '../frame';
import { reportSaved, saveBar } from '../saveBar';
import { LensView, type ViewContext } from '../view';
import { classBars, classBarStyles, className } from './classBars';
import { evidenceTable } from './evidenceTable';
import './evidenceText';
import { shadedEvidence } from './evidenceWords';
import './linesView';
import { classificationFormats, type ClassificationFormat, savedClassification } from './saveClassification';
import { EvidenceLink } from './shadeDocument';
import { type ClassificationViewState, type LineOrder, readClassificationState, type Shading } from './viewState';

type ClassificationSubject = Extract<Subject, { lens: 'classification' }>;

/** Evidence with the text that it is about, which stays until there is that of another. */
interface ShownEvidence {
  readonly evidence: Evidence;
  readonly source: Source;
}

/** Tokens up to which words are left out without being asked to: a run for each, some seconds at most. */
const quickTokens = 130;
/** The classifier that comes with Headlight. */
const builtIn = 'encoder';

/** Which class a text is of, what its words do for it, and where the classifier's token looks. */
@customElement('headlight-classification')
export class ClassificationView extends LensView<ClassificationSubject> {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    layoutStyles,
    selectStyles,
    classBarStyles,
    css`
      .scroller {
        overflow-x: auto;
      }
      .place {
        display: inline;
        padding: 0;
        border: none;
        color: var(--vscode-foreground);
        background: none;
        font: inherit;
        font-family: var(--vscode-editor-font-family, monospace);
        white-space: nowrap;
        cursor: pointer;
      }
      .place:hover {
        text-decoration: underline;
      }
      .outdated {
        opacity: 0.6;
      }
      headlight-classified-lines {
        scroll-margin-top: 40px;
      }
    `,
  ];

  @state() private own!: ClassificationViewState;
  /** Whether what is shaded in the document was cleared there: until there is other evidence. */
  private cleared = false;
  private bringIntoView = false;
  /** What the editor is to shade for the evidence that is shown. */
  private shaded: ShadedEvidence | null = null;
  private readonly answer = new Latest<Classification>(this, (answer) => { this.arrived(answer); });
  private readonly evidence = new Latest<ShownEvidence>(this, ({ evidence, source }) => {
    this.cleared = false;
    this.shaded = shadedEvidence(evidence, source);
  });
  private readonly saved = new Latest<string | null>(this);
  private readonly link = new EvidenceLink(this, {
    editor: () => this.context.editor,
    shaded: () => (this.own.shades && !this.cleared && this.evidence.value && !this.evidence.loading ? this.shaded : null),
    release: () => {
      this.cleared = true;
      this.requestUpdate();
    },
  });

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('context') as ViewContext<ClassificationSubject> | undefined;
    if (!changed.has('context') || before?.subject === this.context.subject) return;
    const { saved, subject: { opened } } = this.context;
    if (!before) this.own = readClassificationState(saved);
    if (opened && opened.id !== this.own.opened) {
      this.change({ opened: opened.id, lines: true });
      this.bringIntoView = true;
    }
    this.link.forget();
    this.load(before !== undefined && before.subject.source.uri === this.context.subject.source.uri);
  }

  override updated(): void {
    const lines = this.bringIntoView ? this.renderRoot.querySelector('headlight-classified-lines') : null;
    if (!lines) return;
    this.bringIntoView = false;
    requestAnimationFrame(() => { lines.scrollIntoView({ block: 'start' }); });
  }

  override render(): TemplateResult {
    const { answer, context, own } = this;
    const { value } = answer;
    return html`<div class="stack">
      ${headline(context.subject.source.label, value?.model ?? null)}
      ${switchBar(context, { model: own.inModel ?? undefined })}
      ${loadState(answer, context.progress, answer.code === 'no-classifier' ? this.otherModels() : [])}
      ${value
        ? html`${windowedNotice(value)} ${beforeAfter(context, { method: 'classification/classify', request: this.request() })}
            <div class="layout">${this.classes(value)} ${this.words(value)}</div>
            ${saveBar('Save as', classificationFormats, (format) => { this.save(value, format); }, this.saved, checkButton(context.editor, this.check(), this.saved))}
            <section class="card stack" aria-label="Lines of the document">
              <div class="bar spread">
                <h2>Lines of the document</h2>
                ${button({ label: own.lines ? 'Hide' : 'Classify every line', onClick: () => { this.change({ lines: !own.lines }); } })}
              </div>
              ${own.lines
                ? keyed(switchKey(context.whatIf, own.inModel ?? undefined), html`<headlight-classified-lines
                    .editor=${context.editor}
                    .subject=${context.subject}
                    .model=${value.model}
                    .inModel=${own.inModel}
                    .order=${own.order}
                    @order=${({ detail }: CustomEvent<LineOrder>) => { this.change({ order: detail }); }}
                    @reveal=${({ detail }: CustomEvent<TextRange>) => { this.reveal(detail); }}
                  ></headlight-classified-lines>`)
                : nothing}
            </section>`
        : nothing}
    </div>`;
  }

  private classes(answer: Classification): TemplateResult {
    const { own } = this;
    return html`<section class="card stack" aria-label="Classes">
      <div class="bar spread">
        <h2>${answer.probabilities ? html`It is <span data-label>${className(answer.model.labels![answer.label]!)}</span>` : 'What it answers'}</h2>
        ${tableButton(own.table, () => { this.change({ table: !own.table }); })}
      </div>
      ${classBars(answer, own.table)}
      ${own.inModel === null ? nothing : html`<div class="bar"><span class="muted small">${answer.model.name} stands in for the model in force, which tells no classes.</span>
        ${button({ label: 'Ask the model in force', onClick: () => { this.change({ inModel: null }); this.load(); } })}</div>`}
    </section>`;
  }

  private words(answer: Classification): TemplateResult {
    const { evidence, own } = this;
    const { labels, maskToken } = answer.model;
    return html`<section class="card stack" aria-label="Evidence" data-evidence-card>
      <h2>What each word does</h2>
      <div class="bar">
        ${labels!.length > 1
          ? select({
              label: 'for',
              value: own.of !== null && labels!.includes(own.of) ? own.of : '',
              options: [{ value: '', label: `${className(labels![answer.label]!)}, the one found` }, ...labels!.map((label) => ({ value: label, label: className(label) }))],
              onChange: (label) => { this.change({ of: label === '' ? null : label }); this.loadEvidence(answer); },
            })
          : nothing}
        <headlight-segmented
          label="A word is left out by"
          .value=${methodOf(own, answer)}
          .segments=${[
            { value: 'mask', label: maskToken ?? 'Mask', ...(maskToken === null && { disabled: 'This model has no mask token.' }) },
            { value: 'delete', label: 'Delete' },
          ]}
          @choose=${({ detail }: CustomEvent<ClassificationViewState['method']>) => { this.change({ method: detail }); this.loadEvidence(answer); }}
        ></headlight-segmented>
        ${checkbox({ label: 'Shade the document', checked: own.shades, onChange: (shades) => { this.cleared = false; this.change({ shades }); } })}
      </div>
      ${loadState(evidence, this.context.progress)}
      ${evidence.loading ? html`<div class="bar">${button({ label: 'Stop', icon: 'debug-stop', onClick: evidence.stop })}</div>` : nothing}
      ${!evidence.loading && evidence.value === null && evidence.error === null
        ? html`<div class="bar"><p class="muted small">The text is long: the model reads it once for each word that is left out.</p>
            ${button({ label: 'Leave each word out', onClick: () => { this.loadEvidence(answer); } })}</div>`
        : nothing}
      ${evidence.value ? html`<div class="stack ${evidence.loading ? 'outdated' : ''}">${this.shown(evidence.value)}</div>` : nothing}
    </section>`;
  }

  private shown({ evidence, source }: ShownEvidence): TemplateResult {
    const { own } = this;
    const { attention, method, model } = evidence;
    const shading = attention === null || (own.shading === 'best' && attention.best === null) ? 'evidence' : own.shading;
    const reveal = (range: TextRange): void => { this.reveal(range); };
    return html`
      ${attention && !own.table
        ? html`<headlight-segmented
            label="Words are shaded by"
            .value=${shading}
            .segments=${[
              { value: 'evidence', label: 'Evidence' },
              { value: 'mean', label: 'Attention' },
              ...(attention.best ? [{ value: 'best', label: `Head ${attention.best.head}` }] : []),
            ]}
            @choose=${({ detail }: CustomEvent<Shading>) => { this.change({ shading: detail }); }}
          ></headlight-segmented>`
        : nothing}
      ${own.table
        ? evidenceTable(evidence, source, reveal)
        : html`<headlight-evidence-text .evidence=${evidence} .source=${source} .shading=${shading} @reveal=${({ detail }: CustomEvent<TextRange>) => { reveal(detail); }}></headlight-evidence-text>`}
      ${attention ? html`<p data-correlation>${correlationInWords(attention, model.heads)}</p>` : nothing}
      <p class="muted small">
        Each word is left out in turn (${method === 'mask' ? `${model.maskToken ?? 'a mask'} in its place` : 'taken away'}), and the text read again: what the class
        loses is what the word gave it. Log-odds, ln(p / (1 − p)), tell words apart also where the probability is all but 1. Words that say
        the same cover for each other, so that none of them alone does much.
        ${attention ? html`Attention is that of ${evidence.tokens[attention.token]!.piece} in the last layer, which the classifier reads.` : 'No single token is known to be read by this classifier, so no attention is compared.'}
      </p>
    `;
  }

  private otherModels(): TemplateResult[] {
    const { editor } = this.context;
    return [
      ...(this.own.inModel === builtIn ? [] : [button({ label: 'Use the built-in encoder', onClick: () => { this.change({ inModel: builtIn }); this.load(); } })]),
      button({ label: 'Choose a Model', onClick: () => { editor.notify('panel/command', { command: 'chooseModel' }); } }),
    ];
  }

  private request(): WithoutTarget<ClassificationRequest> & PanelCall {
    const { first, second, selection } = this.context.subject.source;
    const { inModel } = this.own;
    return { text: first.text, ...(second && { pair: second.text }), focus: selection.start, ...(inModel !== null && { inModel }) };
  }

  private load(keep = false): void {
    const request = this.request();
    this.answer.load((signal) => this.context.editor.call('classification/classify', request, { signal }), { forget: !keep });
  }

  private arrived(answer: Classification): void {
    if (answer.tokens.length <= quickTokens) this.loadEvidence(answer);
    else this.evidence.clear();
  }

  private loadEvidence(answer: Classification): void {
    const request = this.request();
    const of = this.own.of === null ? -1 : answer.model.labels!.indexOf(this.own.of);
    const { editor, subject: { source } } = this.context;
    const asked = { ...request, method: methodOf(this.own, answer), ...(of >= 0 && { of }) };
    this.evidence.load(async (signal) => ({ evidence: await editor.call('classification/evidence', asked, { signal }), source }));
  }

  protected override proposedCheck(): ProposedCheck | null {
    const { answer: { value }, context: { subject: { source: { first, second } } }, own: { inModel } } = this;
    if (!value || value.windowed) return null;
    return { text: first.text, second: second?.text ?? null, written: null, expectations: classLines(value), ...(inModel !== null && { inModel }) };
  }

  private save(answer: Classification, format: ClassificationFormat): void {
    const { editor, subject: { source } } = this.context;
    const evidence = this.evidence.loading ? null : (this.evidence.value?.evidence ?? null);
    reportSaved(this.saved, () => editor.save(savedClassification(answer, evidence, source, format)));
  }

  private change(change: Partial<ClassificationViewState>): void {
    this.own = { ...this.own, ...change };
    this.context.save(this.own);
  }
}

/** A model without a mask token can only have words deleted. */
function methodOf({ method }: ClassificationViewState, { model }: Classification): ClassificationViewState['method'] {
  return model.maskToken === null ? 'delete' : method;
}
