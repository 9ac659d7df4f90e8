import { topK } from '../../math/topK';
import { applyRules } from '../writing/applyRules';
import type { WritingRules } from '../writing/rules';

export interface BeamOptions {
  readonly beams: number;
  readonly lengthPenalty: number;
  readonly rules: WritingRules;
  /** Start tokens, and what the output is forced to begin with. */
  readonly given: readonly number[];
  /** Most tokens behind these. */
  readonly maxTokens: number;
}

/** A token of some hypothesis. */
export interface Node {
  readonly parent: Node | null;
  /** From 0, behind what was given. */
  readonly step: number;
  readonly id: number;
  readonly logProbability: number;
  readonly score: number;
  readonly fate: 'followed' | 'finished' | 'pruned';
  /** Row of what the writer said of the hypothesis that it continues. */
  readonly row: number;
}

export interface Finished {
  readonly node: Node;
  /** Over length to the power of the length penalty. */
  readonly score: number;
}

/** What to write next: row `i` goes on from row `rows[i]` with `tokens[i]`. */
export interface Advance {
  readonly rows: readonly number[];
  readonly tokens: readonly number[];
  /** All that were looked at, the best first. */
  readonly nodes: readonly Node[];
}

/**
 * Beam search of one text, step for step as Transformers' `generate` does it: the best continuations of all hypotheses
 * together, of which the best `beams` that have not ended are followed; of the best `beams`, those that have ended are
 * finished and compared by sum of log-probabilities / length^penalty (Wu et al., 2016, arXiv:1609.08144, equation 14,
 * without its constant). What was given counts neither for score nor length.
 */
export class BeamSearch {
  private hypotheses: readonly (Node | null)[] = [null];
  private done: readonly Finished[] = [];
  private length = 0;
  private ended = false;

  constructor(private readonly options: BeamOptions) {}

  /** The best first; at most as many as beams. */
  get finished(): readonly Finished[] {
    return this.done;
  }

  /** The hypotheses that are followed, the best first. */
  get followed(): readonly (Node | null)[] {
    return this.hypotheses;
  }

  hasEnded(): boolean {
    return this.ended;
  }

  /**
   * Takes one step.
   * @param logs log-probabilities of what comes after each hypothesis that is followed
   */
  advance(logs: readonly Float32Array[]): Advance {
    const { beams, given, maxTokens, rules } = this.options;
    const isLast = this.length + 1 === maxTokens;
    const ends = (id: number): boolean => isLast || rules.stop.includes(id);
    const candidates = this.candidates(logs, given, Math.max(2, 1 + rules.stop.length) * beams);
    const follow = new Set(candidates.filter(({ id }) => !ends(id)).slice(0, beams));
    const nodes = candidates.map((candidate, place): Node => ({
      ...candidate,
      fate: follow.has(candidate) ? 'followed' : ends(candidate.id) && place < beams ? 'finished' : 'pruned',
    }));
    this.length++;
    this.keep(nodes.filter(({ fate }) => fate === 'finished'));
    const followed = nodes.filter(({ fate }) => fate === 'followed');
    this.hypotheses = followed;
    this.ended = isLast || followed.length === 0 || this.cannotImprove();
    return { rows: followed.map(({ row }) => row), tokens: followed.map(({ id }) => id), nodes };
  }

  private candidates(logs: readonly Float32Array[], given: readonly number[], count: number): Omit<Node, 'fate'>[] {
    const { maxTokens, rules } = this.options;
    const found = logs.flatMap((own, row) => {
      const parent = this.hypotheses[row] ?? null;
      const place = { before: [...given, ...idsOf(parent)], given: given.length, maxTokens };
      const scores = applyRules(own, rules, place);
      // What the rules forbid is no candidate.
      return topK(scores, count).filter((id) => scores[id]! > -Infinity).map((id) => ({
        parent, row, id, step: this.length, logProbability: own[id]!, score: (parent?.score ?? 0) + scores[id]!,
      }));
    });
    return found.sort((a, b) => b.score - a.score).slice(0, count);
  }

  private keep(nodes: readonly Node[]): void {
    const { beams, lengthPenalty, rules } = this.options;
    if (rules.earlyStopping === true && this.done.length >= beams) return;
    const scored = nodes.map((node) => ({ node, score: node.score / this.length ** lengthPenalty }));
    this.done = [...this.done, ...scored].sort((a, b) => b.score - a.score).slice(0, beams);
  }

  /** Once there are enough, by what the best hypothesis could still become. */
  private cannotImprove(): boolean {
    const { beams, lengthPenalty, maxTokens, rules } = this.options;
    if (this.done.length < beams) return false;
    if (rules.earlyStopping === true) return true;
    const length = rules.earlyStopping === 'never' && lengthPenalty > 0 ? maxTokens : this.length;
    return this.hypotheses[0]!.score / length ** lengthPenalty <= this.done.at(-1)!.score;
  }
}

/** Tokens up to a node, behind what was given. */
export function idsOf(node: Node | null): number[] {
  return pathTo(node).map(({ id }) => id);
}

/** Nodes from the first to this one. */
export function pathTo(node: Node | null): Node[] {
  const path: Node[] = [];
  for (let at = node; at !== null; at = at.parent) path.push(at);
  return path.reverse();
}
