import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { AttentionMap, AttentionOverview, AttentionRequest } from '../../../../src/lenses/attention/contract';
import { mapName } from '../../../../src/lenses/attention/maps';
import { sizeOf } from '../../../../src/lenses/attention/parts';
import type { ModelInfo } from '../../../../src/lenses/model';
import type { ListedModel, PanelCall, SavedFile, WithoutTarget } from '../../../../src/panel/contract';
import type { TextRange } from '../../../../src/text/range';
import { copyPicture } from '../../../clipboard';
import { button, iconButton, notice, select, selectStyles, sharedStyles, tableButton } from '../../../controls';
import type { EditorConnection } from '../../../connection';
import { Latest } from '../../../latest';
import { memoize } from '../../../memoize';
import { ThemeController } from '../../../theme';
import { frameStyles, loadState, windowedNotice } from '../../frame';
import { headTable } from '../headTable';
import { headView, type HeadFilter, type HeadView, type PairFilter } from '../headView';
import { legendStyles } from '../legend';
import '../../modelChoice';
import { mapRows } from '../mapRows';
import { fileFormats, type FileFormat } from '../../pictureFile';
import { reportSaved, saveBar } from '../../saveBar';
import { aligned } from './aligned';
import type { CompareState, ComparisonKind } from './compareState';
import { differenceOf, type Difference } from './difference';
import { differenceReadout, type PointedCell } from './differenceReadout';
import { differenceTable } from './differenceTable';
import { clamped, otherSideOf, type AnsweredSide, type OtherSide } from './otherSide';
import './otherText';
import { savedDifference, type ComparedSides } from './saveDifference';
import { chooseWord, type ChosenWord, type WordChoice } from './sharedWord';
import { sideBySide, sidesStyles } from './sides';
import './wordComparison';

const kinds = [
  { value: 'head', label: 'Head' },
  { value: 'text', label: 'Text' },
  { value: 'model', label: 'Model' },
] as const;

/**
 * The shown map beside another one, and their difference. Emits `compare` with a `Partial<CompareState>`, `close`, and
 * `open` with the layer and head of a head that the reader wants to see.
 */
