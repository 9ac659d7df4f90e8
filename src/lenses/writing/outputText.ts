import type { TextTokenizer } from '../../text/tokenizer';

/** Text that grows token by token. */
export interface OutputText {
  readonly text: string;
  /** Where the last token's text stands; empty where it stands for none. */
  readonly start: number;
  readonly end: number;
  readonly special: boolean;
  append(id: number): OutputText;
}

/** What an unfinished character decodes to. */
const unfinished = /\uFFFD+$/;

/** @param before ids that the output follows (a prompt), which decide whether it begins with a space */
export function outputText(tokenizer: TextTokenizer, before: readonly number[] = []): OutputText {
  const prompt = tokenizer.decode(before);
  const after = (ids: readonly number[], shown: number, last: Omit<OutputText, 'append'>): OutputText => ({
    ...last,
    append: (id) => {
      const all = [...ids, id];
      if (tokenizer.isSpecial(id)) return after(all, shown, { ...last, start: shown, end: shown, special: true });
      const whole = tokenizer.decode([...before, ...all]);
      const text = whole.startsWith(prompt) ? whole.slice(prompt.length) : tokenizer.decode(all);
      const stable = text.replace(unfinished, '').length;
      const from = Math.min(shown, stable);
      const start = stable > from && text[from] === ' ' ? from + 1 : from;
      return after(all, stable, { text, start: Math.min(start, stable), end: stable, special: false });
    },
  });
  return after([], 0, { text: '', start: 0, end: 0, special: false });
}
