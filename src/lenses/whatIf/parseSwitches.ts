import { type AttentionPart, attentionParts } from '../attention/contract';
import type { HeadOfPart, Switches } from './contract';

/** Heads and layers that a text names, such as `3.4, cross:2.1`. */
export interface NamedPlaces {
  readonly heads: readonly HeadOfPart[];
  readonly layers: Switches['layers'];
}

/**
 * Reads heads (`3.4`) and layers (`2`), with commas or spaces between, each with its part before a colon where that is
 * not the usual one. Cross-attention stands in the decoder's layers, so that a layer of it is one of those.
 * @returns null for what is neither, with the word that is not understood in `onBad`
 */
export function parsePlaces(text: string, usual: AttentionPart, onBad: (word: string) => void = () => undefined): NamedPlaces | null {
  const heads: HeadOfPart[] = [];
  const layers: Switches['layers'][number][] = [];
  for (const word of text.split(/[\s,;]+/).filter((one) => one !== '')) {
    const found = /^(?:([a-z]+):)?(\d{1,4})(?:\.(\d{1,4}))?$/.exec(word);
    const part = found?.[1] === undefined ? usual : attentionParts.find((name) => name === found[1]);
    if (!found || !part) {
      onBad(word);
      return null;
    }
    const layer = Number(found[2]);
    if (found[3] === undefined) layers.push({ part: part === 'cross' ? 'decoder' : part, layer });
    else heads.push({ part, layer, head: Number(found[3]) });
  }
  return { heads, layers };
}
