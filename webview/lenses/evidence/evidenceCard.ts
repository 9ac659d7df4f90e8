import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { MeasuredOutcome } from '../../../src/lenses/evidence/contract';
import type { EditorConnection } from '../../connection';
import { switchKey, type WhatIf } from '../../whatIf/whatIf';
import type { AskedOutcome, EvidenceSubject } from './asked';
import type { CardChoices } from './viewState';

/** A card of the evidence view, which looks into what an outcome is made of. Emits `choice` with some `CardChoices` as `detail`. */
export abstract class EvidenceCard extends LitElement {
  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) subject!: EvidenceSubject;
  @property({ attribute: false }) asked!: AskedOutcome;
  /** The outcome where nothing more is done to the model. */
  @property({ attribute: false }) measured!: MeasuredOutcome;
  /** What is off in the models; null where nothing can be switched. */
  @property({ attribute: false }) whatIf: WhatIf | null = null;
  /** What is chosen in all cards. */
  @property({ attribute: false }) own!: CardChoices;

  protected choice(detail: Partial<CardChoices>): void {
    this.dispatchEvent(new CustomEvent('choice', { detail }));
  }

  /** What is off in the model that is asked, as `switchKey` has it. */
  protected get off(): string {
    return switchKey(this.whatIf, this.asked.inModel);
  }

  /** Tells one question from another: of another outcome, or of a model of which more or less is off, whose name says so. */
  protected get question(): string {
    const { asked, measured: { model: { name }, value } } = this;
    return JSON.stringify([asked, name, value]);
  }
}
