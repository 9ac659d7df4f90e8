import { wordRelations, type TextMap, type WordComparison, type WordComparisonRequest } from '../../../src/lenses/attention/compareContract';
import type {
  AttentionMap, AttentionMapKey, AttentionMapRequest, AttentionOverview, AttentionRequest, AttentionSum, AttentionSumRequest, HeadMetrics,
} from '../../../src/lenses/attention/contract';
import { headMetrics } from '../../../src/lenses/attention/headMetrics';
import { profilesOf, relationsTo } from '../../../src/lenses/attention/wordProfile';
import type { LensMethod, LensResult } from '../../../src/lenses/calls';
import type { ClassificationLinesRequest, ClassificationRequest, EvidenceRequest } from '../../../src/lenses/classification/contract';
import type { AttentionKind, Tensor } from '../../../src/lenses/model';
import type { Drift, DriftRequest } from '../../../src/lenses/drift/contract';
import { repeatedWords } from '../../../src/lenses/drift/repeatedWords';
import type { NextSentence, NextSentenceRequest } from '../../../src/lenses/nextSentence/contract';
import type { Crossing } from '../../../src/lenses/nextSentence/crossingContract';
import { crossingShares } from '../../../src/lenses/nextSentence/crossingShares';
import type { Neighbours, NeighboursRequest } from '../../../src/lenses/neighbours/contract';
import type { AttributionRequest } from '../../../src/lenses/evidence/attributionContract';
import type { MeasureRequest } from '../../../src/lenses/evidence/contract';
import type { PatchedAnswersRequest, PatchRequest } from '../../../src/lenses/evidence/patchContract';
import type { RankingRequest } from '../../../src/lenses/evidence/rankContract';
import type { GenerationRequest, NextTokenRequest } from '../../../src/lenses/generation/contract';
import type { ForgettingRequest } from '../../../src/lenses/lineage/contract';
import type { Predictions, PredictionsRequest } from '../../../src/lenses/predictions/contract';
import type { DepthRequest, PredictionsByDepth } from '../../../src/lenses/predictions/depthContract';
import type { TrainingExample, TrainingRequest } from '../../../src/lenses/predictions/trainingContract';
import type { OccurrencePair, OccurrencePairRequest } from '../../../src/lenses/senses/compareContract';
import type { SenseName, Senses, SensesRequest } from '../../../src/lenses/senses/contract';
import type { SenseLayers, SenseLayersRequest } from '../../../src/lenses/senses/layersContract';
import type { SenseUmap, SenseUmapRequest } from '../../../src/lenses/senses/umapContract';
import type { SenseWords, SenseWordsRequest, WordPlace } from '../../../src/lenses/senses/wordsContract';
import type { NearestRequest, NearestWords } from '../../../src/lenses/vectors/nearestContract';
import type { InfluenceRequest, TranslationLinesRequest, TranslationRequest, TranslationScoreRequest } from '../../../src/lenses/translation/contract';
import { piecesIn } from '../../../src/lenses/wordInContext';
import { jensenShannon } from '../../../src/math/divergence';
import type { PanelCall, WithoutTarget } from '../../../src/panel/contract';
import type { Token } from '../../../src/text/token';
import { encoderInfo } from '../../support/encoderInfo';
import { classification, classificationLines, evidence } from './fakeClassification';
import { measured, ranked } from './fakeEvidence';
import { generation, nextToken } from './fakeGeneration';
import { attribution, patchedAnswers, patching } from './fakePatching';
import { influence, translation, translationScore } from './fakeWriting';
import { translatorInfo } from './writerInfos';
import { forgetting, ofGeneration, recorded, scoredBy, translationLines } from './fakeLineage';
import { attended, type FakeText } from './fakeWritten';

const special = (piece: string, id: number, segment: 0 | 1): Token => ({ id, piece, text: piece, special: true, segment, word: null, start: 0, end: 0 });

