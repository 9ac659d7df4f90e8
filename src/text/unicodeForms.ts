import type { AlignedText } from './alignedText';

export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** Unicode normalization that keeps track of where each character came from (UAX #15). */
export function toUnicodeForm(text: AlignedText, form: UnicodeForm): AlignedText {
  const target = text.text.normalize(form);
  if (target === text.text) return text;
  const composes = form === 'NFC' || form === 'NFKC';
  const decomposition = composes ? (form === 'NFC' ? 'NFD' : 'NFKD') : form;
  const decomposed = decompose(text.text, decomposition);
  const { characters, changes } = composes ? rearrange(decomposed, target, true) : decomposed;
  return text.applyChanges(characters, changes);
}

interface Changes {
  readonly characters: readonly string[];
  /** In the sense of `AlignedText.applyChanges`. */
  readonly changes: readonly number[];
}

/** Each character decomposed on its own, then put into canonical order. */
function decompose(text: string, form: 'NFD' | 'NFKD'): Changes {
  const characters: string[] = [];
  const changes: number[] = [];
  for (const character of text) {
    if (character < '\x80') {
      characters.push(character);
      changes.push(0);
      continue;
    }
    let change = 0;
    for (const part of character.normalize(form)) {
      characters.push(part);
      changes.push(change);
      change = 1;
    }
  }
  const ordered = text.normalize(form);
  return characters.join('') === ordered ? { characters, changes } : rearrange({ characters, changes }, ordered, false);
}

/**
 * The items of `from` in the order of `target`; with `compose`, a character of the target that is not among them
 * takes up its parts. Equal characters keep their order, since canonical ordering is stable.
 */
function rearrange(from: Changes, target: string, compose: boolean): Changes {
  const used = new Uint8Array(from.characters.length);
  let firstFree = 0;
  const take = (character: string): number => {
    for (let i = firstFree; i < from.characters.length; i++) {
      if (used[i] === 1 || from.characters[i] !== character) continue;
      used[i] = 1;
      while (used[firstFree] === 1) firstFree++;
      return from.changes[i]!;
    }
    return 0;
  };
  const characters: string[] = [];
  const changes: number[] = [];
  for (const character of target) {
    characters.push(character);
    if (from.characters[firstFree] === character || !compose) {
      changes.push(take(character));
      continue;
    }
    let change = 1;
    for (const part of character.normalize('NFD')) change += take(part) - 1;
    changes.push(change);
  }
  return { characters, changes };
}
