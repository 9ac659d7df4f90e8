import { type OcclusionMethod, occlusionMethods } from '../../../src/lenses/attribution/method';
import { type AttributedBy, attributedParts } from '../../../src/lenses/evidence/attributionContract';
import type { Outcome, OutcomeKind } from '../../../src/lenses/evidence/contract';
import { type PatchDirection, patchDirections, type PatchedThing, patchedThings } from '../../../src/lenses/evidence/patchContract';
import { type Ablation, ablations } from '../../../src/lenses/whatIf/contract';

export const outcomeKinds = ['word', 'nextSentence', 'class', 'nextToken', 'cosine', 'separation'] as const satisfies readonly OutcomeKind[];

/** What is chosen in the cards that look into an outcome. */
export interface CardChoices {
  /** By what heads are replaced one after the other. */
  readonly ablation: Ablation;
  /** What is left out at a time, and how; null for a mask where the model has one. */
  readonly by: AttributedBy;
  readonly method: OcclusionMethod | null;
  /** What is copied between two texts, and which way. */
  readonly of: PatchedThing;
  readonly direction: PatchDirection;
  /** The text that the shown one is held against; empty until it is written. */
  readonly clean: string;
}

/** What the evidence view remembers while it is hidden. */
export interface EvidenceViewState extends CardChoices {
  /** The text that the choices below belong to. */
  readonly text: string;
  /** Id of the model that is asked; null for the one in force. */
  readonly model: string | null;
  /** What the reader chose; null for the first that the model can be asked. One that was handed over goes before. */
  readonly kind: OutcomeKind | null;
  /** Where the masked word begins in the text; null for the word at the cursor. */
  readonly wordAt: number | null;
  /** The word whose probability is measured; empty for the one that stands there. */
  readonly word: string;
  /** The second sentence; null for the one that follows. */
  readonly second: string | null;
  /** Index of the class. */
  readonly label: number;
  /** Which token of what the model writes, and the id measured in its place; null for its own. */
  readonly step: number;
  readonly token: number | null;
  /** Indexes of the two occurrences that are compared. */
  readonly occurrences: readonly [number, number];
  /** An outcome that another view handed over, and which opening of it was taken on; null for none. */
  readonly given: Outcome | null;
  readonly opened: string | null;
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Choices that belong to one text, as they begin. */
export const ofNoText = { wordAt: null, word: '', second: null, step: 0, token: null, occurrences: [0, 1], given: null, clean: '' } as const;

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readEvidenceState(saved: unknown): EvidenceViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<EvidenceViewState>;
  const [first, second] = Array.isArray(from.occurrences) ? (from.occurrences as unknown[]) : [];
  return {
    text: typeof from.text === 'string' ? from.text : '',
    model: typeof from.model === 'string' ? from.model : null,
    kind: outcomeKinds.find((kind) => kind === from.kind) ?? null,
    wordAt: isIndex(from.wordAt) ? from.wordAt : null,
    word: typeof from.word === 'string' ? from.word : '',
    second: typeof from.second === 'string' ? from.second : null,
    label: isIndex(from.label) ? from.label : 0,
    step: isIndex(from.step) ? from.step : 0,
    token: isIndex(from.token) ? from.token : null,
    occurrences: isIndex(first) && isIndex(second) ? [first, second] : ofNoText.occurrences,
    // Only this view itself writes its state.
    given: typeof from.given === 'object' && from.given !== null && outcomeKinds.some((kind) => kind === from.given?.kind) ? from.given : null,
    opened: typeof from.opened === 'string' ? from.opened : null,
    ablation: ablations.find((ablation) => ablation === from.ablation) ?? 'zero',
    by: attributedParts.find((by) => by === from.by) ?? 'word',
    method: occlusionMethods.find((method) => method === from.method) ?? null,
    of: patchedThings.find((of) => of === from.of) ?? 'states',
    direction: patchDirections.find((direction) => direction === from.direction) ?? 'denoising',
    clean: typeof from.clean === 'string' ? from.clean : '',
  };
}