@customElement('headlight-attention-compare')
export class AttentionCompare extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    legendStyles,
    selectStyles,
    sidesStyles,
    css`
      .readout {
        position: sticky;
        bottom: 0;
        padding: 6px 0;
        background: var(--vscode-editor-background);
        font-size: var(--headlight-small);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) own!: CompareState;
  @property({ attribute: false }) overview!: AttentionOverview;
  /** What A is about. */
  @property({ attribute: false }) request!: WithoutTarget<AttentionRequest> & PanelCall;
  @property({ attribute: false }) map!: AttentionMap;
  /** A as the head card shows it, by this filter. */
  @property({ attribute: false }) view!: HeadView;
  @property({ attribute: false }) filter!: HeadFilter;
  /** Where the followed token stands in the first text. */
  @property({ attribute: false, hasChanged: (now: TextRange | null, before?: TextRange | null) => now?.start !== before?.start || now?.end !== before?.end })
  followed: TextRange | null = null;
  @state() private pointed: PointedCell | null = null;
  private readonly themed = new ThemeController(this);
  private readonly side = new Latest<AnsweredSide>(this);
  private readonly otherModel = new Latest<ModelInfo>(this);
  /** What the reader is told about the difference's file. */
  private readonly saved = new Latest<string | null>(this);
  private readonly isOther = ({ id, readable }: ListedModel): boolean => readable && id !== this.overview.model.id;
  /** What `side` and `otherModel` were asked last. */
  private asked = { side: '', subject: '', model: '' };
  // By values, not by objects that are made anew: what is pointed at is forgotten with the difference it belongs to.
  private readonly wordsOf = memoize((first: string, second: string, named: string | null, start: number | undefined, end: number | undefined) =>
    chooseWord(first, second, named, start === undefined || end === undefined ? null : { start, end }),
  );
  private readonly viewOfSide = memoize(({ map, side }: AnsweredSide, hideSpecial: boolean, pairs: PairFilter, mergePieces: boolean) =>
    // The other text is no pair.
    headView(map.weights, map.tokens, { hideSpecial, pairs: side.kind === 'text' ? 'all' : pairs, mergePieces }, map.kind, mapRows(map)),
  );
  private readonly differenceBetween = memoize(
    (a: HeadView, b: HeadView, { queries, tokens }: AttentionOverview, { map, side }: AnsweredSide, anchor: ChosenWord | null): Difference =>
      differenceOf(a, b, ...aligned({ view: a, queries, tokens }, { view: b, queries: map.queries, tokens: map.tokens }, side.kind, anchor)),
  );
  private difference: Difference | null = null;
  private words: WordChoice | null = null;

  override willUpdate(changed: PropertyValues<this>): void {
    const { own, request } = this;
    // A word that is newly followed says more than one chosen before.
    if (own.word !== null && this.followed !== null && changed.has('followed') && this.hasUpdated) this.change({ word: null });
    this.words = own.kind === 'text' && own.text !== '' ? this.wordsOf(request.text, own.text, own.word, this.followed?.start, this.followed?.end) : null;
    this.ask();
    const before = this.difference;
    const { answered } = this;
    const { hideSpecial, pairs, mergePieces } = this.filter;
    const other = answered && this.viewOfSide(answered, hideSpecial, pairs, mergePieces === true);
    this.difference = other && this.differenceBetween(this.view, other, this.overview, answered, this.words?.chosen ?? null);
    if (this.difference !== before) this.pointed = null;
  }

  override render(): TemplateResult {
    const { own, difference, words, answered } = this;
    return html`<section class="card stack" aria-label="Compare">
      <div class="bar spread">
        <h2>Compare</h2>
        <div class="bar">
          ${tableButton(own.table, () => { this.change({ table: !own.table }); })}
          ${iconButton({ label: 'Close comparison', icon: 'close', onClick: () => { this.dispatchEvent(new CustomEvent('close')); } })}
        </div>
      </div>
      <div class="bar">
        <span class="muted small">${mapName(this.map.map)}, with another</span>
        <headlight-segmented
          label="Compare with"
          .segments=${kinds}
          .value=${own.kind}
          @choose=${({ detail }: CustomEvent<ComparisonKind>) => { this.change({ kind: detail }); }}
        ></headlight-segmented>
        ${this.headChoice()}
      </div>
      ${this.choice()} ${this.asked.side === '' ? nothing : loadState(this.side, null)}
      ${answered ? windowedNotice(answered.map) : nothing}
      ${answered && difference ? this.shown(answered, difference) : nothing}
      ${words && this.overview.written === null ? this.wordPart(words) : nothing}
    </section>`;
  }

  /** B, unless what was answered last is of another subject than what is asked now. */
  private get answered(): AnsweredSide | null {
    const { value } = this.side;
    return value?.side.subject === this.asked.subject ? value : null;
  }

  private choice(): TemplateResult | typeof nothing {
    const { own, editor } = this;
    switch (own.kind) {
      case 'head':
        return nothing;
      case 'text':
        return html`<headlight-other-text
          .editor=${editor}
          .text=${own.text}
          @text=${({ detail }: CustomEvent<{ text: string; word: string | null }>) => { this.change(detail); }}
        ></headlight-other-text>`;
      case 'model':
        return html`<headlight-model-choice
            label="Other model"
            .editor=${editor}
            .model=${own.model}
            .offered=${this.isOther}
            @model=${({ detail }: CustomEvent<string>) => { this.change({ model: detail }); }}
          ></headlight-model-choice>
          ${own.model === null ? nothing : loadState(this.otherModel, null)}`;
    }
  }

  private shown({ side, map }: AnsweredSide, difference: Difference): TemplateResult {
    const sides = this.sidesOf(side, map);
    if (this.own.table) {
      return difference.view.weights.length > 0
        ? differenceTable(difference)
        : html`<p class="muted" data-unaligned>The two share no token that is shown. A, then B:</p>
            ${headTable(difference.a, null)} ${headTable(difference.b, null)}`;
    }
    return html`${sideBySide({
        difference,
        ...sides,
        pointed: this.pointed,
        theme: this.themed.theme,
        onPoint: (cell) => { this.pointed = cell; },
      })}
      <p class="readout" data-readout aria-live="polite">
        ${this.pointed
          ? differenceReadout(this.pointed, difference)
          : html`<span class="muted">Point at a cell, or walk with the arrow keys, for both weights and their difference.</span>`}
      </p>
      ${this.filter.hideSpecial ? notice('info', 'Special tokens are hidden in both; the rows of each are renormalised.') : nothing}
      ${difference.view.weights.length > 0 ? this.differenceSaveBar(difference, sides) : nothing}`;
  }

  /** What A and B are called. */
  private sidesOf({ kind, request }: OtherSide, { map, model }: AnsweredSide['map']): ComparedSides {
    const own = this.overview.model;
    const subjects = { head: ['', ''], text: [this.request.text, request.text], model: [own.name, model.name] } as const;
    const [a, b] = subjects[kind];
    return { a: { name: mapName(this.map.map), subject: a, model: own }, b: { name: mapName(map), subject: b, model } };
  }

  private differenceSaveBar(difference: Difference, sides: ComparedSides): TemplateResult {
    const file = (format: FileFormat): Promise<SavedFile> => savedDifference(difference, sides, format, this.themed.theme);
    const save = (format: FileFormat): void => {
      reportSaved(this.saved, async () => this.editor.save(await file(format)));
    };
    const copy = (): void => {
      this.saved.load(() => copyPicture(file('png')), { forget: true });
    };
    return saveBar('Save difference as', fileFormats, save, this.saved, button({ label: 'Copy picture', name: 'Copy picture of the difference', onClick: copy }));
  }

  /** Layer and head of B, where they are B's own. */
  private headChoice(): TemplateResult | typeof nothing {
    const { own } = this;
    const other = own.kind === 'model' && own.model !== null ? this.otherModel.value : null;
    const size = own.kind === 'head' ? this.overview : other && sizeOf(other, this.overview.part);
    if (!size || size.layers === 0) return nothing;
    const at = clamped(own, size);
    const choice = (label: 'layer' | 'head', count: number): TemplateResult =>
      select({
        label: label === 'layer' ? 'Layer of B' : 'Head of B',
        value: String(at[label]),
        options: Array.from({ length: count }, (_, index) => ({ value: String(index), label: String(index) })),
        onChange: (chosen) => { this.change({ [label]: Number(chosen) }); },
      });
    const { kind } = this.map.map;
    return html`${kind === 'model' && own.kind === 'model' ? nothing : choice('layer', size.layers)}
    ${kind === 'head' || kind === 'norms' ? choice('head', size.heads) : nothing}`;
  }

  private wordPart({ words, chosen }: WordChoice): TemplateResult {
    if (!chosen) return notice('info', 'The two texts share no word, so that no word can be followed from one into the other.');
    return html`<headlight-word-comparison
      .editor=${this.editor}
      .request=${this.request}
      .other=${this.own.text}
      .words=${words}
      .chosen=${chosen}
      .model=${this.overview.model}
      .table=${this.own.table}
      @word=${({ detail }: CustomEvent<string>) => { this.change({ word: detail }); }}
    ></headlight-word-comparison>`;
  }

  /** Asks for the other model and for B when they are others than before. */
  private ask(): void {
    const { own, editor, asked } = this;
    if (own.kind === 'model' && own.model !== null && own.model !== asked.model) {
      const inModel = own.model;
      asked.model = inModel;
      this.otherModel.load((signal) => editor.call('model/load', { inModel }, { signal }), { forget: true });
    }
    const side = otherSideOf(own, { overview: this.overview, request: this.request, map: this.map.map }, this.otherModel.value, this.words?.chosen?.second.start);
    const key = side ? JSON.stringify([side.subject, side.request]) : '';
    if (key === asked.side) return;
    asked.side = key;
    const forget = side?.subject !== asked.subject;
    asked.subject = side?.subject ?? '';
    if (side) this.side.load((signal) => this.answer(side, signal), { forget });
  }

  private async answer(side: OtherSide, signal: AbortSignal): Promise<AnsweredSide> {
    return { side, map: await this.editor.call('attention/textMap', side.request, { signal }) };
  }

  private change(detail: Partial<CompareState>): void {
    this.dispatchEvent(new CustomEvent('compare', { detail }));
  }
}
