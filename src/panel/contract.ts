import type { AttentionPart, AttentionRequest } from '../lenses/attention/contract';
import type { LensCalls, LensMethod, LensProgress } from '../lenses/calls';
import type { PickedLines } from '../lenses/drift/pickLines';
import type { Outcome } from '../lenses/evidence/contract';
import type { DeviceName, ModelTask, WithoutTarget } from '../lenses/model';
import type { OccurrenceInContext } from '../lenses/senses/contract';
import type { ChosenSwitches, NamedSwitches } from '../lenses/whatIf/chosen';
import type { Switches } from '../lenses/whatIf/contract';
import type { TrainedClassifier, TrainingChoices } from '../lenses/training/contract';
import type { ForcedPrefix } from '../lenses/writing/contract';
import type { TextRange } from '../text/range';

/**
 * What the panel (webview) and the editor say to each other, as JSON-RPC over `postMessage`.
 * The panel asks for its state with `panel/ready`; lens calls travel under their own names, and the editor adds the target.
 */
export const lensNames = ['attention', 'predictions', 'senses', 'translation', 'lineage', 'generation', 'classification', 'evidence', 'training', 'drift'] as const;
export type LensName = (typeof lensNames)[number];
/** Lenses that show a model write, from one passage. */
export type WritingLens = 'translation' | 'lineage' | 'generation';

/** A piece of a document as the panel shows it. */
export interface SourceText {
  readonly text: string;
  /** Offset of the text in its document. */
  readonly offset: number;
}

/** Where the text of a view came from. */
export interface Source {
  readonly uri: string;
  /** File name, line numbers: "lesson.md:12". */
  readonly label: string;
  readonly version: number;
  readonly first: SourceText;
  /** Second selection, for a sentence pair. */
  readonly second?: SourceText;
  /** What is selected in `first`, relative to it; empty for a bare cursor. */
  readonly selection: TextRange;
}

/** The occurrences of the chosen word in its document, each with its place there. */
export interface WordInDocument {
  readonly word: string;
  readonly current: number;
  readonly occurrences: readonly (OccurrenceInContext & {
    /** Offset of the word in the document. */
    readonly offset: number;
    /** From 1, as the editor counts. */
    readonly line: number;
    /** Index into `files`; absent for the document itself. */
    readonly file?: number;
  })[];
  /** Occurrences in all that was searched; more than `occurrences` when only the nearest are compared. */
  readonly total: number;
  /** The other files that hold compared occurrences. */
  readonly files?: readonly FileWithWord[];
}

/** A file beside the document that holds the word. */
export interface FileWithWord {
  readonly uri: string;
  /** Path from the workspace folder, to show. */
  readonly label: string;
}

/** Where occurrences of a word are looked for. */
export const occurrenceScopes = ['document', 'editors', 'folder', 'workspace'] as const;
export type OccurrenceScope = (typeof occurrenceScopes)[number];

/** The shown word's occurrences beyond its document, those nearest to the document first. */
export interface FoundWord extends WordInDocument {
  readonly scope: OccurrenceScope;
  readonly files: readonly FileWithWord[];
  /** Files that hold the word, the document among them. */
  readonly filesWithWord: number;
  /** Files that were left out because they are too large, or could not be read. */
  readonly skipped: { readonly large: number; readonly unreadable: number };
}

export type Subject =
  | { readonly lens: 'attention'; readonly source: Source; readonly kept?: KeptToken; readonly opened?: OpenedView }
  | {
      readonly lens: 'predictions';
      readonly source: Source;
      readonly maskRange?: TextRange;
      readonly sentences?: SentencePair;
      readonly opened?: OpenedPart;
    }
  | { readonly lens: 'senses'; readonly source: Source; readonly word: WordInDocument }
  | { readonly lens: WritingLens; readonly source: Source }
  | { readonly lens: 'classification'; readonly source: Source; readonly opened?: OpenedPart }
  | {
      readonly lens: 'evidence';
      readonly source: Source;
      /** The word at the cursor. */
      readonly maskRange?: TextRange;
      readonly sentences: SentencePair;
      /** Its occurrences in the document; absent where there is no such word. */
      readonly word?: WordInDocument;
      readonly opened?: OpenedOutcome;
    }
  | TrainingSubject
  | { readonly lens: 'drift'; readonly source: Source; readonly lines: LinesOfDocument; readonly opened?: OpenedComparison };

