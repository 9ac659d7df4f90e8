import { tokensToStart } from '../batches';
import { perModel } from '../perModel';

/** How much the latest run says about the next one, against all before it. */
const weightOfLatest = 0.5;

/** How fast a model runs on this machine at present, learnt from its runs. */
export class Pace {
  /** Milliseconds for a token, of those that starting a run counts for too; null before the first run. */
  private perToken: number | null = null;

  /** Takes note of a run of so many tokens, padding included. */
  learn(tokens: number, milliseconds: number): void {
    const latest = milliseconds / (tokens + tokensToStart);
    this.perToken = this.perToken === null ? latest : weightOfLatest * latest + (1 - weightOfLatest) * this.perToken;
  }

  /** Tokens of one run that can be done in so many milliseconds; 0 while nothing is known. */
  tokensWithin(milliseconds: number): number {
    return this.perToken === null ? 0 : Math.max(0, milliseconds / this.perToken - tokensToStart);
  }
}

export const paceOf = perModel(() => new Pace());
