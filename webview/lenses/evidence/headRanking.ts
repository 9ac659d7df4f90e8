import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { partNames, partsOf, sizeOf } from '../../../src/lenses/attention/parts';
import type { AttentionPart } from '../../../src/lenses/attention/contract';
import type { LayerEffects, Ranking } from '../../../src/lenses/evidence/rankContract';
import type { MeasuredOutcome } from '../../../src/lenses/evidence/contract';
import { isHeadOff, withHead } from '../../../src/lenses/whatIf/chosen';
import { type Ablation, ablations, type HeadOfPart } from '../../../src/lenses/whatIf/contract';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { button, iconButton, noticeStyles, selectStyles, sharedStyles, slider, sliderStyles, tableButton } from '../../controls';
import { formatCount } from '../../format';
import { Latest } from '../../latest';
import { type Theme, ThemeController } from '../../theme';
import { differenceColor, differenceShade } from '../attention/compare/differenceLegend';
import { legendStyles } from '../attention/legend';
import { frameStyles, loadState } from '../frame';
import type { HeadCell } from '../headsGrid';
import '../headsGrid';
import { fileFormats, type FileFormat } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { EvidenceCard } from './evidenceCard';
import type { KeptRankings } from './keptRankings';
import { openHead } from './openHead';
import { formatEffect, formatOutcome, signed } from './outcomeTexts';
import { type KnownEffects, largestEffect, raising, type RankedHead, rankedHeads } from './rankedHeads';
import { savedRanking } from './saveRanking';

/** Heads of the list below the grid. */
const listed = 8;
/** Most heads that are muted together, and how many are until the reader chooses: one alone hardly moves many sentences. */
const mostMuted = 24;
const mutedAtFirst = { one: 1, ofSenses: 8 };

const ablationTexts: Readonly<Record<Ablation, { readonly label: string; readonly meaning: string }>> = {
  zero: { label: 'Zero', meaning: 'The head’s output is replaced by zeros. That may be unlike anything the layers above have met.' },
  mean: { label: 'Mean', meaning: 'The head’s output is replaced by its mean over ordinary sentences: what it does on any text stays, what it does on this one goes.' },
};

/** Every head ablated in turn: by how much the outcome changes without it. */
@customElement('headlight-head-ranking')
export class HeadRanking extends EvidenceCard {
  static override styles = [
    sharedStyles,
    noticeStyles,
    ...frameStyles,
    selectStyles,
    sliderStyles,
    legendStyles,
    css`
      .list .open {
        width: 1%;
        padding: 2px 0 2px 4px;
      }
      @container (max-width: 320px) {
        .list th,
        .list td {
          padding-right: 0;
        }
        .list .number {
          padding-left: 4px;
        }
        .list .open {
          padding-left: 0;
        }
        .list .icon-button {
          width: 18px;
        }
      }
      /* Beside the chosen head they are said at any width. */
      @container (max-width: 250px) {
        .list .odds {
          display: none;
        }
      }
      .muted-together {
        padding-top: 8px;
        border-top: 1px solid var(--headlight-border);
      }
    `,
  ];

