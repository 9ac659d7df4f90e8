import type { MeasuredOutcome, MeasureRequest, Outcome } from '../../../src/lenses/evidence/contract';
import type { LayerEffects, Ranking, RankingRequest } from '../../../src/lenses/evidence/rankContract';
import { partsOf, sizeOf } from '../../../src/lenses/attention/parts';
import type { WithoutTarget } from '../../../src/lenses/model';
import { encoderInfo } from '../../support/encoderInfo';
import { translatorInfo } from './writerInfos';

function nameOf(outcome: Outcome): string {
  return 'word' in outcome ? `P(${outcome.word})` : outcome.kind;
}

/** A quarter, and less for each head that is muted. */
export function measured({ outcome, without }: WithoutTarget<MeasureRequest>, inModel?: string): MeasuredOutcome {
  const muted = without?.heads.length ?? 0;
  const scale = outcome.kind === 'cosine' || outcome.kind === 'separation' ? 'signed' : 'probability';
  return { model: inModel === 'translator' ? translatorInfo : encoderInfo, name: nameOf(outcome), scale, value: 0.25 - 0.02 * muted };
}

/** Heads of which few do much: the outcome falls without most of these, and rises without some. */
function effectOf(layer: number, head: number): number {
  const one = Math.sin(7 * layer + 3 * head);
  return -0.2 * one * one * one * Math.cos(head + layer);
}

/** Of one layer, as the engine says it while it goes on. */
export function layerEffects(layer: number): LayerEffects {
  return { part: 'encoder', layer, effects: Array.from({ length: encoderInfo.heads }, (_, head) => effectOf(layer, head)) };
}

export function ranked({ ablation, outcome }: WithoutTarget<RankingRequest>, inModel?: string): Ranking {
  const base = measured({ outcome }, inModel);
  const parts = partsOf(base.model).map((part) => {
    const { layers, heads } = sizeOf(base.model, part);
    const effects = Float32Array.from({ length: layers * heads }, (_, at) => effectOf(Math.floor(at / heads), at % heads));
    const odds = (value: number): number => Math.log(value / (1 - value));
    return { part, layers, heads, effects, logOdds: base.scale === 'probability' ? effects.map((effect) => odds(base.value + effect) - odds(base.value)) : null };
  });
  return { ...base, ablation, parts };
}