function pieces(text: string, segment: 0 | 1): Token[] {
  const words = Array.from(text.matchAll(/\[MASK\]|[\p{L}\p{M}\u200b]+|[^\s\p{L}\p{M}][\u200d\ufe0f]?(?:\p{Extended_Pictographic}\u200d?)*/gu));
  return words.flatMap((match, word) => {
    const cuts = match[0].length > 7 && /^\p{L}+$/u.test(match[0]) ? [0, match[0].length - 3, match[0].length] : [0, match[0].length];
    return cuts.slice(1).map((end, part): Token => {
      const own = match[0].slice(cuts[part], end);
      return {
        id: 1000 + word,
        piece: own === '[MASK]' ? own : (part > 0 ? '##' : '') + own.toLowerCase(),
        text: own,
        special: false,
        segment,
        word,
        start: match.index + cuts[part]!,
        end: match.index + end,
      };
    });
  });
}

export function tokensOf(text: string, pair?: string): Token[] {
  const first = [special('[CLS]', 101, 0), ...pieces(text, 0), special('[SEP]', 102, 0)];
  return pair === undefined ? first : [...first, ...pieces(pair, 1), special('[SEP]', 102, 1)];
}

const noise = (seed: number): number => {
  const value = Math.sin(seed * 12.9898) * 43758.5453;
  return value - Math.floor(value);
};

/** Rows of plausible attention: each head has a habit (previous, next, same, separator, broad). */
export function weightsOf(tokens: readonly Token[], layer: number, head: number, queries: readonly Token[] = tokens, kind: AttentionKind = 'self'): Float32Array {
  const side = tokens.length;
  const weights = new Float32Array(queries.length * side);
  const habit = (layer * 5 + head * 3) % 6;
  for (let query = 0; query < queries.length; query++) {
    let sum = 0;
    const allowed = kind === 'causal' ? query + 1 : side;
    for (let key = 0; key < allowed; key++) {
      const near = { 0: key === query - 1, 1: key === query + 1, 2: key === query, 3: tokens[key]!.piece === '[SEP]', 4: false, 5: tokens[key]!.text === queries[query]!.text }[habit];
      const score = (near ? 3.5 : 0) + 2.2 * noise(layer * 7919 + head * 104729 + query * 131 + key * 17) ** 3 + (tokens[key]!.special ? 1 : 0) - Math.abs(query - key) * 0.05;
      const weight = Math.exp(score);
      weights[query * side + key] = weight;
      sum += weight;
    }
    for (let key = 0; key < side; key++) weights[query * side + key]! /= sum;
  }
  return weights;
}

/** Of one head of a text. */
function headOf({ queries, tokens, kind }: FakeText, layer: number, head: number): Float32Array {
  return weightsOf(tokens, layer, head, queries, kind);
}

function overview(text: FakeText): AttentionOverview {
  const { kind, ...subject } = text;
  const { layers, heads, queries, tokens } = subject;
  const [rows, columns] = [Math.min(48, queries.length), Math.min(48, tokens.length)];
  const thumbnails = new Uint8Array(layers * heads * rows * columns);
  for (let index = 0; index < layers * heads; index++) {
    const weights = headOf(text, Math.floor(index / heads), index % heads);
    weights.forEach((weight, at) => {
      const row = Math.floor((Math.floor(at / tokens.length) * rows) / queries.length);
      const column = Math.floor(((at % tokens.length) * columns) / tokens.length);
      const cell = (index * rows + row) * columns + column;
      thumbnails[cell] = Math.max(thumbnails[cell]!, Math.round(weight * 255));
    });
  }
  return { ...subject, kinds: Array.from({ length: layers }, () => kind), rows, columns, thumbnails };
}

function mapOf(text: FakeText, map: AttentionMapKey): Float32Array {
  if ('head' in map) return headOf(text, map.layer, map.head);
  const heads = Array.from({ length: text.heads }, (_, head) => headOf(text, 'layer' in map ? map.layer : 0, head));
  return heads[0]!.map((_, at) => heads.reduce((sum, weights) => sum + weights[at]!, 0) / heads.length);
}

