import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeadlightError } from '../../src/errors';
import type { AttendedText } from '../../src/lenses/attention/contract';
import { type ChosenSwitches, isOfText, sameEdge, type SwitchedText, withEdge, withToken } from '../../src/lenses/whatIf/chosen';
import { type EdgeOfPart, nothingOff, type SwitchedToken } from '../../src/lenses/whatIf/contract';
import { sidesOf } from '../../src/lenses/whatIf/ownText';
import { visibleText } from '../../src/text/visibleText';
import type { EditorConnection } from '../connection';
import { button, noticeStyles, select, selectStyles, sharedStyles, textField } from '../controls';
import { formatWeight } from '../format';
import { Latest } from '../latest';
import { type HeadView, itemOf } from '../lenses/attention/headView';
import type { HeadPlace } from '../lenses/attention/severalHeads';
import type { Followed } from '../lenses/attention/viewState';
import { loadState } from '../lenses/frame';
import type { WhatIf } from './whatIf';

/** Tokens at either end of edges, by index. */
export interface Pair {
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

/** Where an edge is cut. */
export type Reach = 'head' | 'layer' | 'everywhere';

/** What a map is of, as far as its tokens and edges can be switched. */
export type SwitchedMap = Pick<AttendedText, 'model' | 'part' | 'tokens' | 'queries' | 'written'>;

/** Whether a map is of what is written alone, whose source it does not show. */
export function lacksSource({ model, part }: Pick<SwitchedMap, 'model' | 'part'>): boolean {
  return part === 'decoder' && model.writes?.task !== 'continuation';
}

/** The text that edges and tokens of a map are counted in, by its keys; those of a map that lacks its source are of the encoder's map. */
export function textOfMap({ model, tokens }: Pick<SwitchedMap, 'model' | 'tokens'>): SwitchedText {
  const words = Object.fromEntries(tokens.map(({ id, piece, text }) => [id, text.trim() === '' ? piece : text.trim()]));
  return { ids: tokens.map(({ id }) => id), words, anew: model.writes?.task === 'translation' };
}

/** What is off with an edge cut for every pair of its ends, or let be where all of them are cut already. */
export function withPair(off: ChosenSwitches, { queries, keys }: Pair, edge: Pick<EdgeOfPart, 'part' | 'layer' | 'head'>, text: SwitchedText): ChosenSwitches {
  const edges = queries.flatMap((query) => keys.map((key): EdgeOfPart => ({ ...edge, query, key })));
  const isCut = (one: EdgeOfPart): boolean => isOfText(off, text.ids) && off.edges.some((other) => sameEdge(one, other));
  const change = edges.every(isCut) ? edges : edges.filter((one) => !isCut(one));
  return change.reduce((all, one) => withEdge(all, one, text), off);
}

/** The edge that is cut from a pair in a head, within a reach. */
export function edgeWithin(reach: Reach, part: EdgeOfPart['part'], { layer, head }: HeadPlace): Pick<EdgeOfPart, 'part' | 'layer' | 'head'> {
  return { part, layer: reach === 'everywhere' ? null : layer, head: reach === 'head' ? head : null };
}

/** What can be done to the token that is kept: hidden, deleted, replaced, or cut off from one that it looks at. Emits nothing: it switches. */
@customElement('headlight-token-switches')
export class TokenSwitches extends LitElement {
  static override styles = [
    sharedStyles,
    noticeStyles,
    selectStyles,
    css`
      .fields {
        align-items: end;
      }
      vscode-text-field {
        flex: 1 1 140px;
        max-width: 240px;
      }
      .whatif {
        padding-top: 8px;
        border-top: 1px solid var(--headlight-border);
      }
      .whatif.stack {
        gap: 8px;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) whatIf!: WhatIf;
  @property({ attribute: false }) model: string | undefined;
  @property({ attribute: false }) map!: SwitchedMap;
  /** What edges and tokens are counted in. */
  @property({ attribute: false }) text!: SwitchedText;
  @property({ attribute: false }) view!: HeadView;
  @property({ attribute: false }) place!: HeadPlace;
  @property({ attribute: false }) pinned!: Followed;
  @state() private reach: Reach = 'head';
  /** Row or column of the other end, as text; null for the one with the largest weight. */
  @state() private other: string | null = null;
  private readonly entry = new Latest<void>(this);

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('pinned');
    if (before && (before.side !== this.pinned.side || before.token !== this.pinned.token)) this.other = null;
  }

  override render(): TemplateResult | typeof nothing {
    const { map, pinned, text, view } = this;
    const items = pinned.side === 'query' ? view.queries : view.keys;
    const item = items[itemOf(items, pinned.token)];
    if (!item) return nothing;
    const ofText = sidesOf(map.part, map.model.writes?.task === 'continuation')[pinned.side];
    return html`<div class="whatif stack" role="group" aria-label="What if">
      <h3>What if <span class="source-text">${item.label}</span> …</h3>
      ${ofText ? this.token(item.tokens, text) : nothing} ${this.edge(item.tokens, text)}
    </div>`;
  }

  private get off(): ChosenSwitches {
    return this.whatIf.off(this.model);
  }

  private token(tokens: readonly number[], text: SwitchedText): TemplateResult {
    const { off, map: { model } } = this;
    const to = isOfText(off, text.ids) ? off.tokens.find(({ token }) => tokens.includes(token))?.to : undefined;
    const set = (wanted: SwitchedToken['to']) => (): void => {
      this.switch(tokens.reduce((all, token) => withToken(all, token, to === wanted ? null : wanted, text), this.off));
    };
    return html`<div class="bar fields">
        ${button({ label: to === 'hidden' ? 'Show again' : 'Nobody looks at it', onClick: set('hidden') })}
        ${button({ label: to === 'deleted' ? 'Put back' : 'It is not there', onClick: set('deleted') })}
        ${typeof to === 'object' ? button({ label: 'As it was', onClick: () => { this.switch(tokens.reduce((all, token) => withToken(all, token, null, text), this.off)); } }) : nothing}
        ${tokens.length === 1 ? textField({ label: 'Another stands there', placeholder: 'One vocabulary entry, Enter', onEnter: (word) => { this.replace(tokens[0]!, word, text); } }) : nothing}
        ${tokens.length === 1 && model.maskToken !== null ? button({ label: model.maskToken, name: `${model.maskToken} stands there`, onClick: () => { this.replace(tokens[0]!, model.maskToken!, text); } }) : nothing}
      </div>
      ${loadState(this.entry, null)}`;
  }

  private edge(tokens: readonly number[], text: SwitchedText): TemplateResult {
    const { map: { part }, pinned: { side }, place, view } = this;
    const others = side === 'query' ? view.keys : view.queries;
    const at = itemOf(side === 'query' ? view.queries : view.keys, tokens[0]!);
    const weight = (row: number): number => view.weights[side === 'query' ? at * view.keys.length + row : row * view.keys.length + at]!;
    const rows = others.map((_, row) => row).sort((a, b) => weight(b) - weight(a));
    const chosen = Number(this.other ?? rows[0] ?? 0);
    const ends: Pair = side === 'query' ? { queries: tokens, keys: others[chosen]?.tokens ?? [] } : { queries: others[chosen]?.tokens ?? [], keys: tokens };
    const edge = edgeWithin(this.reach, part, place);
    const isCut = isOfText(this.off, text.ids) && ends.queries.every((query) => ends.keys.every((key) => this.off.edges.some((other) => sameEdge(other, { ...edge, query, key }))));
    return html`<div class="bar fields">
      ${select({
        label: side === 'query' ? 'did not look at' : 'was not looked at by',
        value: String(chosen),
        options: rows.map((row) => ({ value: String(row), label: `${others[row]!.label} ${formatWeight(weight(row))}` })),
        onChange: (value) => { this.other = value; },
      })}
      ${select({
        label: 'in',
        value: this.reach,
        options: [
          { value: 'head', label: `head ${place.layer}.${place.head}` },
          { value: 'layer', label: `layer ${place.layer}` },
          { value: 'everywhere', label: 'every head' },
        ],
        onChange: (reach) => { this.reach = reach; },
      })}
      ${button({ label: isCut ? 'Join again' : 'Cut this edge', onClick: () => { this.switch(withPair(this.off, ends, edge, text)); } })}
    </div>`;
  }

  /** Asks the model's tokenizer which entry a word is. */
  private replace(token: number, word: string, text: SwitchedText): void {
    const { editor, map: { model, part }, model: inModel } = this;
    this.entry.load(async (signal) => {
      // Entries of a word that begins one and of what continues it may differ: it is read as it would stand in a text.
      const request = { text: token === 0 ? word : ` ${word}`, switches: nothingOff, ...(inModel !== undefined && { inModel }), ...(part === 'cross' && { part: 'encoder' as const }) };
      const { tokens } = await editor.call('attention/overview', request, { signal });
      const entries = tokens.filter(({ end, start }) => end > start);
      const [entry] = entries;
      if (entries.length !== 1 || !entry) {
        throw new HeadlightError('out-of-range', `“${visibleText(word)}” is ${entries.length} entries of the vocabulary of ${model.name}: ${entries.slice(0, 8).map(({ piece }) => visibleText(piece)).join(' ')}. Choose a word that is one.`);
      }
      const { id, piece } = entry;
      this.switch(withToken(this.off, token, { id }, { ids: text.ids, words: { ...text.words, [id]: entry.text === '' ? piece : word } }));
    });
  }

  private switch(off: ChosenSwitches): void {
    this.whatIf.switch(off, this.model);
  }
}
