import * as vscode from 'vscode';
import type { LensName, Subject } from '../../panel/contract';
import { activeText, type ActiveText } from '../commands/activeText';
import { attentionSubject, classificationSubject, evidenceSubject, writingSubject } from '../commands/lensCommands';
import { hoverSettings } from '../settings';
import { chosenWord, longestWord } from '../source/chosenWord';
import { driftSubject, pairSubject, predictionsSubject, sensesSubject } from '../source/documentSource';
import { sentencePair } from '../source/selectedPassage';
import { trainingSubject } from '../training/trainingSubject';
import type { ShownSource } from './shownSource';

/**
 * The subject with which another lens, or the same one anew, opens on the text that the panel shows, as it reads now;
 * on the active editor's where the panel shows nothing. @throws HeadlightError where there is no text
 */
export async function subjectForLens(lens: LensName, shown: ShownSource | null): Promise<Subject> {
  const text = shown ? await shownText(shown) : activeText();
  const [selection] = text.selections;
  switch (lens) {
    case 'attention':
      return attentionSubject(text);
    case 'predictions':
      return shown?.subject.source.second
        ? pairSubject(text.document, sentencePair(text.document.getText(), text.selections))
        : predictionsSubject(text.document, selection);
    case 'translation':
    case 'lineage':
    case 'generation':
      return writingSubject(text, lens);
    case 'drift': {
      // All of the document, whatever part of it another lens shows.
      const before = shown?.subject.lens === 'drift' ? shown.subject.lines : null;
      const texts = before?.heldOut ? new Set(before.lines.map((line) => line.text)) : null;
      return driftSubject(text.document, before?.within ? shown!.inDocument(before.within) : null, texts && ((line) => texts.has(line.text)));
    }
    case 'classification':
      return classificationSubject(text);
    case 'training':
      return trainingSubject(text.document);
    case 'evidence':
      return evidenceSubject(text);
    case 'senses': {
      const content = text.document.getText();
      // A sentence without a chosen word: the longest is hardly ever a function word.
      const word = chosenWord(content, selection) ?? longestWord(content, selection);
      return sensesSubject(text.document, word ?? selection, hoverSettings().maxOccurrences);
    }
  }
}

/** The shown text in its document: the word that was singled out in it, or else all of it. */
async function shownText(shown: ShownSource): Promise<ActiveText> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(shown.uri));
  const { source } = shown.subject;
  const { start, end } = source.selection;
  if (end > start && !source.second) {
    return { document, selections: [shown.inDocument({ start: source.first.offset + start, end: source.first.offset + end })] };
  }
  const [first, ...rest] = shown.parts();
  return { document, selections: [first!, ...rest] };
}
