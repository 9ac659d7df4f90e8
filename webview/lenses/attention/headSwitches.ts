import { html, nothing, type TemplateResult } from 'lit';
import type { AttentionOverview } from '../../../src/lenses/attention/contract';
import { hasVectors } from '../../../src/lenses/attention/parts';
import { edgesIn, isOfText, type SwitchedText, withHead, withRow } from '../../../src/lenses/whatIf/chosen';
import type { EditorConnection } from '../../connection';
import { edgeWithin, withPair } from '../../whatIf/tokenSwitches';
import type { WhatIf } from '../../whatIf/whatIf';
import type { CutEdges } from './headCard';
import { itemOf, type HeadView } from './headView';
import type { HeadPlace } from './severalHeads';
import type { Followed } from './viewState';

/** A drawn head, and what is switched by it. */
export interface SwitchedHead {
  readonly overview: AttentionOverview;
  readonly place: HeadPlace;
  /** What edges and tokens are counted in; null while that is not known. */
  readonly text: SwitchedText | null;
  /** Null where nothing can be switched. */
  readonly whatIf: WhatIf | null;
  /** Id of the model; undefined for the one in force. */
  readonly model: string | undefined;
}

/** Switches a head off or on, or its whole layer where no head is named. */
export function switchPlace({ overview: { heads, part }, model, whatIf }: Pick<SwitchedHead, 'overview' | 'model' | 'whatIf'>, { layer, head }: { readonly layer: number; readonly head: number | null }): void {
  const off = whatIf?.off(model);
  if (off) whatIf?.switch(head === null ? withRow(off, { part, layer }, heads) : withHead(off, { part, layer, head }), model);
}

/** Edges of the head and tokens that are off, where what they are counted in is the shown text. */
export function cutEdges({ overview, place, text, whatIf, model }: SwitchedHead, { keys, queries }: HeadView): CutEdges | null {
  if (!whatIf || !text || !hasVectors(overview)) return null;
  const { part } = overview;
  const off = whatIf.off(model);
  return {
    cuts: edgesIn(off, { part, ...place }, text.ids)
      .map(({ key, query }) => ({ row: itemOf(queries, query), column: itemOf(keys, key) }))
      .filter(({ column, row }) => row >= 0 && column >= 0),
    struck: new Set(isOfText(off, text.ids) ? off.tokens.map(({ token }) => token) : []),
    cut: (pair) => { whatIf.switch(withPair(off, pair, edgeWithin('head', part, place), text), model); },
  };
}

/** What can be done to the token that is followed. */
export function tokenSwitches({ overview, place, text, whatIf, model }: SwitchedHead, view: HeadView, pinned: Followed | null, editor: EditorConnection): TemplateResult | typeof nothing {
  if (!whatIf || !pinned || !text || !hasVectors(overview)) return nothing;
  return html`<headlight-token-switches
    .editor=${editor}
    .whatIf=${whatIf}
    .model=${model}
    .map=${overview}
    .text=${text}
    .view=${view}
    .place=${place}
    .pinned=${pinned}
  ></headlight-token-switches>`;
}