  /** Where what was measured is kept, and looked up; null for nowhere. */
  @property({ attribute: false }) rankings: KeptRankings | null = null;
  @state() private table = false;
  @state() private shownPart: AttentionPart | null = null;
  /** `layer · heads + head` of the shown part; the strongest until the reader chooses. */
  @state() private chosen: number | null = null;
  /** Heads that are muted together; null until the reader chooses. */
  @state() private strongest: number | null = null;
  /** What is known of a ranking that is not done. */
  @state() private known: ReadonlyMap<AttentionPart, KnownEffects> = new Map();
  @state() private progress: { readonly done: number; readonly total: number } | null = null;
  /** Which question the answer is of. */
  private rankedFor = '';
  private readonly ranking = new Latest<Ranking>(this);
  private readonly together = new Latest<MeasuredOutcome>(this);
  private readonly saved = new Latest<string | null>(this);
  private readonly themed = new ThemeController(this);

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('asked') && !changed.has('measured')) return;
    if (this.rankedFor === this.question) return;
    // Of another outcome, or of a model of which more or less is off.
    this.rankedFor = '';
    this.ranking.clear();
    this.together.clear();
    this.known = new Map();
    this.chosen = null;
    const { asked, measured, off, rankings } = this;
    const kept = rankings?.of(asked.outcome, measured.model.id, off);
    if (!kept) return;
    this.ranking.value = kept.ranking;
    if (this.own.ablation !== kept.ranking.ablation) this.choice({ ablation: kept.ranking.ablation });
    this.rankedFor = this.question;
  }

  /** Measures each head, unless that is known or under way. */
  rank(): void {
    if (this.rankedFor !== this.question) this.start();
  }

  override render(): TemplateResult {
    const { own: { ablation }, ranking, table } = this;
    const parts = this.parts;
    const { loading } = ranking;
    const { done = 0, total = 0 } = this.progress ?? {};
    return html`<section class="card stack" aria-label="Effect of each head">
      <div class="bar spread">
        <h2>Effect of each head <span class="muted small">the outcome without it, less the outcome with it</span></h2>
        ${parts.length > 0 ? tableButton(table, () => { this.table = !table; }) : nothing}
      </div>
      <div class="bar">
        <headlight-segmented
          label="Ablation"
          .value=${ablation}
          .segments=${ablations.map((value) => ({ value, label: ablationTexts[value].label }))}
          @choose=${({ detail }: CustomEvent<Ablation>) => { this.choice({ ablation: detail }); }}
        ></headlight-segmented>
        ${loading
          ? button({ label: 'Cancel', icon: 'debug-stop', onClick: ranking.stop })
          : button({ label: parts.length > 0 ? 'Measure again' : 'Measure each head', kind: 'primary', icon: 'play', onClick: () => { this.start(); } })}
        <span class="muted small number" role="status" data-progress>${loading && total > 0 ? `${done} of ${formatCount(total, 'head')}` : ''}</span>
      </div>
      <p class="muted small">${ablationTexts[ablation].meaning}</p>
      ${loading || (ranking.error !== null && this.rankedFor === this.question) ? loadState(ranking, null) : nothing}
      ${parts.length > 0 ? this.answer(parts) : nothing}
    </section>`;
  }

  /** What is known of the question that is asked. */
  private get parts(): readonly KnownEffects[] {
    const { ranking: { value, loading, error } } = this;
    if (this.rankedFor !== this.question) return [];
    return loading || error !== null ? [...this.known.values()] : (value?.parts ?? []);
  }

  private start(): void {
    const { asked, editor, measured, off, own: { ablation }, question, rankings } = this;
    this.rankedFor = question;
    this.known = new Map();
    this.progress = null;
    this.chosen = null;
    this.ranking.load(async (signal) => {
      const ranking = await editor.call('evidence/rank', { ...asked, ablation }, {
        signal,
        onProgress: ({ done, effects, total }) => {
          if (signal.aborted) return;
          if (done !== undefined && total !== undefined) this.progress = { done, total };
          if (effects) this.learn(effects);
        },
      });
      // What is off may have changed before the panel was told.
      if (!signal.aborted && ranking.model.name === measured.model.name) rankings?.keep({ asked, off, ranking });
      return ranking;
    }, { forget: true });
  }

  /** Takes in the effects of a layer. */
  private learn({ effects, layer, part }: LayerEffects): void {
    const { layers, heads } = sizeOf(this.measured.model, part);
    const before = this.known.get(part)?.effects ?? new Float32Array(layers * heads).fill(NaN);
    const all = before.slice();
    all.set(effects, layer * heads);
    this.known = new Map(this.known).set(part, { part, layers, heads, effects: all, logOdds: null });
  }

  private answer(parts: readonly KnownEffects[]): TemplateResult {
    const shown = parts.find(({ part }) => part === this.shownPart) ?? parts[0]!;
    const ranked = rankedHeads(parts);
    const { ranking } = this;
    const whole = !ranking.loading && ranking.error === null ? ranking.value : null;
    return html`${partsOf(this.measured.model).length > 1
        ? html`<headlight-segmented
            label="Part"
            .value=${shown.part}
            .segments=${parts.map(({ part }) => ({ value: part, label: part }))}
            @choose=${({ detail }: CustomEvent<AttentionPart>) => { this.shownPart = detail; this.chosen = null; }}
          ></headlight-segmented>`
        : nothing}
      ${this.table ? this.list(ranked, 'All heads, the largest effect first') : html`${this.grid(shown)} ${this.list(ranked.slice(0, listed), `The ${listed} heads of the largest effect`)}`}
      <p class="muted small">
        − the outcome falls without the head, + it rises. Each head is off by itself: heads that do the same stand in for each other, so
        that effects do not add up.
      </p>
      ${whole ? html`${this.muted(ranked)} ${saveBar('Save effects as', fileFormats, (format) => { this.save(whole, shown, format); }, this.saved)}` : nothing}`;
  }

  private grid(shown: KnownEffects): TemplateResult {
    const { themed: { theme } } = this;
    const { effects, heads, layers, part } = shown;
    const max = largestEffect([shown]);
    const chosen = this.chosenOf(shown);
    const cells = Array.from(effects, (effect, at): HeadCell => {
      const label = this.described({ part, layer: Math.floor(at / heads), head: at % heads, effect, logOdds: null });
      return Number.isNaN(effect) ? { share: null, text: '·', label } : { share: Math.sign(effect) * differenceShade(effect, max), text: sign(effect), label };
    });
    const open = (): void => { this.open({ part, layer: Math.floor(chosen / heads), head: chosen % heads }); };
    return html`<headlight-heads-grid
        diverging
        .layers=${layers}
        .heads=${heads}
        .cells=${cells}
        .chosen=${chosen}
        .caption=${`Effect of each head of the ${partNames[part]}, a row for each layer, a column for each head`}
        @choose=${({ detail }: CustomEvent<number>) => { this.chosen = detail; }}
        @dblclick=${open}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          open();
        }}
      ></headlight-heads-grid>
      ${effectLegend(theme, max, this.measured.scale)}
      <div class="bar spread" data-chosen>
        <span class="small">${this.described({ part, layer: Math.floor(chosen / heads), head: chosen % heads, effect: effects[chosen]!, logOdds: shown.logOdds?.[chosen] ?? null })}</span>
        <span class="bar">
          ${this.switchButton({ part, layer: Math.floor(chosen / heads), head: chosen % heads })}
          ${button({ label: 'Open in the attention view', onClick: open })}
        </span>
      </div>`;
  }

  private list(heads: readonly RankedHead[], caption: string): TemplateResult {
    const { measured } = this;
    const hasParts = partsOf(measured.model).length > 1;
    const hasOdds = measured.scale === 'probability';
    return html`<table class="list">
      <caption class="visually-hidden">${caption}</caption>
      <thead>
        <tr>
          <th scope="col">Head</th>
          ${hasParts ? html`<th scope="col">Part</th>` : nothing}
          <th scope="col" class="number">Effect</th>
          ${hasOdds ? html`<th scope="col" class="number odds" title="Difference of log-odds, natural logarithm">Log-odds</th>` : nothing}
          <th scope="col" class="number">Without it</th>
          <th scope="col" class="open"><span class="visually-hidden">Open</span></th>
        </tr>
      </thead>
      <tbody>
        ${heads.map((one) => html`<tr data-ranked="${one.layer}.${one.head}">
          <th scope="row" title="Layer ${one.layer}, head ${one.head}">${one.layer}.${one.head}</th>
          ${hasParts ? html`<td>${one.part}</td>` : nothing}
          <td class="number">${formatEffect(one.effect, measured)}</td>
          ${hasOdds ? html`<td class="number odds">${one.logOdds === null ? '' : signed(one.logOdds)}</td>` : nothing}
          <td class="number">${formatOutcome(measured.value + one.effect, measured.scale)}</td>
          <td class="open">${iconButton({ label: `Open in the attention view: layer ${one.layer}, head ${one.head}`, icon: 'arrow-right', onClick: () => { this.open(one); } })}</td>
        </tr>`)}
      </tbody>
    </table>`;
  }

  /** The heads that raise the outcome most, muted together. */
  private muted(ranked: readonly RankedHead[]): TemplateResult | typeof nothing {
    const { measured, together } = this;
    const raise = raising(ranked);
    if (raise.length === 0) return nothing;
    const most = Math.min(mostMuted, raise.length);
    const ofSenses = this.asked.outcome.kind === 'separation';
    const count = Math.min(this.strongest ?? (ofSenses ? mutedAtFirst.ofSenses : mutedAtFirst.one), most);
    const { value } = together;
    return html`<div class="stack muted-together" role="group" aria-label="Several heads muted together">
      <div class="bar">
        ${slider({
          label: 'Strongest heads', min: 1, max: most, step: 1, value: count, text: String(count),
          onInput: (wanted) => { this.strongest = wanted; },
        })}
        ${button({ label: `Mute the strongest ${count}`, onClick: () => { this.mute(raise.slice(0, count)); } })}
        ${this.whatIf
          ? html`${button({ label: 'Switch off in every view', onClick: () => { this.switchOff(raise.slice(0, count)); } })}
            ${ofSenses && this.asked.inModel === undefined
              ? button({
                  label: 'Switch off and look at the senses', icon: 'whole-word',
                  onClick: () => {
                    this.switchOff(raise.slice(0, count));
                    this.editor.notify('panel/openLens', { lens: 'senses' });
                  },
                })
              : nothing}`
          : nothing}
      </div>
      <p class="muted small">${this.whatIf ? 'What is switched off is off in all views, which show what it was before. ' : ''}Those that the outcome falls most without: <span class="number">${raise.slice(0, count).map(({ layer, head }) => `${layer}.${head}`).join(', ')}</span></p>
      ${together.loading || together.error !== null ? loadState(together, null) : nothing}
      ${value
        ? html`<p role="status" data-together>${visibleText(measured.name)} <span class="number">${formatOutcome(measured.value, measured.scale)} → ${formatOutcome(value.value, value.scale)}</span>
            <span class="muted number">(${formatEffect(value.value - measured.value, measured)})</span></p>`
        : nothing}
    </div>`;
  }

  private mute(heads: readonly RankedHead[]): void {
    const { ablation } = this.ranking.value!;
    const { asked, editor } = this;
    const without = { ablation, heads: heads.map(({ part, layer, head }) => ({ part, layer, head })) };
    this.together.load((signal) => editor.call('evidence/measure', { ...asked, without }, { signal }), { forget: true });
  }

  /** One head off in every view, or on again. */
  private switchButton(place: HeadOfPart): TemplateResult | typeof nothing {
    const { asked: { inModel }, whatIf } = this;
    if (!whatIf) return nothing;
    const off = whatIf.off(inModel);
    const isOff = off.heads.some((head) => head.part === place.part && head.layer === place.layer && head.head === place.head);
    return button({ label: isOff ? 'Switch on' : 'Switch off', onClick: () => { whatIf.switch(withHead({ ...off, ablation: this.own.ablation }, place), inModel); } });
  }

  /** Further heads off in every view, as they were ablated here. */
  private switchOff(heads: readonly RankedHead[]): void {
    const { asked: { inModel }, whatIf } = this;
    const off = whatIf!.off(inModel);
    const more = heads.filter((head) => !isHeadOff(off, head)).map(({ part, layer, head }) => ({ part, layer, head }));
    whatIf!.switch({ ...off, ablation: this.ranking.value!.ablation, heads: [...off.heads, ...more] }, inModel);
  }

  private open(place: Pick<RankedHead, 'part' | 'layer' | 'head'>): void {
    openHead(this.editor, this.asked, this.measured.model.id, place);
  }

  private save(ranking: Ranking, shown: KnownEffects, format: FileFormat): void {
    const subject = excerpt(this.subject.source.first.text, 100);
    reportSaved(this.saved, async () => this.editor.save(await savedRanking({ ranking, shown, subject }, format, this.themed.theme)));
  }

  private described({ effect, head, layer, logOdds }: RankedHead): string {
    const { measured } = this;
    const place = `Layer ${layer}, head ${head}`;
    if (Number.isNaN(effect)) return `${place}: not measured yet`;
    const odds = logOdds === null ? '' : `, log-odds ${signed(logOdds)}`;
    return `${place}: ${formatEffect(effect, measured)}${odds}; ${formatOutcome(measured.value + effect, measured.scale)} without it`;
  }

  private chosenOf({ effects }: KnownEffects): number {
    if (this.chosen !== null && this.chosen < effects.length) return this.chosen;
    return effects.reduce((best, effect, at) => (Math.abs(effect) > Math.abs(effects[best]!) || Number.isNaN(effects[best]) ? at : best), 0);
  }
}

function sign(value: number): string {
  return value < 0 ? '−' : value > 0 ? '+' : '0';
}

function effectLegend(theme: Theme, max: number, scale: MeasuredOutcome['scale']): TemplateResult {
  const stops = Array.from({ length: 33 }, (_, index) => `${differenceColor(theme.diverging, index / 16 - 1, 1)} ${(index / 32) * 100}%`);
  return html`<div class="legend">
    <span class="number">${formatEffect(-max, { scale })}</span>
    <span class="scale" role="presentation" .style=${`background: linear-gradient(to right, ${stops.join(', ')})`}></span>
    <span class="number">${formatEffect(max, { scale })}</span>
    <span>effect, square-root scale${scale === 'probability' ? '; pp: percentage points' : ''}</span>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'headlight-head-ranking': HeadRanking;
  }
}
