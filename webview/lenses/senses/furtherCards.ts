import { html, nothing, type TemplateResult } from 'lit';
import type { LensProgress } from '../../../src/lenses/calls';
import type { Senses } from '../../../src/lenses/senses/contract';
import type { Subject, WordInDocument } from '../../../src/panel/contract';
import { excerpt, visibleLine } from '../../../src/text/visibleText';
import type { EditorConnection } from '../../connection';
import { button } from '../../controls';
import type { Latest } from '../../latest';
import { loadState } from '../frame';
import { stateName } from '../stateName';
import './anyWords';
import type { PlacedWord } from './furtherWords';
import type { WordPoint } from './map';
import './neighbours';
import type { SensesViewState } from './viewState';

export interface WordsCardOptions {
  readonly senses: Senses;
  readonly asked: SensesViewState['words'];
  readonly placed: Latest<readonly PlacedWord[]>;
  /** Hidden state that the map shows; null for all evidence. */
  readonly state: number | null;
  /** Whether the map is one by UMAP. */
  readonly umap: boolean;
  readonly pointed: WordPoint | null;
  readonly progress: LensProgress | null;
  readonly change: (words: SensesViewState['words']) => void;
  readonly point: (word: WordPoint | null) => void;
  readonly choose: (word: WordPoint) => void;
}

/** Further words, typed by the reader, among the senses. */
export function wordsCard({ senses, asked, placed, state, umap, pointed, progress, change, point, choose }: WordsCardOptions): TemplateResult {
  return html`<section class="card stack" aria-label="Any words">
    <h2>Any words <span class="muted small">where do they fall among the senses?</span></h2>
    ${asked.length > 0 ? loadState(placed, progress) : nothing}
    <headlight-any-words
      .senses=${senses}
      .asked=${asked}
      .placed=${placed.value ?? []}
      .shown=${state}
      .vectors=${state === null ? 'all evidence' : stateName(state).toLowerCase()}
      .umap=${umap}
      .pointed=${pointed}
      @words=${({ detail }: CustomEvent<SensesViewState['words']>) => { change(detail); }}
      @pointWord=${({ detail }: CustomEvent<WordPoint | null>) => { point(detail); }}
      @chooseWord=${({ detail }: CustomEvent<WordPoint>) => { choose(detail); }}
    ></headlight-any-words>
  </section>`;
}

export interface NeighboursCardOptions {
  readonly editor: EditorConnection;
  readonly subject: Subject;
  readonly word: WordInDocument;
  readonly open: boolean;
  /** Hidden state that the map shows; null for the last. */
  readonly state: number | null;
  /** The occurrence that was chosen last, −1 for none. */
  readonly chosen: number;
  readonly progress: LensProgress | null;
  readonly toggle: () => void;
}

/** The words nearest to one occurrence. */
export function neighboursCard({ editor, subject, word, open, state, chosen, progress, toggle }: NeighboursCardOptions): TemplateResult {
  return html`<section class="card stack" aria-label="Nearest neighbours">
    <div class="bar spread">
      <h2>Nearest neighbours</h2>
      ${button({ label: open ? 'Close' : 'Find', name: open ? 'Close neighbours' : 'Find neighbours', onClick: toggle })}
    </div>
    ${open
      ? html`<headlight-neighbours
          .editor=${editor}
          .subject=${subject}
          .word=${word}
          .shown=${state}
          .chosen=${chosen}
          .progress=${progress}
        ></headlight-neighbours>`
      : html`<p class="muted small">Which words of the document an occurrence lies nearest to, after the layer that the map shows, and beside them those of a model that has one vector for all senses.</p>`}
  </section>`;
}

/** The place of a further word that is pointed at. */
export function wordReadout(placed: readonly PlacedWord[], [word, place]: WordPoint): TemplateResult | typeof nothing {
  const use = placed[word]?.use;
  const at = use?.places[place];
  if (!use || !at) return nothing;
  const where = at.line === undefined ? '' : `, line ${at.line}`;
  return html`<strong class="source-text">${visibleLine(use.word)}</strong><span class="muted">${where}:</span> ${excerpt(visibleLine(at.sentence), 110)}`;
}