/** Lines that two models are compared on, with their offsets in the document. */
export interface LinesOfDocument extends PickedLines {
  /** The part of the document that they are from; null for all of it. */
  readonly within: TextRange | null;
  /** Whether they are those alone that were held out of training. */
  readonly heldOut: boolean;
}

/** Two models that a command asks to compare. The view starts with them once, and what the reader chooses after that holds. */
export interface OpenedComparison {
  /** Of this run of the command. */
  readonly id: string;
  readonly model: string;
  readonly against: string;
}

/** A file of labelled lines, by its beginning. */
export interface TrainingSubject {
  readonly lens: 'training';
  readonly source: Source;
  /** Names the run of the command that asks to begin at once; the view begins once for each. */
  readonly start?: string;
}

/** The token that was kept before its text was edited and read anew. */
export interface KeptToken {
  readonly side: 'query' | 'key';
  /** Where it stands now, in the document; null for a special token, which stands for no text. */
  readonly range: TextRange | null;
}

/** A sentence of a document and the one to compare it with: the other of a pair, or what follows; absent where nothing does. */
export interface SentencePair {
  readonly first: SourceText;
  readonly second?: SourceText;
}

/** A part of a view that a command asks for. The view opens it once, and what the reader changes after that holds. */
export interface OpenedPart {
  /** Of this run of the command. */
  readonly id: string;
  readonly part: 'nextSentence' | 'lines';
}

/** An outcome that another view asks about. The view takes it on once, and what the reader changes after that holds. */
export interface OpenedOutcome extends AskedAbout {
  /** Of this opening. */
  readonly id: string;
  /** Whether it is that of the example of patching, which is run at once. */
  readonly example?: true;
}

/** What another view asks the evidence lens about. */
export interface AskedAbout extends Pick<PanelCall, 'inModel'> {
  /** Null for the first outcome that the model and the text have. */
  readonly outcome: Outcome | null;
  /** Whether heads are ranked by their effect on it at once. */
  readonly rank?: boolean;
}

/** How a link shows a text. The view takes this on once, and what the reader changes after that holds. */
export interface OpenedView {
  /** Of this opening of the link. */
  readonly id: string;
  /** What the view gave to `panel/copyLink`, from anybody: it is read with care. */
  readonly state: unknown;
}

/** Engine and model at a glance, for the panel's header and the status bar alike. */
export interface EngineStatus {
  readonly state: 'idle' | 'loading' | 'ready' | 'working' | 'failed';
  readonly model: string;
  readonly device: DeviceName | null;
  /** Why this device, or what failed. */
  readonly detail: string;
}

/** Settings that views start from. */
export interface PanelSettings {
  readonly topK: number;
  /** Layer that the attention view opens first; −1 is the last. */
  readonly layer: number;
}

/** What the reader has off in one model, and the sets that are kept for it. */
export interface ModelSwitches {
  readonly off: ChosenSwitches;
  readonly named: readonly NamedSwitches[];
}

/** What is off in all models. */
export interface PanelSwitches {
  /** Id of the model that the settings name. */
  readonly inForce: string;
  /** By the model's id; in others all is on, and nothing is kept. */
  readonly models: Readonly<Record<string, ModelSwitches>>;
}

/** Everything the panel needs to draw itself anew. */
export interface PanelState {
  readonly subject: Subject | null;
  readonly status: EngineStatus;
  readonly settings: PanelSettings;
  readonly switches: PanelSwitches;
}

export type { WithoutTarget };

/** A file that the reader wants to keep; the editor asks where. */
export interface SavedFile {
  /** A proposal, with its extension. */
  readonly name: string;
  /** UTF-8 text, or bytes. */
  readonly text?: string;
  readonly base64?: string;
}

/** What the model does with a text, as lines of a file of checks: the reader chooses one of them, and where it is saved. */
export interface ProposedCheck extends Pick<PanelCall, 'inModel'> {
  readonly text: string;
  /** The second of a pair, and what is written of a text; null for none. */
  readonly second: string | null;
  readonly written: string | null;
  /** As files of checks have them, the likeliest first. */
  readonly expectations: readonly string[];
}

/** The attention of a text, to be written as a page of its own. */
export interface PageOfView {
  readonly source: Source;
  /** What the view remembers, which only the view itself can read. */
  readonly state: unknown;
  /** Which part of which model, and what it is looked at writing. */
  readonly asked: Pick<AttentionRequest, 'part' | 'written'> & PanelCall;
}

