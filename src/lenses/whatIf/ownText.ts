import type { AttentionPart } from '../attention/contract';
import type { Edge } from '../interventions';
import type { Switches } from './contract';

/** Which sides of a part's maps are tokens of the text that is read; the others are of what is written of it. */
export interface Sides {
  readonly query: boolean;
  readonly key: boolean;
}

/** @param writesOn whether the decoder goes on from the text, rather than writing it anew */
export function sidesOf(part: AttentionPart, writesOn: boolean): Sides {
  if (part === 'cross') return { query: false, key: true };
  const own = part === 'encoder' || writesOn;
  return { query: own, key: own };
}

/** The text that switched tokens and edges are of: what is read of it, and who may look at whom there. */
export class OwnText {
  private readonly deleted: ReadonlySet<number>;
  private readonly replaced: ReadonlyMap<number, number>;

  constructor(private readonly switches: Switches) {
    this.deleted = new Set(switches.tokens.filter(({ to }) => to === 'deleted').map(({ token }) => token));
    this.replaced = new Map(switches.tokens.flatMap(({ token, to }) => (typeof to === 'object' ? [[token, to.id] as const] : [])));
  }

  is(ids: readonly number[]): boolean {
    const own = this.switches.ids;
    return own !== null && own.length === ids.length && own.every((id, index) => id === ids[index]);
  }

  isDeleted(token: number): boolean {
    return this.deleted.has(token);
  }

  /** What is read at a token in place of an id. */
  idAt(token: number, id: number): number {
    return this.replaced.get(token) ?? id;
  }

  /** Edges of a part that are off, tokens that nobody looks at among them; tokens of the text counted among those that are kept. */
  edges(part: AttentionPart, sides: Sides, kept: readonly number[]): readonly Edge[] {
    const places = new Map(kept.map((token, index) => [token, index]));
    const place = (token: number, isOfText: boolean): number | undefined => (isOfText ? places.get(token) : token);
    const edges = this.switches.edges.filter((edge) => edge.part === part).flatMap(({ layer, head, query, key }) => {
      const [from, to] = [place(query, sides.query), place(key, sides.key)];
      return from === undefined || to === undefined ? [] : [{ layer, head, query: from, key: to }];
    });
    const hidden = !sides.key ? [] : this.switches.tokens.filter(({ to }) => to === 'hidden').flatMap(({ token }) => {
      const key = places.get(token);
      return key === undefined ? [] : [{ layer: null, head: null, query: null, key }];
    });
    return [...edges, ...hidden];
  }
}
