import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ShadedEvidence } from '../../../src/panel/contract';
import type { EditorConnection } from '../../connection';

interface EvidenceHost {
  editor(): Pick<EditorConnection, 'notify' | 'on'>;
  /** Null for nothing. */
  shaded(): ShadedEvidence | null;
  /** Shades nothing until there is other evidence. */
  release(): void;
}

/** Tells the editor what to shade whenever that has changed, and lets go when the editor or Escape says so. */
export class EvidenceLink implements ReactiveController {
  private told: ShadedEvidence | null = null;

  constructor(host: ReactiveControllerHost, private readonly view: EvidenceHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.view.editor().on('editor/release', () => { this.view.release(); });
    document.addEventListener('keydown', this.pressed);
  }

  hostUpdated(): void {
    this.tell(this.view.shaded());
  }

  /** Another lens is shown. */
  hostDisconnected(): void {
    document.removeEventListener('keydown', this.pressed);
    this.tell(null);
  }

  /** The editor shows another text, and has cleared what was shaded. */
  forget(): void {
    this.told = null;
  }

  private tell(evidence: ShadedEvidence | null): void {
    if (evidence === this.told) return;
    this.told = evidence;
    this.view.editor().notify('panel/evidence', evidence);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.view.release();
  };
}