/** A model that was made, and may be used. */
export interface SavedModel {
  readonly id: string;
  /** Where it lies, to show. */
  readonly path: string;
}

/** The text that the editor's selection stands for: what is selected, or the sentence at the cursor. */
export interface SelectedText {
  readonly text: string;
  /** The one word that is selected or that the cursor stands in; null for none. */
  readonly word: string | null;
}

/** Asks for a sentence that should not follow another. */
export interface ControlRequest {
  /** The sentences that are compared. */
  readonly first: string;
  readonly second: string;
  /** From 1; the same turn gives the same sentence again, the next one another. */
  readonly turn: number;
}

/** A sentence that stands for any: of the shown document and not beside those compared, or an ordinary one of Headlight's. */
export interface ControlSentence {
  readonly text: string;
  /** File name and line in the document; null for one of Headlight's. */
  readonly label: string | null;
}

/** One head over a pair of sentences. */
export interface HeadOfPair {
  readonly first: string;
  readonly second: string;
  readonly layer: number;
  readonly head: number;
  /** Which of the two looks at the other; the view shows no other pairs. */
  readonly direction: 'firstToSecond' | 'secondToFirst';
}

/** A text that a model is looked at writing anew. */
export interface WrittenText {
  /** What is read. */
  readonly text: string;
  /** Id of the model, which need not be the one in force. */
  readonly model: string;
  /** What is written; null for the model's own translation, the most probable token each time. */
  readonly written: ForcedPrefix | null;
  readonly part: AttentionPart;
  readonly layer: number;
  readonly head: number;
}

/** One head of two models over a line that both have read. */
export interface DriftedHead extends SourceText {
  readonly model: string;
  readonly against: string;
  readonly layer: number;
  readonly head: number;
}

/** A document around the place that the panel shows. */
export interface DocumentText extends SourceText {
  /** Line of its first character, from 1. */
  readonly line: number;
  /** False when the document is longer. */
  readonly whole: boolean;
}

/** A model that the panel may ask about beside the one in force. */
export interface ListedModel {
  readonly id: string;
  readonly label: string;
  /** What it is, or where from; may be empty. */
  readonly detail: string;
  readonly task: ModelTask;
  /** Whether it has hidden states to look into. */
  readonly readable: boolean;
  /** The one that the settings name. */
  readonly inForce: boolean;
}

/** What the panel says of a lens call beside its request. */
export interface PanelCall {
  /** Which of the listed models it is about; the one in force when absent. The editor refuses any other. */
  readonly inModel?: string;
  /** What is off while it is answered, to compare; what the reader has off where it is not given. */
  readonly switches?: Switches;
  /** Names the call to the page, where it wants to be told of the call's progress apart from others'. */
  readonly call?: number;
}

/** What the token that is kept in the attention view attends to, or, for a key, what attends to it. */
export interface Attended {
  readonly uri: string;
  /** Version of the document that the offsets count in, as its `Source` names it. */
  readonly version: number;
  readonly kept: KeptToken;
  /** The kept token as the view writes it. */
  readonly label: string;
  /** Words without special tokens, in document offsets, with the weights of the map: sums over a key's pieces, means over a query's. */
  readonly words: readonly AttendedWord[];
  /** What the map is called within a sentence: "layer 5, head 3". */
  readonly map: string;
}

export interface AttendedWord extends TextRange {
  /** 0–1 */
  readonly weight: number;
}

/** What each word of a text does for a class, to be shaded in the document. */
export interface ShadedEvidence {
  readonly uri: string;
  /** Version of the document that the offsets count in, as its `Source` names it. */
  readonly version: number;
  /** The class. */
  readonly label: string;
  /** In document offsets; numbers as `WordEvidence` has them. */
  readonly words: readonly ShadedWord[];
}

export interface ShadedWord extends TextRange {
  readonly logit: number;
  readonly probability: number | null;
}

