import * as vscode from 'vscode';
import { allOn, type ChosenSwitches, type NamedSwitches } from '../../lenses/whatIf/chosen';
import { isAllOn } from '../../lenses/whatIf/contract';
import type { ModelSwitches, PanelSwitches } from '../../panel/contract';
import type { Storage } from '../knownModels';

const key = 'namedSwitches';
/** Sets of one model that are kept, and models that have some. */
const mostNamed = 50;
const mostModels = 40;

type NamedByModel = Readonly<Record<string, readonly NamedSwitches[]>>;

/** What is off in each model, for everything that asks it: one set a model, for as long as the window lives, and named ones that are kept. */
export class Switchboard implements vscode.Disposable {
  private readonly off = new Map<string, ChosenSwitches>();
  private readonly emitter = new vscode.EventEmitter<string>();
  /** Tells the model of which something changed. */
  readonly onChange = this.emitter.event;

  constructor(
    private readonly storage: Storage,
    /** The model in force, with regard to workspace trust. */
    private readonly current: () => string,
  ) {}

  /** What is off in a model, the one in force where none is named. */
  of(model = this.current()): ChosenSwitches {
    return this.off.get(model) ?? allOn;
  }

  /** The sets that are kept for a model, the latest last. */
  named(model = this.current()): readonly NamedSwitches[] {
    return this.kept[model] ?? [];
  }

  /** Models of which something is off. */
  get switched(): readonly string[] {
    return [...this.off.keys()];
  }

  get state(): PanelSwitches {
    const models = new Set([...this.off.keys(), ...Object.keys(this.kept)]);
    const entries = [...models].map((model): [string, ModelSwitches] => [model, { off: this.of(model), named: this.named(model) }]);
    return { inForce: this.current(), models: Object.fromEntries(entries) };
  }

  set(off: ChosenSwitches, model = this.current()): void {
    if (isAllOn(off)) this.off.delete(model);
    else this.off.set(model, off);
    this.emitter.fire(model);
  }

  /** Switches all on again, in every model. */
  allOn(): void {
    const { switched } = this;
    this.off.clear();
    for (const model of switched) this.emitter.fire(model);
  }

  async keep(named: readonly NamedSwitches[], model = this.current()): Promise<void> {
    const others = Object.entries(this.kept).filter(([other]) => other !== model).slice(-(mostModels - 1));
    await this.storage.update(key, Object.fromEntries([...others, ...(named.length > 0 ? [[model, named.slice(-mostNamed)]] : [])]));
    this.emitter.fire(model);
  }

  dispose(): void {
    this.emitter.dispose();
  }

  private get kept(): NamedByModel {
    return this.storage.get<NamedByModel>(key, {});
  }
}
