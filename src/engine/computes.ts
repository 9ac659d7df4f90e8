import { compareWords } from '../lenses/attention/compareWords';
import { attentionMap, attentionMetrics, attentionOverview, attentionTextMap } from '../lenses/attention/compute';
import { attentionSum } from '../lenses/attention/sum';
import type { LensMethod } from '../lenses/calls';
import { classify } from '../lenses/classification/compute';
import { evidence } from '../lenses/classification/evidence';
import { classifyLines } from '../lenses/classification/lines';
import type { Compute } from '../lenses/compute';
import type { WithoutModel } from './withoutModel';
import { measureDevice } from '../lenses/devices/measure';
import { attribution } from '../lenses/evidence/attribution';
import { measureOutcome } from '../lenses/evidence/measure';
import { measureDrift } from '../lenses/drift/measure';
import { patch } from '../lenses/evidence/patch';
import { patchedAnswers } from '../lenses/evidence/patchedAnswers';
import { rankHeads } from '../lenses/evidence/rankHeads';
import { neighbours } from '../lenses/neighbours/compute';
import { forgetting } from '../lenses/lineage/forgetting';
import { recorded } from '../lenses/lineage/recorded';
import { generate } from '../lenses/generation/compute';
import { nextToken } from '../lenses/generation/next';
import { scoreNextSentence } from '../lenses/nextSentence/compute';
import { crossing } from '../lenses/nextSentence/crossing';
import { predict } from '../lenses/predictions/compute';
import { predictByDepth } from '../lenses/predictions/depth';
import { surprise } from '../lenses/predictions/surprise';
import { trainingExample } from '../lenses/predictions/training';
import { compareOccurrences } from '../lenses/senses/compareOccurrences';
import { groupSenses } from '../lenses/senses/compute';
import { senseLayers } from '../lenses/senses/layers';
import { senseUmap } from '../lenses/senses/umap';
import { senseWords } from '../lenses/senses/words';
import { translate } from '../lenses/translation/compute';
import { influence } from '../lenses/translation/influence';
import { translateLines } from '../lenses/translation/lines';
import { scoreTranslation } from '../lenses/translation/score';
import { embed } from '../lenses/vectors/compute';
import { nearest } from '../lenses/vectors/nearest';
import { saveTrained, trainClassifier } from './training/calls';
import { openSenseIndex, searchSenses, updateSenseIndex } from './senseIndex/calls';

/** The compute function of each lens call. */
export const computes: { readonly [M in Exclude<LensMethod, WithoutModel>]: Compute<M> } = {
  'model/load': (_, { model }) => Promise.resolve(model.info),
  'devices/measure': measureDevice,
  'drift/measure': measureDrift,
  'attention/overview': attentionOverview,
  'attention/map': attentionMap,
  'attention/textMap': attentionTextMap,
  'attention/compareWords': compareWords,
  'attention/sum': attentionSum,
  'attention/metrics': attentionMetrics,
  'predictions/predict': predict,
  'predictions/depth': predictByDepth,
  'predictions/surprise': surprise,
  'predictions/trainingExample': trainingExample,
  'senses/group': groupSenses,
  'senses/layers': senseLayers,
  'senses/compareOccurrences': compareOccurrences,
  'senses/words': senseWords,
  'senses/umap': senseUmap,
  'senseIndex/open': openSenseIndex,
  'senseIndex/update': updateSenseIndex,
  'senseIndex/search': searchSenses,
  'vectors/embed': embed,
  'vectors/neighbours': neighbours,
  'vectors/nearest': nearest,
  'nextSentence/score': scoreNextSentence,
  'nextSentence/crossing': crossing,
  'classification/classify': classify,
  'classification/evidence': evidence,
  'classification/lines': classifyLines,
  'training/train': trainClassifier,
  'training/save': saveTrained,
  'translation/translate': translate,
  'translation/score': scoreTranslation,
  'translation/influence': influence,
  'translation/lines': translateLines,
  'lineage/recorded': recorded,
  'lineage/forgetting': forgetting,
  'generation/generate': generate,
  'generation/next': nextToken,
  'evidence/measure': measureOutcome,
  'evidence/patch': patch,
  'evidence/patchedAnswers': patchedAnswers,
  'evidence/attribution': attribution,
  'evidence/rank': rankHeads,
};
