import type { SelectedText } from '../../panel/contract';
import { activeText } from '../commands/activeText';
import { chosenWord } from '../source/chosenWord';
import { attentionPassage } from '../source/selectedPassage';

/** The text that the active editor's selection stands for. @throws HeadlightError `empty-text` where there is none */
export function selectedText(): SelectedText {
  const { document, selections: [selection] } = activeText();
  const content = document.getText();
  const { first, second } = attentionPassage(content, [selection]);
  const word = chosenWord(content, selection);
  return {
    text: content.slice(first.start, (second ?? first).end),
    word: word && content.slice(word.start, word.end),
  };
}
