import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { LensProgress } from '../../src/lenses/calls';
import type { EngineStatus, LensName, PanelCommand, PanelSettings, PanelSwitches, Subject } from '../../src/panel/contract';
import type { TextRange } from '../../src/text/range';
import type { EditorConnection } from '../connection';
import { button, iconButton, notice, noticeStyles, sharedStyles } from '../controls';
import { lenses, type LensEntry } from '../lenses/registry';
import { KeptRankings } from '../lenses/evidence/keptRankings';
import { LensView } from '../lenses/view';
import type { StateStore } from '../state';
import { WhatIf } from '../whatIf/whatIf';
import { emptyState, emptyStyles } from './empty';

/** The frame around the lenses: tabs, explanation, and the states that all lenses share. */
@customElement('headlight-app')
export class App extends LitElement {
  static override styles = [
    sharedStyles,
    noticeStyles,
    emptyStyles,
    css`
      :host {
        min-height: 100%;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 2;
        display: flex;
        justify-content: space-between;
        padding: 0 4px;
        border-bottom: 1px solid var(--headlight-border);
        background: var(--headlight-page);
      }
      header > .icon-button {
        margin: 4px 0;
      }
      main {
        max-width: 1440px;
        padding: 8px 8px 16px;
      }
      .notices:not(:empty) {
        display: flex;
        flex-direction: column;
        gap: 8px;
        padding: 8px 8px 0;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) store!: StateStore;
  @state() private lens: LensName = 'attention';
  @state() private subjects: Readonly<Partial<Record<LensName, Subject>>> = {};
  @state() private status: EngineStatus | null = null;
  @state() private settings: PanelSettings = { topK: 10, layer: -1 };
  @state() private selection: TextRange | null = null;
  @state() private stale = false;
  @state() private whatIf: WhatIf | null = null;
  @state() private progress: LensProgress | null = null;
  @state() private explained = false;
  @state() private failure: string | null = null;
  /** Why what was to be saved as a check was not. */
  @state() private unsaved: string | null = null;

  private readonly rankings = new KeptRankings();
  private switches: PanelSwitches | null = null;
  /** Names of the kept sets that are compared. */
  private compared: readonly string[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    const { editor } = this;
    editor.on('editor/show', (subject) => { this.show(subject); });
    editor.on('editor/status', (status) => {
      this.status = status;
      if (status.state !== 'loading' && status.state !== 'working') this.progress = null;
    });
    editor.on('editor/settings', (settings) => { this.settings = settings; });
    editor.on('editor/switches', (switches) => { this.switched(switches); });
    editor.on('editor/progress', (progress) => { this.progress = progress; });
    editor.on('editor/saveCheck', () => { this.saveCheck(); });
    editor.on('editor/selection', (selection) => {
      this.selection = selection?.uri === this.subject?.source.uri ? selection : null;
    });
    editor.on('editor/stale', ({ uri, version }) => {
      const source = this.subject?.source;
      if (source?.uri === uri && version !== source.version) this.stale = true;
    });
    void this.start();
  }

  override render(): TemplateResult {
    const entry = lenses.find(({ name }) => name === this.lens)!;
    return html`
      <header>
        <headlight-tabs
          label="Lenses"
          .value=${this.lens}
          .tabs=${lenses}
          @choose=${({ detail }: CustomEvent<LensName>) => { this.open(detail); }}
        ></headlight-tabs>
        ${iconButton({
          label: 'What does this show?',
          icon: 'question',
          pressed: this.explained,
          onClick: () => { this.explained = !this.explained; },
        })}
      </header>
      <div class="notices">${this.notices(entry)}</div>
      <main role="tabpanel" aria-label=${entry.label}>${this.view(entry)}</main>
    `;
  }

  private get subject(): Subject | null {
    return this.subjects[this.lens] ?? null;
  }

  /** Asked for by the palette. What fails is said as for any other thing that is saved. */
  private saveCheck(): void {
    const view = this.renderRoot.querySelector('main > *');
    this.editor.ask('panel/saveCheck', view instanceof LensView ? view.check() : null).then(
      () => { this.unsaved = null; },
      (error: unknown) => { this.unsaved = error instanceof Error ? error.message : String(error); },
    );
  }

  private view(entry: LensEntry): TemplateResult {
    const { subject, editor, settings, selection, progress, rankings, store, whatIf } = this;
    if (!subject) return emptyState(entry, editor);
    return entry.render({
      subject,
      editor,
      settings,
      selection,
      progress,
      whatIf,
      rankings,
      saved: store.view(entry.name),
      save: (view) => { store.saveView(entry.name, view); },
    });
  }

  private notices(entry: LensEntry): TemplateResult[] {
    const { status } = this;
    const retry = (onClick: () => void, label = 'Retry'): TemplateResult[] => [button({ label, icon: 'refresh', onClick })];
    const run = (command: PanelCommand) => (): void => {
      this.editor.notify('panel/command', { command });
    };
    const list: TemplateResult[] = [];
    if (this.explained) list.push(notice('info', html`${entry.explanation.text}<br /><span class="muted">${entry.explanation.source}</span>`));
    if (this.failure !== null) list.push(notice('error', this.failure, retry(() => void this.start())));
    if (this.unsaved !== null) list.push(notice('error', this.unsaved, retry(() => { this.saveCheck(); })));
    if (this.stale) {
      list.push(notice('warning', 'The document has changed since this was computed.', retry(this.refresh, 'Refresh')));
    }
    if (status?.state === 'failed') {
      list.push(
        notice('error', status.detail, [
          button({ label: 'Restart Engine', icon: 'refresh', onClick: run('restartEngine') }),
          button({ label: 'Show Log', icon: 'output', onClick: run('showLog') }),
        ]),
      );
    }
    return list;
  }

  private async start(): Promise<void> {
    this.failure = null;
    if (this.store.subject) this.show(this.store.subject);
    try {
      const { subject, status, settings, switches } = await this.editor.ready(this.store.subject);
      this.settings = settings;
      this.switched(switches);
      this.status = status;
      // After a reload the editor names the subject that is remembered: the work is not started twice.
      if (subject && JSON.stringify(subject) !== JSON.stringify(this.subject)) this.show(subject);
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  private show(subject: Subject): void {
    this.subjects = { ...this.subjects, [subject.lens]: subject };
    this.lens = subject.lens;
    this.stale = false;
    this.unsaved = null;
    this.selection = null;
    this.store.saveSubject(subject);
  }

  /** What is shown is asked for again where something was switched; keeping or comparing sets changes no answer. */
  private switched(switches: PanelSwitches): void {
    const off = (of: PanelSwitches | null): string => JSON.stringify(Object.entries(of?.models ?? {}).map(([model, { off }]) => [model, off]));
    const changed = off(this.switches) !== off(switches);
    this.switches = switches;
    this.drawSwitches();
    const { subject } = this;
    if (changed && subject) this.subjects = { ...this.subjects, [subject.lens]: { ...subject } };
  }

  private drawSwitches(): void {
    const { compared, editor, switches } = this;
    if (!switches) return;
    this.whatIf = new WhatIf(switches, editor, compared, (names) => {
      this.compared = names;
      this.drawSwitches();
    });
  }

  private open(lens: LensName): void {
    if (lens === this.lens) return;
    this.lens = lens;
    this.selection = null;
    this.editor.notify('panel/openLens', { lens });
  }

  private readonly refresh = (): void => {
    this.editor.notify('panel/openLens', { lens: this.lens });
  };
}
