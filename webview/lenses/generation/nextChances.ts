import type { ReactiveControllerHost } from 'lit';
import type { NextToken } from '../../../src/lenses/generation/contract';
import type { ChosenFrom, WrittenStep } from '../../../src/lenses/writing/contract';
import type { PanelRequests } from '../../../src/panel/contract';
import type { EditorConnection } from '../../connection';
import { Latest } from '../../latest';
import { choiceOf, type HowToWrite } from './howToWrite';

/** A place in a continuation. */
export type NextPlace = Omit<PanelRequests['generation/next'][0], 'call' | 'choice' | 'repetitionPenalty'>;

export interface ChancesNow {
  readonly chosen: ChosenFrom;
  /** Whether those for the settings as they are now are still on their way. */
  readonly waiting: boolean;
}

/** What would be chosen from at a place with other settings than those that wrote. */
export class NextChances {
  readonly answer: Latest<NextToken>;
  private asked = '';
  /** What the answer is of. */
  private answered = { asked: '', place: '' };

  constructor(host: ReactiveControllerHost, private readonly editor: () => EditorConnection) {
    this.answer = new Latest<NextToken>(host);
  }

  /** Asks, unless just that was asked last. */
  ask(place: NextPlace, how: HowToWrite): void {
    const settings = choiceOf({ ...how, seed: 0 });
    const asked = JSON.stringify([place, settings]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.answer.load(async (signal) => {
      const next = await this.editor().call('generation/next', { ...place, ...settings }, { signal });
      if (!signal.aborted) this.answered = { asked, place: JSON.stringify(place) };
      return next;
    });
  }

  /** The chances at a place: for the settings before where those now are on their way, and the model's own where it has none of this place. */
  at(place: NextPlace, step: WrittenStep): ChancesNow {
    const { value } = this.answer;
    if (value && this.answered.place === JSON.stringify(place)) return { chosen: value, waiting: this.answered.asked !== this.asked };
    const chances = step.alternatives.map((one) => ({ ...one, chance: one.probability }));
    return { chosen: { chances, drawable: 0, entropy: step.entropy }, waiting: true };
  }
}
