import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { LensProgress } from '../../src/lenses/calls';
import type { PanelSettings, ProposedCheck, Subject } from '../../src/panel/contract';
import type { TextRange } from '../../src/text/range';
import type { EditorConnection } from '../connection';
import type { WhatIf } from '../whatIf/whatIf';
import type { KeptRankings } from './evidence/keptRankings';

/** What the shell hands to the view of a lens. */
export interface ViewContext<S extends Subject = Subject> {
  readonly subject: S;
  readonly editor: EditorConnection;
  readonly settings: PanelSettings;
  /** The editor's selection within the subject, as document offsets. */
  readonly selection: TextRange | null;
  readonly progress: LensProgress | null;
  /** What is off in the models; null on a saved page, which has none. */
  readonly whatIf: WhatIf | null;
  /** What was measured of heads since the page was loaded; null on a saved page. */
  readonly rankings: KeptRankings | null;
  /** The view state that this lens saved last. */
  readonly saved: unknown;
  readonly save: (state: unknown) => void;
}

/** The view of a lens: an element that draws one subject. */
export abstract class LensView<S extends Subject> extends LitElement {
  @property({ attribute: false }) context!: ViewContext<S>;

  /** What is shown as a check; null where it makes none, or some of the model is off, as checks are of whole models. */
  check(): ProposedCheck | null {
    const proposed = this.proposedCheck();
    return proposed && this.context.whatIf?.isAllOn(proposed.inModel) === false ? null : proposed;
  }

  /** What is shown as a check of the whole model. */
  protected proposedCheck(): ProposedCheck | null {
    return null;
  }

  /** Selects a range of the document in the editor. */
  protected reveal({ start, end }: TextRange): void {
    this.context.editor.notify('panel/reveal', { uri: this.context.subject.source.uri, start, end });
  }
}
