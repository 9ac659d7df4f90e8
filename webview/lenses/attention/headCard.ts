import { html, nothing, type TemplateResult } from 'lit';
import type { AttentionMap } from '../../../src/lenses/attention/contract';
import { checkbox, iconButton, notice, select, slider, tableButton } from '../../controls';
import type { GridPlace } from '../../draw/grid';
import type { Pair } from '../../whatIf/tokenSwitches';
import type { Latest } from '../../latest';
import type { Theme } from '../../theme';
import { loadState } from '../frame';
import { drawingFor, drawings, gestureTexts, keptText, kindTexts, readingTexts, type Drawing } from './drawings';
import { usualMass } from './edges';
import './headLines';
import './headMatrix';
import { headTable } from './headTable';
import './headText';
import { pairFilters, pairLabels, type HeadView, type PairFilter } from './headView';
import { scaleLegend } from './legend';
import { mapTexts } from './mapTexts';
import { roundedText } from './roundedText';
import { ofOneHead, type HeadPlace } from './severalHeads';
import { togetherBar, togetherText } from './togetherBar';
import type { AttentionViewState, Followed } from './viewState';

/** What the card of one head shows, and what it is answered with. */
export interface HeadCard {
  readonly title: string;
  readonly own: AttentionViewState;
  /** Null until the weights are there. */
  readonly shown: HeadView | null;
  readonly maps: Latest<readonly AttentionMap[]>;
  /** The heads that are drawn. */
  readonly places: readonly HeadPlace[];
  /** The heads before and after the open one, null at the ends. */
  readonly previous: HeadPlace | null;
  readonly next: HeadPlace | null;
  /** Whether words of the text are made of several tokens. */
  readonly pieces: boolean;
  readonly pair: boolean;
  /** The maps that make sense of what is shown. */
  readonly mapKinds: readonly AttentionViewState['map'][];
  /** Whether an engine answers; not so on a saved page. */
  readonly live: boolean;
  /** What a kept token does outside the panel; empty for nothing. */
  readonly shaded: string;
  /** Tokens under the editor's selection. */
  readonly selected: readonly number[];
  readonly theme: Theme;
  /** Below the drawing: saving, copying, comparing. */
  readonly below: TemplateResult | typeof nothing;
  readonly change: (change: Partial<AttentionViewState>) => void;
  readonly open: (place: HeadPlace) => void;
  readonly takeOut: (place: HeadPlace) => void;
  readonly drawAlone: () => void;
  readonly chooseMap: (map: AttentionViewState['map']) => void;
  readonly pin: (followed: Followed | null) => void;
  /** What is off of what is drawn; null where nothing can be switched. */
  readonly cut: CutEdges | null;
  /** Below the drawing while a token is kept: what can be done to it. */
  readonly whatIf: TemplateResult | typeof nothing;
}

/** Edges and tokens of the shown map that are off, and how an edge is cut. */
export interface CutEdges {
  /** Row and column of each. */
  readonly cuts: readonly GridPlace[];
  /** Tokens that are hidden, deleted or replaced. */
  readonly struck: ReadonlySet<number>;
  readonly cut: (pair: Pair) => void;
}

const noTokens: ReadonlySet<number> = new Set();

/** One head in full, or several in one drawing. */
export function headCard(card: HeadCard): TemplateResult {
  const { own, shown, maps } = card;
  const rounded = roundedText(maps.value);
  return html`<section class="card stack" aria-label="One head">
    <div class="bar spread">
      <div class="bar">
        ${own.together ? nothing : stepButton('Previous head', 'chevron-left', card.previous, card.open)}
        <h2 aria-live="polite">${card.title}</h2>
        ${own.together ? nothing : stepButton('Next head', 'chevron-right', card.next, card.open)}
      </div>
      ${tableButton(own.table, () => { card.change({ table: !own.table }); })}
    </div>
    ${own.together ? togetherBar(card.places, card.theme, { onRemove: card.takeOut, onEnd: card.drawAlone }) : nothing}
    ${filterBar(card)}
    ${mapChoice(card)}
    ${own.hideSpecial
      ? notice('info', 'Weights renormalised without special tokens: each row sums to 1 again.')
      : nothing}
    ${own.mergePieces && card.pieces ? notice('info', 'Words instead of pieces: sums over the pieces of a key, means over those of a query.') : nothing}
    ${rounded === '' ? nothing : html`<p class="muted small">${rounded}</p>`}
    ${loadState(maps, null)} ${shown ? html`${drawingOf(card, shown)}${card.whatIf}${card.below}` : nothing}
  </section>`;
}

function stepButton(label: string, icon: 'chevron-left' | 'chevron-right', to: HeadPlace | null, open: (place: HeadPlace) => void): TemplateResult {
  return iconButton({ label, icon, disabled: to === null, onClick: () => { if (to) open(to); } });
}

