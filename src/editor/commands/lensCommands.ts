import * as vscode from 'vscode';
import type { Subject } from '../../panel/contract';
import type { EngineHost } from '../engineHost';
import type { PanelView } from '../panel/panelView';
import { withProgress } from '../progress';
import { hoverSettings } from '../settings';
import { predictionsSubject, sensesSubject, sourceOf } from '../source/documentSource';
import { attentionPassage, followingPassage, longestPassage, type SelectedPassage } from '../source/selectedPassage';
import { type ActiveText, activeText } from './activeText';

/** The commands that open a lens on the text in the editor. */
export class LensCommands {
  constructor(
    private readonly engine: EngineHost,
    private readonly panel: PanelView,
  ) {}

  async showAttention(text: ActiveText): Promise<void> {
    await this.panel.show(attentionSubject(text), vscode.l10n.t('computing attention'));
  }

  async predict({ document, selections }: ActiveText): Promise<void> {
    await this.panel.show(predictionsSubject(document, selections[0]), vscode.l10n.t('predicting masked words'));
  }

  async showSenses({ document, selections }: ActiveText): Promise<void> {
    const { maxOccurrences } = hoverSettings();
    await this.panel.show(sensesSubject(document, selections[0], maxOccurrences), vscode.l10n.t('comparing occurrences'));
  }

  /** Says how probable it is that the second of two sentences follows the first. */
  async scoreNextSentence(): Promise<void> {
    const { t } = vscode.l10n;
    const { document, selections } = activeText();
    const passage = followingPassage(document.getText(), selections);
    noticeCut(passage);
    const [first, second] = [passage.first, passage.second].map(({ start, end }) => document.getText().slice(start, end));
    const { isNext, model } = await withProgress(t('scoring the next sentence'), (options) =>
      this.engine.call('nextSentence/score', { first: first!, second: second! }, { ...options, lane: 'command/nextSentence' }),
    );
    const attention = t('Show Attention');
    const chosen = await vscode.window.showInformationMessage(
      t('{0} % that “{1}” follows “{2}”, by {3}.', percent(isNext), brief(second!), brief(first!), model.name),
      attention,
    );
    if (chosen === attention) await this.showAttention({ document, selections: [passage.first, passage.second] });
  }
}

/** The subject of the attention lens. @throws HeadlightError `empty-text`, `out-of-range` */
export function attentionSubject({ document, selections }: ActiveText): Subject & { lens: 'attention' } {
  const passage = attentionPassage(document.getText(), selections);
  noticeCut(passage);
  return { lens: 'attention', source: sourceOf(document, passage) };
}

function noticeCut({ cut }: SelectedPassage): void {
  if (!cut) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The selection is longer than a model can read: its first {0} characters are used.', longestPassage),
  );
}

function percent(probability: number): string {
  const value = probability * 100;
  return value > 99.9 ? '> 99.9' : value < 0.1 ? '< 0.1' : value.toFixed(1);
}

function brief(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