function metricsOf(text: FakeText): Promise<HeadMetrics> {
  const { layers, queries, tokens, kind } = text;
  return headMetrics(attentionOf(text), tokens, Array.from({ length: layers }, () => kind), new AbortController().signal, queries);
}

/** layer → `[1, head, query, key]` */
function attentionOf(text: FakeText): ReadonlyMap<number, Tensor> {
  const { layers, heads } = text;
  const [rows, columns] = [text.queries.length, text.tokens.length];
  return new Map(
    Array.from({ length: layers }, (_, layer) => {
      const data = new Float32Array(heads * rows * columns);
      for (let head = 0; head < heads; head++) data.set(headOf(text, layer, head), head * rows * columns);
      return [layer, { dims: [1, heads, rows, columns], data }] as const;
    }),
  );
}

function sumOf(text: FakeText, { layer, head, query }: AttentionSumRequest): AttentionSum {
  const headSize = 32;
  const size = text.tokens.length;
  const numbers = (seed: number, length: number): Float32Array => Float32Array.from({ length }, (_, at) => 2 * noise(seed + at * 31 + layer + head) - 1);
  const weights = headOf(text, layer, head).slice(query * size, (query + 1) * size);
  const allowed = Uint8Array.from(weights, (weight) => Number(weight > 0));
  const scaled = weights.map((weight) => Math.log(Math.max(weight, 1e-6)) + 5);
  return {
    layer, head, query, headSize,
    queryVector: numbers(1 + query, headSize),
    keyVectors: numbers(2, size * headSize),
    valueVectors: numbers(3, size * headSize),
    products: scaled.map((score) => score * Math.sqrt(headSize)),
    scaled,
    allowed,
    weights,
    unexplained: 1e-7,
    output: numbers(4 + query, headSize),
    residual: Float32Array.from({ length: text.layers + 1 }, (_, state) => 10 + state),
    embeddings: { word: numbers(5 + query, 384), position: numbers(6 + query, 384), segment: text.written ? null : numbers(7, 384) },
  };
}

function predict({ text, pair, maskRange, maskTokens = [], top, candidates = [] }: WithoutTarget<PredictionsRequest>): Predictions {
  const tokens = tokensOf(text, pair);
  const words = ['moon', 'fence', 'hill', 'river', 'wall', '<b>bold</b>', 'sky', '##light', 'table', 'barn', 'edge', 'sea'];
  const masks = tokens.flatMap((token, index) => {
    const typed = token.piece === '[MASK]';
    const inRange = maskRange !== undefined && !token.special && token.start < maskRange.end && maskRange.start < token.end;
    if (!typed && !inRange && !maskTokens.includes(index)) return [];
    return [
      {
        index,
        original: typed ? null : { token: token.text.toLowerCase(), id: token.id, probability: 0.0123, rank: 9 },
        predictions: words.slice(0, top).map((word, rank) => ({ token: word, id: rank, probability: 0.412 * 0.62 ** rank })),
        candidates: candidates.map((word) => ({
          text: word,
          pieces: word.length > 6 ? [word.slice(0, 4), `##${word.slice(4)}`] : [word],
          probability: word === '☃' ? null : 0.00042,
          rank: word.length > 6 || word === '☃' ? null : 1234,
        })),
        entropy: 4.37,
      },
    ];
  });
  return { model: encoderInfo, tokens, windowed: null, masks };
}

/** Every fifth token is asked about: a mask, another word, the word itself, in turn. */
function trainingExample({ text, seed, top }: WithoutTarget<TrainingRequest>): TrainingExample {
  const tokens = tokensOf(text);
  const fates = ['masked', 'replaced', 'kept'] as const;
  const places = tokens.flatMap((token, index) => {
    if (token.special || index % 5 !== seed % 5) return [];
    const fate = fates[Math.floor(index / 5) % 3]!;
    const own = token.text.toLowerCase();
    const isRight = index % 2 === 1;
    return [{
      index,
      fate,
      shown: fate === 'masked' ? '[MASK]' : fate === 'replaced' ? '<b>any</b>' : own,
      original: { token: own, id: token.id, probability: isRight ? 0.6 : 0.01, rank: isRight ? 1 : 17 },
      predictions: [isRight ? own : 'moon', 'fence', 'hill'].slice(0, top).map((word, rank) => ({ token: word, id: rank, probability: 0.6 * 0.5 ** rank })),
    }];
  });
  return { model: encoderInfo, tokens, windowed: null, places, loss: 1.25 };
}

