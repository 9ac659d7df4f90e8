import type { Outcome } from '../../../src/lenses/evidence/contract';
import type { Ranking } from '../../../src/lenses/evidence/rankContract';
import type { AskedOutcome } from './asked';

/** Rankings that are kept; the oldest goes. */
const most = 16;

/** Heads that were ranked, and what was off in their model then, as `switchKey` has it. */
export interface KeptRanking {
  readonly asked: AskedOutcome;
  readonly off: string;
  readonly ranking: Ranking;
}

/** A text whose attention is shown. */
export interface ShownText extends Pick<KeptRanking, 'off'> {
  /** Id of its model. */
  readonly model: string;
  readonly part: Ranking['parts'][number]['part'];
  readonly first: string;
  readonly second: string | undefined;
  /** Ids of what is written, where a model is looked at writing. */
  readonly writes: readonly number[];
}

/**
 * What was measured of heads, for other views and for a look back. It lives as long as the page: once that is loaded anew, the
 * files of a model may be others.
 */
export class KeptRankings {
  private list: readonly KeptRanking[] = [];

  keep(kept: KeptRanking): void {
    this.list = [kept, ...this.list.filter((other) => !isSame(other, kept))].slice(0, most);
  }

  /** The latest of an outcome. */
  of(outcome: Outcome, model: string, off: string): KeptRanking | null {
    return this.list.find((kept) => kept.ranking.model.id === model && kept.off === off && sameOutcome(kept.asked.outcome, outcome)) ?? null;
  }

  /** Those of outcomes of a text, the latest first. */
  ofText(text: ShownText): readonly KeptRanking[] {
    return this.list.filter(({ asked, off, ranking }) =>
      ranking.model.id === text.model && off === text.off && ranking.parts.some(({ part }) => part === text.part) && isOf(asked.outcome, text));
  }
}

function isSame(one: KeptRanking, other: KeptRanking): boolean {
  return one.ranking.model.id === other.ranking.model.id && one.off === other.off && one.ranking.ablation === other.ranking.ablation &&
    sameOutcome(one.asked.outcome, other.asked.outcome);
}

function sameOutcome(one: Outcome, other: Outcome): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether an outcome is one of this text; of several texts, of this one too. */
function isOf(outcome: Outcome, { first, part, second, writes }: ShownText): boolean {
  switch (outcome.kind) {
    case 'word':
    case 'class':
      return outcome.text === first && outcome.pair === second;
    case 'nextSentence':
      return outcome.first === first && outcome.second === second;
    case 'nextToken': {
      // What a decoder looks at depends on what it has written; an encoder reads the source alone.
      const { text, written = { ids: [] } } = outcome;
      return text === first && second === undefined && (part === 'encoder' || ('ids' in written && written.ids.every((id, at) => writes[at] === id)));
    }
    case 'cosine':
      return second === undefined && outcome.pair.some(({ sentence }) => sentence === first);
    case 'separation':
      return second === undefined && outcome.groups.flat().some(({ sentence }) => sentence === first);
  }
}