/** How the head is drawn, and what of its weights. */
function filterBar({ own, shown, pieces, pair, change }: HeadCard): TemplateResult {
  return html`<div class="bar spread">
    <headlight-segmented
      label="Drawing"
      .segments=${drawings}
      .value=${drawingFor(own.drawing, shown?.queries.length ?? 0)}
      @choose=${({ detail }: CustomEvent<Drawing>) => { change({ drawing: detail, table: false }); }}
    ></headlight-segmented>
    ${checkbox({
      label: 'Hide special tokens',
      checked: own.hideSpecial,
      onChange: (hideSpecial) => { change({ hideSpecial }); },
    })}
    ${pieces
      ? checkbox({
          label: 'Merge word pieces',
          checked: own.mergePieces,
          onChange: (mergePieces) => { change({ mergePieces }); },
        })
      : nothing}
    ${pair
      ? html`<headlight-segmented
          label="Sentence pair"
          .segments=${pairFilters.map((value) => ({ value, label: pairLabels[value] }))}
          .value=${own.pairs}
          @choose=${({ detail }: CustomEvent<PairFilter>) => { change({ pairs: detail }); }}
        ></headlight-segmented>`
      : nothing}
  </div>`;
}

/** Which map of this layer and head is shown. */
function mapChoice({ own, mapKinds, live, chooseMap }: HeadCard): TemplateResult {
  const choice = select({
    label: 'Show',
    value: own.map,
    options: mapKinds
      .filter((kind) => (!own.together || ofOneHead(kind)) && (live || kind !== 'norms'))
      .map((kind) => ({ value: kind, label: mapTexts[kind].label })),
    onChange: chooseMap,
  });
  return html`${choice}<p class="muted small">${mapTexts[own.map].explanation}</p>`;
}

function drawingOf(card: HeadCard, shown: HeadView): TemplateResult {
  const { own } = card;
  const rows = shown.queries.length;
  if (rows === 0 || shown.keys.length === 0) return html`<p class="muted">No token is left to show.</p>`;
  if (own.table) return headTable(shown, own.pinned, card.cut?.cuts);
  const drawing = drawingFor(own.drawing, rows);
  const mass = own.mass ?? usualMass(rows);
  return html`${drawn(card, shown, drawing, mass)}
    ${drawing === 'matrix' && !shown.parts
      ? scaleLegend(card.theme.ramp, shown.max)
      : drawing === 'matrix' ? nothing : slider({
          label: 'Keep of each row',
          min: 0.05,
          max: 1,
          step: 0.05,
          value: mass,
          text: `${Math.round(mass * 100)}\u202f%`,
          onInput: (value) => { card.change({ mass: value }); },
        })}
    ${shown.parts ? html`<p class="muted small">${togetherText(drawing, shown.parts.length)}</p>` : nothing}
    <p class="muted small">
      ${keptText(drawing, mass, rows)} ${readingTexts[drawing]} ${kindTexts[shown.kind]}
    </p>
    <p class="muted small" data-gestures>${gestureTexts[drawing]} ${card.shaded} ${card.cut ? cutTexts[drawing] : nothing}</p>`;
}

/** How an edge is cut by a key. */
const cutTexts = {
  lines: 'While a token is kept, X on one of the other column cuts the edge between them in this head, or joins it again.',
  text: 'While a token is kept, X on another cuts the edge between them in this head, or joins it again.',
  matrix: 'X cuts the edge of the cell that is pointed at, in this head, or joins it again.',
} as const;

function drawn({ title, own: { mergePieces, pinned }, pieces, selected, pin, cut }: HeadCard, shown: HeadView, drawing: Drawing, mass: number): TemplateResult {
  const what = mergePieces && pieces ? 'words' : 'tokens';
  const label = `${title}: attention from ${shown.queries.length} query ${what} to ${shown.keys.length} key ${what}; “Show as table” gives the numbers.`;
  const cutHere = ({ detail }: CustomEvent<Pair>): void => { cut?.cut(detail); };
  const cuts = cut?.cuts ?? [];
  const pinnedHere = ({ detail }: CustomEvent<Followed | null>): void => { pin(detail); };
  switch (drawing) {
    case 'lines':
      return html`<headlight-head-lines
        .view=${shown}
        .pinned=${pinned}
        .selected=${selected}
        .mass=${mass}
        .label=${label}
        .cuts=${cuts}
        .struck=${cut?.struck ?? noTokens}
        @pin=${pinnedHere}
        @cut=${cutHere}
      ></headlight-head-lines>`;
    case 'matrix':
      return html`<headlight-head-matrix
        .view=${shown}
        .pinned=${pinned}
        .selected=${selected}
        .label=${label}
        .cuts=${cuts}
        @pin=${pinnedHere}
        @cut=${cutHere}
      ></headlight-head-matrix>`;
    case 'text':
      return html`<headlight-head-text
        .view=${shown}
        .pinned=${pinned}
        .selected=${selected}
        .mass=${mass}
        .label=${label}
        .cuts=${cuts}
        .struck=${cut?.struck ?? noTokens}
        @pin=${pinnedHere}
        @cut=${cutHere}
      ></headlight-head-text>`;
  }
}