/** What a layer says grows surer from state to state; early ones say other words. */
function predictByDepth(request: WithoutTarget<DepthRequest>): PredictionsByDepth {
  const { masks, tokens, ...subject } = predict(request);
  const states = encoderInfo.layers + 1;
  const early = ['the', 'water', '<i>wall</i>'];
  const rising = (last: number): number[] => Array.from({ length: states }, (_, state) => last * (state / (states - 1)) ** 2);
  return {
    ...subject,
    tokens,
    masked: masks.map(({ index }) => index),
    notFollowed: (request.candidates ?? []).filter((word) => word.length > 6),
    places: tokens.flatMap((token, index) => {
      if (token.special) return [];
      const original = token.piece === '[MASK]' ? [] : [{ token: token.text.toLowerCase(), id: token.id, reason: 'original' as const }];
      const asked = (request.candidates ?? []).filter((word) => word.length <= 6).map((word, at) => ({ token: word, id: 900 + at, reason: 'asked' as const }));
      const words = [...original, ...asked, { token: 'moon', id: 0, reason: 'expected' as const }];
      return [{
        index,
        states: Array.from({ length: states }, (_, state) => ({
          predictions: [early[state] ?? 'moon', 'fence', 'hill'].map((word, rank) => ({ token: word, id: rank, probability: (0.1 + 0.12 * state) * 0.5 ** rank })),
          entropy: 9 - state,
        })),
        words: words.map((word, at) => ({ ...word, probabilities: rising(0.8 / (at + 1)), ranks: Array.from({ length: states }, (_, state) => (states - state) * 10) })),
      }];
    }),
  };
}

function group({ word, occurrences }: WithoutTarget<SensesRequest>): Senses {
  const senseOf = (index: number): number => Math.floor(index / 3) % 3;
  const centres = [
    [-0.6, 0.5],
    [0.7, 0.35],
    [0.05, -0.7],
  ];
  return {
    model: encoderInfo,
    word,
    occurrences: occurrences.map((_, index) => {
      const [x, y] = centres[senseOf(index)]!;
      return {
        sense: senseOf(index),
        x: x! + 0.25 * (noise(index + 1) - 0.5),
        y: y! + 0.25 * (noise(index + 51) - 0.5),
        static: { x: 0.02, y: -0.03 },
      };
    }),
    left: 0,
    senses: [
      { size: 3, substitutes: ['rack', 'table', 'case'], name: senseName('noun', 'a support for displaying various articles', 0.72) },
      { size: 3, substitutes: ['bear', 'take', 'tolerate'], name: senseName('verb', 'put up with something or somebody unpleasant', 0.81) },
      { size: 3, substitutes: ['rise', 'sit', 'wait'], name: senseName('verb', 'be standing; be upright', 0.41) },
    ],
    // One that means by itself something else than its group.
    names: occurrences.map((_, index) => (index === 1 ? senseName('verb', 'be standing; be upright', 0.66) : null)),
    sameSense: new Float32Array(occurrences.length ** 2),
    cosine: { contextual: { within: 0.734, between: 0.412 }, static: { within: 1, between: 1 } },
    substitutes: null,
    calibrated: true,
  };
}

function senseName(partOfSpeech: 'noun' | 'verb', gloss: string, probability: number): SenseName {
  return {
    senses: [
      { lemma: 'stand', partOfSpeech, gloss, synonyms: partOfSpeech === 'noun' ? ['rack'] : [], probability },
      { lemma: 'stand', partOfSpeech: 'verb', gloss: 'be in some specified state or condition', synonyms: [], probability: 0.12 },
    ],
    unlisted: 0.02,
    omitted: partOfSpeech === 'noun' ? 0 : 3,
    clear: probability > 0.5,
  };
}

