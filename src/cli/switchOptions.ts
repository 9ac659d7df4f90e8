import { partsOf } from '../lenses/attention/parts';
import type { ModelInfo, Target } from '../lenses/model';
import { type Ablation, ablations, isAllOn, nothingOff, type Switches } from '../lenses/whatIf/contract';
import { type NamedPlaces, parsePlaces } from '../lenses/whatIf/parseSwitches';
import { oneOf, text } from './options';
import { type OptionValues, UsageError } from './verb';

/** Options of verbs that can be asked with some of the model off. */
export const switchOptions = {
  off: { type: 'string' },
  'off-layer': { type: 'string' },
  'no-positions': { type: 'boolean' },
  ablation: { type: 'string' },
} as const;

export const switchHelp = `What if some of the model were off:
  --off HEADS     heads, layer and head from 0: 3.4,5.1; of an encoder-decoder's other parts with the part before
                  them: cross:2.1, decoder:0.3
  --off-layer L   layers that hand on what they read: 2 or 1,2 or decoder:2, cross-attention included
  --no-positions  without position embeddings
  --ablation A    ${ablations.join(' or ')}: what a head that is off gives, zeros (default) or its mean over ordinary sentences
With any of these JSON has "switches": {heads, ablation, layers, withoutPositions}.
`;

/** A model with what the command line switches off, as it is where that is nothing. */
export async function switchedTarget(whole: Target, options: OptionValues, info: () => Promise<ModelInfo>): Promise<Target> {
  const switches = await switchesOf(options, info);
  return isAllOn(switches) ? whole : { ...whole, switches };
}

/**
 * What the command line switches off.
 * @param info asks for what is known of the model: only where a head is named without its part
 * @throws UsageError for what names no head or layer, `--ablation` without `--off`
 */
export async function switchesOf(options: OptionValues, info: () => Promise<ModelInfo>): Promise<Switches> {
  const [named, namedLayers] = [text(options, 'off'), text(options, 'off-layer')];
  const ablation: Ablation | undefined = oneOf(options, 'ablation', ablations);
  if (ablation !== undefined && named === undefined) throw new UsageError('--ablation is about heads that are off: add --off.');
  const places = [named, namedLayers].filter((one) => one !== undefined);
  const needsPart = places.some((one) => one.split(/[\s,;]+/).some((word) => word !== '' && !word.includes(':')));
  const usual = (needsPart ? partsOf(await info())[0] : undefined) ?? 'encoder';
  const heads = named === undefined ? [] : placesIn(named, '--off', 'head such as 3.4', (found) => found.layers.length === 0, usual).heads;
  const layers = namedLayers === undefined ? [] : placesIn(namedLayers, '--off-layer', 'layer such as 2', (found) => found.heads.length === 0, usual).layers;
  return { ...nothingOff, heads, layers, ablation: ablation ?? 'zero', withoutPositions: options['no-positions'] === true };
}

/** What JSON states beside its own. */
export function statedSwitches({ ablation, heads, layers, withoutPositions }: Switches): object {
  return { switches: { heads, ablation, layers, withoutPositions } };
}

function placesIn(given: string, option: string, what: string, fits: (found: NamedPlaces) => boolean, usual: Parameters<typeof parsePlaces>[1]): NamedPlaces {
  let bad = given;
  const found = parsePlaces(given, usual, (word) => { bad = word; });
  if (found && fits(found) && found.heads.length + found.layers.length > 0) return found;
  throw new UsageError(`${option} takes each ${what}, not "${bad}".`);
}
