import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { patchingExample } from '../../lenses/evidence/patchingExample';
import type { Subject, WritingLens } from '../../panel/contract';
import type { PanelView } from '../panel/panelView';
import { hoverSettings } from '../settings';
import { outcomeSubject, pairSubject, predictionsSubject, sensesSubject, sourceOf } from '../source/documentSource';
import { attentionPassage, longestPassage, promptPassage, type SelectedPassage, sentencePair, singlePassage } from '../source/selectedPassage';
import { trainingSubject } from '../training/trainingSubject';
import type { ActiveText } from './activeText';

/** The commands that open a lens on the text in the editor. */
export class LensCommands {
  constructor(private readonly panel: PanelView) {}

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

  async translate(text: ActiveText): Promise<void> {
    await this.panel.show(writingSubject(text, 'translation'), vscode.l10n.t('translating'));
  }

  async compareTranslators(text: ActiveText): Promise<void> {
    await this.panel.show(writingSubject(text, 'lineage'), vscode.l10n.t('translating with three generations of models'));
  }

  async writeOn(text: ActiveText): Promise<void> {
    await this.panel.show(writingSubject(text, 'generation'), vscode.l10n.t('writing on'));
  }

  async classify(text: ActiveText): Promise<void> {
    await this.panel.show(classificationSubject(text), vscode.l10n.t('classifying'));
  }

  /** Opens the table of the document's lines in the classification view. */
  async classifyLines(text: ActiveText): Promise<void> {
    const opened = { id: randomUUID(), part: 'lines' } as const;
    await this.panel.show({ ...classificationSubject(text), opened }, vscode.l10n.t('classifying lines'));
  }

  async trainClassifier({ document }: ActiveText): Promise<void> {
    await this.panel.show(trainingSubject(document, randomUUID()), vscode.l10n.t('training a classifier'));
  }

  async showEvidence(text: ActiveText): Promise<void> {
    await this.panel.show(evidenceSubject(text), vscode.l10n.t('measuring an outcome'));
  }

  /** Patches one sentence of the lesson into another in the evidence view. */
  async tryPatching({ document }: Pick<vscode.TextEditor, 'document'>): Promise<void> {
    const { outcome, word: { end, sentence, start } } = patchingExample;
    // The reader may have written in the lesson: then the example stands beside whatever is there now.
    const at = Math.max(0, document.getText().indexOf(sentence));
    const opened = { id: randomUUID(), outcome, example: true } as const;
    await this.panel.show({ ...evidenceSubject({ document, selections: [{ start: at + start, end: at + end }] }), opened }, vscode.l10n.t('patching one sentence into another'));
  }

  /** Opens two sentences in the part of the predictions view that asks whether one follows the other. */
  async nextSentence({ document, selections }: ActiveText): Promise<void> {
    const passage = sentencePair(document.getText(), selections);
    noticeCut(passage);
    const opened = { id: randomUUID(), part: 'nextSentence' } as const;
    await this.panel.show({ ...pairSubject(document, passage), opened }, vscode.l10n.t('scoring the next sentence'));
  }
}

/** The subject of the attention lens. @throws HeadlightError `empty-text`, `out-of-range` */
export function attentionSubject({ document, selections }: ActiveText): Subject & { lens: 'attention' } {
  const passage = attentionPassage(document.getText(), selections);
  noticeCut(passage);
  return { lens: 'attention', source: sourceOf(document, passage) };
}

/** The subject of the classification lens: a text, or two that are selected, as they are read by models of pairs. @throws HeadlightError `empty-text`, `out-of-range` */
export function classificationSubject({ document, selections }: ActiveText): Subject & { lens: 'classification' } {
  const text = document.getText();
  const passage = selections.length > 1 ? attentionPassage(text, selections) : singlePassage(text, selections[0]);
  noticeCut(passage);
  return { lens: 'classification', source: sourceOf(document, passage) };
}

/** The subject of the evidence lens. @throws HeadlightError `empty-text`, `out-of-range` */
export function evidenceSubject({ document, selections }: ActiveText): Subject & { lens: 'evidence' } {
  return outcomeSubject(document, selections, hoverSettings().maxOccurrences);
}

/** The subject of a lens that shows a model write. @throws HeadlightError `empty-text` */
export function writingSubject({ document, selections }: ActiveText, lens: WritingLens): Subject & { lens: WritingLens } {
  const isPrompt = lens === 'generation';
  const passage = (isPrompt ? promptPassage : singlePassage)(document.getText(), selections[0]);
  noticeCut(passage, isPrompt);
  return { lens, source: sourceOf(document, passage) };
}

function noticeCut({ cut }: SelectedPassage, isPrompt = false): void {
  if (!cut) return;
  void vscode.window.showInformationMessage(
    isPrompt
      ? vscode.l10n.t('The selection is longer than a model can read: its last {0} characters are used.', longestPassage)
      : vscode.l10n.t('The selection is longer than a model can read: its first {0} characters are used.', longestPassage),
  );
}
