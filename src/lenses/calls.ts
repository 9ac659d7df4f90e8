import type { TextMap, WordComparison, WordComparisonRequest } from './attention/compareContract';
import type {
  AttentionMap, AttentionMapRequest, AttentionOverview, AttentionRequest, AttentionSum, AttentionSumRequest, HeadMetrics,
} from './attention/contract';
import type { ModelHash } from './checks/hashContract';
import type { Classification, ClassificationLines, ClassificationLinesRequest, ClassificationRequest, Evidence, EvidenceRequest } from './classification/contract';
import type { DeviceMeasurement } from './devices/contract';
import type { Drift, DriftRequest } from './drift/contract';
import type { Attribution, AttributionRequest } from './evidence/attributionContract';
import type { MeasuredOutcome, MeasureRequest } from './evidence/contract';
import type { PatchedAnswers, PatchedAnswersRequest, Patching, PatchRequest } from './evidence/patchContract';
import type { LayerEffects, Ranking, RankingRequest } from './evidence/rankContract';
import type { Generation, GenerationRequest, NextToken, NextTokenRequest } from './generation/contract';
import type { Inspection, InspectionRequest } from './inspection/contract';
import type { Forgetting, ForgettingRequest, Recorded, RecordedRequest } from './lineage/contract';
import type { ModelInfo, Target } from './model';
import type { Neighbours, NeighboursRequest } from './neighbours/contract';
import type { NextSentence, NextSentenceRequest } from './nextSentence/contract';
import type { Crossing } from './nextSentence/crossingContract';
import type { Predictions, PredictionsRequest } from './predictions/contract';
import type { DepthRequest, PredictionsByDepth } from './predictions/depthContract';
import type { Surprise, SurpriseRequest } from './predictions/surpriseContract';
import type { TrainingExample, TrainingRequest } from './predictions/trainingContract';
import type {
  SenseIndexOpenRequest, SenseIndexState, SenseIndexUpdate, SenseIndexUpdated, SenseSearchRequest, SenseSearchResult,
} from './senseIndex/contract';
import type { OccurrencePair, OccurrencePairRequest } from './senses/compareContract';
import type { Senses, SensesRequest } from './senses/contract';
import type { SenseLayers, SenseLayersRequest } from './senses/layersContract';
import type { SenseUmap, SenseUmapRequest } from './senses/umapContract';
import type { SenseWords, SenseWordsRequest } from './senses/wordsContract';
import type { SaveClassifierRequest, SavedClassifier, TrainedClassifier, TrainingProgress, TrainRequest } from './training/contract';
import type {
  Influence, InfluenceRequest, Translation, TranslationLines, TranslationLinesRequest, TranslationRequest, TranslationScore,
  TranslationScoreRequest,
} from './translation/contract';
import type { Vectors, VectorsRequest } from './vectors/contract';
import type { NearestRequest, NearestWords } from './vectors/nearestContract';
import type { WritingProgress } from './writing/contract';

/** Every question that a lens can ask the engine: method → [request, result]. */
export interface LensCalls {
  'model/load': [Target, ModelInfo];
  'model/inspect': [InspectionRequest, Inspection];
  'model/hash': [Target, ModelHash];
  'devices/measure': [Target, DeviceMeasurement];
  'drift/measure': [DriftRequest, Drift];
  'attention/overview': [AttentionRequest, AttentionOverview];
  'attention/map': [AttentionMapRequest, AttentionMap];
  'attention/textMap': [AttentionMapRequest, TextMap];
  'attention/compareWords': [WordComparisonRequest, WordComparison];
  'attention/sum': [AttentionSumRequest, AttentionSum];
  'attention/metrics': [AttentionRequest, HeadMetrics];
  'predictions/predict': [PredictionsRequest, Predictions];
  'predictions/depth': [DepthRequest, PredictionsByDepth];
  'predictions/surprise': [SurpriseRequest, Surprise];
  'predictions/trainingExample': [TrainingRequest, TrainingExample];
  'senses/group': [SensesRequest, Senses];
  'senses/layers': [SenseLayersRequest, SenseLayers];
  'senses/compareOccurrences': [OccurrencePairRequest, OccurrencePair];
  'senses/words': [SenseWordsRequest, SenseWords];
  'senses/umap': [SenseUmapRequest, SenseUmap];
  'senseIndex/open': [SenseIndexOpenRequest, SenseIndexState];
  'senseIndex/update': [SenseIndexUpdate, SenseIndexUpdated];
  'senseIndex/search': [SenseSearchRequest, SenseSearchResult];
  'vectors/embed': [VectorsRequest, Vectors];
  'vectors/neighbours': [NeighboursRequest, Neighbours];
  'vectors/nearest': [NearestRequest, NearestWords];
  'nextSentence/score': [NextSentenceRequest, NextSentence];
  'nextSentence/crossing': [NextSentenceRequest, Crossing];
  'classification/classify': [ClassificationRequest, Classification];
  'classification/evidence': [EvidenceRequest, Evidence];
  'classification/lines': [ClassificationLinesRequest, ClassificationLines];
  'training/train': [TrainRequest, TrainedClassifier];
  'training/save': [SaveClassifierRequest, SavedClassifier];
  'translation/translate': [TranslationRequest, Translation];
  'translation/score': [TranslationScoreRequest, TranslationScore];
  'translation/influence': [InfluenceRequest, Influence];
  'translation/lines': [TranslationLinesRequest, TranslationLines];
  'lineage/recorded': [RecordedRequest, Recorded];
  'lineage/forgetting': [ForgettingRequest, Forgetting];
  'generation/generate': [GenerationRequest, Generation];
  'generation/next': [NextTokenRequest, NextToken];
  'evidence/measure': [MeasureRequest, MeasuredOutcome];
  'evidence/patch': [PatchRequest, Patching];
  'evidence/patchedAnswers': [PatchedAnswersRequest, PatchedAnswers];
  'evidence/attribution': [AttributionRequest, Attribution];
  'evidence/rank': [RankingRequest, Ranking];
}

export type LensMethod = keyof LensCalls;
export type LensRequest<M extends LensMethod> = LensCalls[M][0];
export type LensResult<M extends LensMethod> = LensCalls[M][1];

/** How far a call has come: `done` of `total` units of work (texts, tokens), or a message alone while loading. */
export interface LensProgress {
  readonly message: string;
  readonly done?: number;
  readonly total?: number;
  /** Of calls that write text: what they have written so far. */
  readonly written?: WritingProgress;
  /** Of training: how far it has come down. */
  readonly training?: TrainingProgress;
  /** Of calls that ablate heads: what is known since the last one. */
  readonly effects?: LayerEffects;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LensProgress) => void;
}

/** Anything that answers lens calls: the engine itself, or a client of it in another process. */
export interface LensService {
  call<M extends LensMethod>(method: M, request: LensRequest<M>, options?: CallOptions): Promise<LensResult<M>>;
}