/** Senses that lie at one point before the first layer, and farther apart after each. */
function senseLayers({ senses }: WithoutTarget<SenseLayersRequest>): SenseLayers {
  return {
    model: encoderInfo,
    scale: 1.25,
    states: Array.from({ length: encoderInfo.layers + 1 }, (_, state) => {
      const apart = state / encoderInfo.layers;
      return {
        points: senses.map((sense, index) => (sense === null ? null : { x: apart * (0.8 * Math.cos(2 * sense) + 0.1 * noise(index)), y: apart * 0.8 * Math.sin(2 * sense) })),
        silhouette: 0.7 * apart,
        within: 1 - 0.1 * apart,
        between: 1 - 0.6 * apart,
      };
    }),
  };
}

/** Words with an "l" lie near the second sense, others near the first; the farther, the later the state. Snowmen are not read. */
function senseWords({ senses, words }: WithoutTarget<SenseWordsRequest>): SenseWords {
  const groups = Math.max(...senses.map((sense) => (sense ?? -1) + 1));
  const place = (own: SenseWordsRequest['words'][0], apart: number): WordPlace => {
    const readable = own.filter(({ sentence, start, end }) => sentence.slice(start, end) !== '☃');
    const near = own.some(({ sentence, start, end }) => sentence.slice(start, end).includes('l')) ? 1 : 0;
    return {
      points: own.map((one, at) => (readable.includes(one) ? { x: apart * 1.3 * Math.cos(2 * near + 0.4 * at), y: apart * Math.sin(2 * near + 0.4 * at) } : null)),
      cosines: Array.from({ length: groups }, (_, sense) => (readable.length === 0 ? null : sense === near ? 0.2 + 0.5 * apart : 0.2)),
    };
  };
  return {
    model: encoderInfo,
    words: words.map((own) => ({
      evidence: place(own, 0.9),
      states: Array.from({ length: encoderInfo.layers + 1 }, (_, state) => place(own, state / encoderInfo.layers)),
    })),
  };
}

/** All on a circle, in the order of the request. */
function senseUmap({ occurrences, words, state }: WithoutTarget<SenseUmapRequest>): SenseUmap {
  const circle = (count: number, radius: number) => Array.from({ length: count }, (_, at) => ({ x: radius * Math.cos(at), y: radius * Math.sin(at) }));
  return { model: encoderInfo, state, points: circle(occurrences.length, 1), words: words.map((own) => circle(own.length, 0.5)) };
}

/** The document that the panel is given where it asks. */
export const documentOf = { text: `# Stands <b>here</b>\n\nThe music stand was old. We tolerate noise, and they tolerate heat.\n\nShe <i>hates</i> waiting in a line.\n`, offset: 5000, line: 41, whole: true };

/** Content words in the order of the text, nearer in later states. */
function neighbours({ of, text, top, sameWord }: WithoutTarget<NeighboursRequest>): Neighbours {
  const asked = of.sentence.slice(of.start, of.end);
  const words = Array.from(text.matchAll(/[\p{L}]{4,}/gu)).filter(({ 0: word }) => sameWord || word !== asked);
  return {
    model: encoderInfo,
    states: Array.from({ length: encoderInfo.layers + 1 }, (_, state) =>
      (state % 2 === 0 ? words : words.toReversed()).slice(0, top).map(({ 0: word, index }, at) => {
        const start = text.lastIndexOf('\n', index) + 1;
        return { start: index, end: index + word.length, sentence: { start, end: text.indexOf('\n', index) }, cosine: (0.9 - 0.05 * at) * ((state + 1) / 7) };
      }),
    ),
    compared: words.length,
    tokens: 4987,
    whole: true,
  };
}

/** One word that the static model knows. */
function nearest({ word, top }: WithoutTarget<NearestRequest>): NearestWords {
  const near = ['stands', 'sit', 'stood', '<u>budge</u>', 'hold', 'kneel'].map((token, at) => ({ token, cosine: 0.61 - 0.02 * at }));
  return { model: { ...encoderInfo, id: 'static', name: 'static', layers: 0 }, words: word === 'stand' ? near.slice(0, top) : null };
}

