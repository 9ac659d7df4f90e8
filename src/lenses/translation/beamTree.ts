import type { TextTokenizer } from '../../text/tokenizer';
import type { WrittenStep } from '../writing/contract';
import type { OutputText } from '../writing/outputText';
import type { Finished, Node } from './beamSearch';
import type { BeamTree } from './contract';

/** What is known of a node that was not pruned. */
export interface BeamRecord {
  readonly step: WrittenStep;
  readonly text: OutputText;
}

/**
 * The hypotheses of a search as they are shown.
 * @param firstStep how many steps were forced before the search
 */
export function beamTree(
  nodes: readonly Node[],
  finished: readonly Finished[],
  records: ReadonlyMap<Node, BeamRecord>,
  { beams, lengthPenalty, firstStep }: { readonly beams: number; readonly lengthPenalty: number; readonly firstStep: number },
  tokenizer: TextTokenizer,
): BeamTree {
  const indexes = new Map(nodes.map((node, index) => [node, index]));
  return {
    beams,
    lengthPenalty,
    nodes: nodes.map(({ fate, id, logProbability, parent, score, step }) => ({
      parent: parent === null ? -1 : indexes.get(parent)!,
      step: firstStep + step,
      id,
      token: tokenizer.display(id),
      startsWord: tokenizer.startsWord(id),
      logProbability,
      score,
      fate,
    })),
    finished: finished.map(({ node, score }) => ({
      node: indexes.get(node)!,
      output: records.get(node)!.text.text,
      score,
      logProbability: node.score,
      length: node.step + 1,
    })),
  };
}
