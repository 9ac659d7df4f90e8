import { lensNames, type LensName, type Subject } from '../src/panel/contract';
import type { WebviewApi } from './connection';

/** What survives hiding and reloading the panel. */
export interface SavedState {
  readonly subject: Subject | null;
  /** Each lens's own view state, in a form that only its view knows. */
  readonly views: Readonly<Partial<Record<LensName, unknown>>>;
}

const isSubject = (value: unknown): value is Subject =>
  typeof value === 'object' && value !== null && 'lens' in value && lensNames.some((name) => name === value.lens) && 'source' in value;

/** The remembered state, kept by VS Code with the panel. */
export class StateStore {
  private state: SavedState;

  constructor(private readonly api: Pick<WebviewApi, 'getState' | 'setState'>) {
    const saved = api.getState() as Partial<SavedState> | null | undefined;
    this.state = { subject: isSubject(saved?.subject) ? saved.subject : null, views: saved?.views ?? {} };
  }

  get subject(): Subject | null {
    return this.state.subject;
  }

  view(lens: LensName): unknown {
    return this.state.views[lens];
  }

  saveSubject(subject: Subject | null): void {
    this.save({ ...this.state, subject });
  }

  saveView(lens: LensName, view: unknown): void {
    this.save({ ...this.state, views: { ...this.state.views, [lens]: view } });
  }

  private save(state: SavedState): void {
    this.state = state;
    this.api.setState(state);
  }
}
