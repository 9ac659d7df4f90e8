import { allOn, type ChosenSwitches, type NamedSwitches } from '../../src/lenses/whatIf/chosen';
import { isAllOn } from '../../src/lenses/whatIf/contract';
import type { PanelSwitches } from '../../src/panel/contract';
import type { EditorConnection } from '../connection';

/** What is off in the models, and how a view changes that; a new one after each change. Models are named by id, the one in force by undefined. */
export class WhatIf {
  constructor(
    private readonly state: PanelSwitches,
    private readonly editor: Pick<EditorConnection, 'notify'>,
    /** Names of the kept sets that are shown beside what is off. */
    readonly compared: readonly string[],
    private readonly compare: (names: readonly string[]) => void,
  ) {}

  off(model?: string): ChosenSwitches {
    return this.of(model)?.off ?? allOn;
  }

  isAllOn(model?: string): boolean {
    return isAllOn(this.off(model));
  }

  /** The sets that are kept for a model. */
  named(model?: string): readonly NamedSwitches[] {
    return this.of(model)?.named ?? [];
  }

  /** Switches a model; what is shown of it is asked for again. */
  switch(off: ChosenSwitches, model?: string): void {
    this.editor.notify('panel/switch', { model: this.idOf(model), off });
  }

  keep(named: readonly NamedSwitches[], model?: string): void {
    this.editor.notify('panel/keepSwitches', { model: this.idOf(model), named });
  }

  toggleCompared(name: string): void {
    this.compare(this.compared.includes(name) ? this.compared.filter((other) => other !== name) : [...this.compared, name]);
  }

  /** The kept sets of a model that are compared. */
  comparedOf(model?: string): readonly NamedSwitches[] {
    return this.named(model).filter(({ name }) => this.compared.includes(name));
  }

  private of(model?: string): PanelSwitches['models'][string] | undefined {
    return this.state.models[this.idOf(model)];
  }

  private idOf(model?: string): string {
    return model ?? this.state.inForce;
  }
}

/**
 * Tells one way of switching a model from another: parts of a view that ask for themselves begin anew where it changes. The
 * same where all is on, whether or not the editor has said so yet.
 */
export function switchKey(whatIf: WhatIf | null, model?: string): string {
  return whatIf === null || whatIf.isAllOn(model) ? '' : JSON.stringify(whatIf.off(model));
}