function compareOccurrences({ pair }: WithoutTarget<OccurrencePairRequest>): OccurrencePair {
  const side = (at: 0 | 1): OccurrencePair['sides'][0] => {
    const { sentence, start } = pair[at];
    const context = Array.from(sentence.matchAll(/[\p{L}<>]+/gu), ({ 0: word, index }, place) => ({
      start: index, end: index + word.length, moved: 0.01 * (place + 1), nearer: 0.02 * (place - 1),
    })).filter((word) => word.start !== start);
    return { context, words: context.length, substitutes: [{ token: '<b>rack</b>', id: 1, probability: 0.2 }, { token: 'case', id: 2, probability: 0.1 }] };
  };
  return { model: encoderInfo, cosines: Float32Array.of(0.97, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4), sides: [side(0), side(1)] };
}

/** In order it is likelier than swapped, and trees follow nothing. */
function scoreNextSentence({ first, second }: WithoutTarget<NextSentenceRequest>): NextSentence {
  const isNext = second.includes('Trees') ? 0.0021 : first < second ? 0.454 : 0.387;
  return { model: encoderInfo, tokens: tokensOf(first, second), windowed: null, isNext, heldOut: { pairs: 40, otherDocument: 0.8, sameDocument: 0.6 } };
}

function crossing({ first, second }: WithoutTarget<NextSentenceRequest>): Crossing {
  const tokens = tokensOf(first, second);
  const { layers, heads } = encoderInfo;
  return { model: encoderInfo, tokens, windowed: null, layers, heads, ...crossingShares(attentionOf(attended({ text: first, pair: second })), tokens, layers, heads) };
}

/** A model with tokens of its own: words in halves, a start token of another name, no separator. */
export const smallInfo = { ...encoderInfo, id: 'small', name: 'Small model', layers: 2, heads: 4 };

function halves(text: string): Token[] {
  const words = tokensOf(text).filter(({ special, piece }) => !special && !piece.startsWith('##'));
  return [
    special('<s>', 0, 0),
    ...words.flatMap((token) => {
      const whole = text.slice(token.start).match(/^\p{L}+/u)?.[0] ?? token.text;
      const cut = token.start + Math.ceil(whole.length / 2);
      const end = token.start + whole.length;
      return [[token.start, cut], [cut, end]].filter(([from, to]) => from! < to!).map(([from, to]): Token => ({ ...token, start: from!, end: to!, text: text.slice(from, to), piece: text.slice(from, to) }));
    }),
  ];
}

function textMap(request: WithoutTarget<AttentionMapRequest> & PanelCall): TextMap {
  const { inModel, map } = request;
  if (inModel === 'static') throw new Error('static has no layers and so no attention.');
  const read = attended(request);
  const tokens = halves(request.text);
  const text = inModel === 'small' ? { ...read, model: smallInfo, queries: tokens, tokens } : read;
  return { ...text, map, weights: mapOf(text, map) };
}

function compareWords({ text, word, other }: WordComparisonRequest): WordComparison {
  const { layers, heads } = encoderInfo;
  const profiles = [{ text, word }, other].map(({ text: read, word: at }) => {
    const tokens = tokensOf(read);
    const own = piecesIn(tokens, at);
    const relations = relationsTo(tokens, own);
    return Float32Array.from(
      Array.from({ length: layers * heads }, (_, index) => {
        const data = weightsOf(tokens, Math.floor(index / heads), index % heads);
        return [...profilesOf({ dims: [1, 1, tokens.length, tokens.length], data }, own, relations)];
      }).flat(),
    );
  });
  const [a, b] = profiles as [Float32Array, Float32Array];
  const width = wordRelations.length;
  return {
    model: encoderInfo,
    cosines: Float32Array.of(0.981, 0.902, 0.843, 0.77, 0.61, 0.554, 0.587),
    profiles: [a, b],
    distances: Float32Array.from({ length: layers * heads }, (_, at) => jensenShannon(a.subarray(at * width, (at + 1) * width), b.subarray(at * width, (at + 1) * width))),
  };
}