/** Requests of the panel that the editor answers; lens calls come without their target. */
export type PanelRequests = {
  /** Names the subject that the page remembers, if any. */
  'panel/ready': [Subject | null, PanelState];
  /** Answers where the file was written, null where it was not wanted after all. */
  'panel/save': [SavedFile, string | null];
  /** Writes a page that opens as the view is now; answers as `panel/save` does. */
  'panel/savePage': [PageOfView, string | null];
  /** Saves a check; null where nothing that is shown makes one. Answers as `panel/save` does. */
  'panel/saveCheck': [ProposedCheck | null, string | null];
  /** Puts a link to the shown subject in this state of its view into the clipboard. */
  'panel/copyLink': [object, null];
  'panel/selectedText': [null, SelectedText];
  'panel/controlSentence': [ControlRequest, ControlSentence];
  /** The shown document; refused where it was edited since, as offsets of the panel would miss. */
  'panel/documentText': [null, DocumentText];
  /** Puts text behind the shown passage, as one edit; refused where the passage no longer reads as it is shown. */
  'panel/insertBehind': [{ readonly text: string }, null];
  /** Looks for the word of the senses view that is shown; the document is not a scope to search. */
  'panel/occurrences': [{ readonly scope: Exclude<OccurrenceScope, 'document'> }, FoundWord];
  /** Trains on the shown file as it reads now, which the editor shows anew where it was edited. */
  'panel/train': [TrainingChoices, TrainedClassifier];
  /** Makes a model of what was trained, in a folder that the reader names; it is listed from then on. */
  'panel/saveClassifier': [{ readonly classifier: TrainedClassifier }, SavedModel | null];
  'panel/models': [null, readonly ListedModel[]];
  /** Lets the reader choose a model's folder; answers its id, which is listed from now on, null where none was chosen. */
  'panel/pickModel': [null, string | null];
} & { [M in LensMethod]: [WithoutTarget<LensCalls[M][0]> & PanelCall, LensCalls[M][1]] };

/** Requests that the editor answers itself. */
export type PanelMethod = Exclude<keyof PanelRequests, LensMethod | 'panel/ready'>;

/** Notifications from the panel to the editor. */
export interface PanelNotifications {
  /** Select and reveal a range of the document that the view shows, or of a file that `panel/occurrences` has named. */
  'panel/reveal': { readonly uri: string; readonly start: number; readonly end: number };
  /** Another lens was chosen in the panel; the editor answers with `editor/show` for the text in use. */
  'panel/openLens': { readonly lens: LensName };
  /** Shows a pair in the attention lens, with this head open. */
  'panel/openHead': HeadOfPair;
  /** Shows in the attention lens what a model looks at while it writes a text. */
  'panel/openWritten': WrittenText;
  /** Switches a model; answered by `editor/switches`. */
  'panel/switch': { readonly model: string; readonly off: ChosenSwitches };
  /** The sets that are kept for a model from now on; answered likewise. */
  'panel/keepSwitches': { readonly model: string; readonly named: readonly NamedSwitches[] };
  /** Shows a line in the attention lens, with this head open in both models. */
  'panel/openDrifted': DriftedHead;
  /** Makes a listed model the one in force. */
  'panel/useModel': { readonly id: string };
  /** Shows what an outcome is made of in the evidence lens. */
  'panel/openOutcome': AskedAbout;
  'panel/command': { readonly command: PanelCommand };
  /** What the editor shades, in offsets as `panel/reveal` has them; null when no token is kept, or the view is left. */
  'panel/attended': Attended | null;
  /** The same for what words do for a class. */
  'panel/evidence': ShadedEvidence | null;
}

/** Commands that the panel may start; nothing else is run on its word. */
export const panelCommands = ['restartEngine', 'openSettings', 'openSample', 'showLog', 'chooseModel'] as const;
export type PanelCommand = (typeof panelCommands)[number];

/** Notifications from the editor to the panel. */
export interface EditorNotifications {
  'editor/show': Subject;
  'editor/status': EngineStatus;
  'editor/settings': PanelSettings;
  /** Something was switched off or on, a set was kept, or another model is in force. */
  'editor/switches': PanelSwitches;
  /** The editor's selection within the shown source, as document offsets; null when it lies elsewhere. */
  'editor/selection': { readonly uri: string; readonly start: number; readonly end: number } | null;
  /** The shown document was edited: ranges may be off until the view is refreshed. */
  'editor/stale': { readonly uri: string; readonly version: number };
  /** The reader is done with what is shaded in the document: the view lets the kept token, or the evidence, go. */
  'editor/release': null;
  /** The view in sight is to propose a check (`panel/saveCheck`). */
  'editor/saveCheck': null;
  'editor/progress': LensProgress & { readonly method: LensMethod | 'panel/occurrences' | 'panel/train' } & Pick<PanelCall, 'call'>;
}
