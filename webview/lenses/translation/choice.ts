import type { TranslationRequest } from '../../../src/lenses/translation/contract';
import type { TranslationViewState } from './viewState';

/** How the model shall choose, as the call takes it. */
export function choiceOf({ choosing, beams, temperature, topK, topP, seed }: TranslationViewState): TranslationRequest['choice'] {
  switch (choosing) {
    case 'greedy':
      return { kind: 'greedy' };
    case 'beams':
      return { kind: 'beams', beams };
    case 'sample':
      return { kind: 'sample', seed, temperature, ...(topK > 0 && { topK }), ...(topP < 1 && { topP }) };
  }
}