/** Words that stand in several lines, whose uses come nearer to each other the further up. */
function sensesOf(lines: readonly string[], size: number): Drift['senses'] {
  const { words } = repeatedWords(lines, 200);
  if (words.length === 0) return null;
  const states = encoderInfo.layers + 1;
  const numbers = (count: number, of: (at: number, state: number) => number): Float32Array => Float32Array.from({ length: count * states }, (_, at) => of(Math.floor(at / states), at % states));
  const before = (word: number, state: number): number => 0.8 - 0.05 * state + 0.05 * noise(word);
  return {
    words, leftOut: 0,
    cosineDistance: numbers(words.reduce((sum, { places }) => sum + places.length, 0), (at, state) => size * 0.01 * state * (0.5 + noise(at))),
    before: numbers(words.length, before),
    after: numbers(words.length, (word, state) => before(word, state) + size * 0.02 * state * (noise(word + 5) - 0.3)),
    structure: numbers(words.length, (word, state) => (words[word]!.places.length < 4 ? NaN : 1 - size * 0.03 * state)),
    betweenBefore: numbers(1, (_, state) => 0.05 + 0.05 * state),
    betweenAfter: numbers(1, (_, state) => 0.05 + (0.05 + size * 0.01) * state),
    similarity: numbers(1, (_, state) => 1 - size * 0.02 * state),
  };
}

/** Drift that grows with the layer; none against itself, tiny against the static model, no predictions against the decoder. */
function drift({ inModel, against, labels, lines }: WithoutTarget<DriftRequest> & PanelCall): Drift {
  const { layers, heads } = encoderInfo;
  const size = against === inModel ? 0 : against === 'static' ? 1e-4 : 1;
  const numbers = (count: number, of: (at: number) => number): Float32Array => Float32Array.from({ length: count }, (_, at) => size * of(at));
  const ofHead = (at: number): number => 0.004 + 0.3 * ((1 + Math.floor(at / heads)) / layers) ** 2 * noise(at + 3) ** 2;
  const places = lines.flatMap((text, line) => Array.from(text.matchAll(/\p{L}{5,}/gu), ({ 0: word, index }) => ({ line, start: index, end: index + word.length })));
  return {
    model: encoderInfo,
    against: { ...encoderInfo, id: against, name: `${against} <b>8</b>`, device: against === 'static' ? 'webgpu' : 'cpu', deviceReason: 'It was the fastest.' },
    tokens: 14 * lines.length,
    cut: against === 'static' ? 2 : 0,
    heads: { divergence: numbers(layers * heads, ofHead), difference: numbers(layers * heads, (at) => 0.2 * ofHead(at)) },
    states: {
      cosineDistance: numbers(layers + 1, (state) => 0.002 + 0.03 * (state / layers) ** 2),
      relativeNorm: numbers(layers + 1, (state) => 0.03 + 0.2 * (state / layers)),
    },
    lineDivergence: numbers(lines.length, (line) => 0.02 + 0.05 * noise(line + 11)),
    senses: sensesOf(lines, size),
    predictions: against === 'decoder' ? null : {
      kind: 'masked',
      places: places.length,
      divergence: size * 0.31,
      accuracy: labels ? { lines: labels.length, before: labels.length - 3, after: labels.length - 1, onlyBefore: 1, onlyAfter: 3 } : null,
      changes: size < 1 ? [] : places.filter((_, at) => at % 3 === 0).map((place, at) => ({
        ...place, divergence: 0.4 + 0.1 * at, before: { token: '<b>rack</b>', id: 1, probability: 0.41 }, after: { token: 'table', id: 2, probability: 0.305 },
      })),
    },
    noPredictions: against === 'decoder' ? 'Predictions are not compared: decoder has no output over the vocabulary to ask at places of a text, nor do both tell texts by the same classes.' : null,
  };
}

/** Answers the lens calls that the panel makes. */
export function answer(method: LensMethod, request: unknown): LensResult<LensMethod> | Promise<LensResult<LensMethod>> {
  const { map, inModel } = request as WithoutTarget<AttentionMapRequest> & PanelCall;
  const text = (): FakeText => attended(request as WithoutTarget<AttentionRequest> & PanelCall);
  switch (method) {
    case 'model/load':
      return inModel === 'small' ? smallInfo : inModel === 'translator' ? translatorInfo : encoderInfo;
    case 'drift/measure':
      return drift(request as WithoutTarget<DriftRequest> & PanelCall);
    case 'attention/textMap':
      return textMap(request as WithoutTarget<AttentionMapRequest> & PanelCall);
    case 'attention/compareWords':
      return compareWords(request as WordComparisonRequest);
    case 'attention/overview':
      return overview(text());
    case 'attention/map':
      return { map, weights: mapOf(text(), map) } satisfies AttentionMap;
    case 'attention/metrics':
      return metricsOf(text());
    case 'attention/sum':
      return sumOf(text(), request as AttentionSumRequest);
    case 'predictions/trainingExample':
      return trainingExample(request as WithoutTarget<TrainingRequest>);
    case 'predictions/depth':
      return predictByDepth(request as WithoutTarget<DepthRequest>);
    case 'predictions/predict':
      return predict(request as WithoutTarget<PredictionsRequest>);
    case 'nextSentence/score':
      return scoreNextSentence(request as WithoutTarget<NextSentenceRequest>);
    case 'nextSentence/crossing':
      return crossing(request as WithoutTarget<NextSentenceRequest>);
    case 'senses/group':
      return group(request as WithoutTarget<SensesRequest>);
    case 'senses/compareOccurrences':
      return compareOccurrences(request as WithoutTarget<OccurrencePairRequest>);
    case 'senses/words':
      return senseWords(request as WithoutTarget<SenseWordsRequest>);
    case 'senses/umap':
      return senseUmap(request as WithoutTarget<SenseUmapRequest>);
    case 'vectors/neighbours':
      return neighbours(request as WithoutTarget<NeighboursRequest>);
    case 'vectors/nearest':
      return nearest(request as WithoutTarget<NearestRequest>);
    case 'senses/layers':
      return senseLayers(request as WithoutTarget<SenseLayersRequest>);
    case 'translation/translate':
      return ofGeneration(translation(request as WithoutTarget<TranslationRequest>), inModel);
    case 'translation/score':
      return scoredBy(translationScore(request as WithoutTarget<TranslationScoreRequest>), inModel);
    case 'translation/lines':
      return translationLines(request as WithoutTarget<TranslationLinesRequest>, inModel);
    case 'lineage/recorded':
      return recorded(inModel);
    case 'lineage/forgetting':
      return forgetting(request as WithoutTarget<ForgettingRequest>);
    case 'translation/influence':
      return influence(request as WithoutTarget<InfluenceRequest>);
    case 'classification/classify':
      return classification(request as WithoutTarget<ClassificationRequest>);
    case 'classification/evidence':
      return evidence(request as WithoutTarget<EvidenceRequest>);
    case 'classification/lines':
      return classificationLines(request as WithoutTarget<ClassificationLinesRequest>);
    case 'generation/generate':
      return generation(request as WithoutTarget<GenerationRequest>);
    case 'generation/next':
      return nextToken(request as WithoutTarget<NextTokenRequest>);
    case 'evidence/patch':
      return patching(request as WithoutTarget<PatchRequest>);
    case 'evidence/patchedAnswers':
      return patchedAnswers(request as WithoutTarget<PatchedAnswersRequest>);
    case 'evidence/attribution':
      return attribution(request as WithoutTarget<AttributionRequest>);
    case 'evidence/measure':
      return measured(request as WithoutTarget<MeasureRequest>, inModel);
    case 'evidence/rank':
      return ranked(request as WithoutTarget<RankingRequest>, inModel);
    default:
      throw new Error(`The harness does not answer ${method}.`);
  }
}
