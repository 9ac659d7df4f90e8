import type { Drift } from '../../../src/lenses/drift/contract';
import { driftJson } from '../../../src/lenses/drift/driftJson';
import type { PickedLines } from '../../../src/lenses/drift/pickLines';
import { driftRows, type DriftTable, driftTables, headsOf, statesOf } from '../../../src/lenses/drift/tables';
import type { SavedFile } from '../../../src/panel/contract';
import { barsPicture } from '../../../src/picture/barsPicture';
import { csvTable } from '../../../src/picture/csv';
import { pictureColors, type Theme } from '../../theme';
import { fileName, rasterized } from '../pictureFile';
import { stateName } from '../stateName';
import { driftText } from './driftText';

export const driftFormats = [
  { value: 'png', label: 'PNG picture' },
  { value: 'svg', label: 'SVG picture' },
  { value: 'heads', label: 'CSV of heads' },
  { value: 'states', label: 'CSV of hidden states' },
  { value: 'changes', label: 'CSV of changed predictions' },
  { value: 'senses', label: 'CSV of senses by hidden state' },
  { value: 'words', label: 'CSV of words' },
  { value: 'occurrences', label: 'CSV of words by line' },
  { value: 'json', label: 'JSON numbers' },
] as const;
export type DriftFormat = (typeof driftFormats)[number]['value'];

/** Heads in a picture. */
const drawnHeads = 12;

/** A comparison in a file. */
export async function savedDrift(drift: Drift, lines: PickedLines, format: DriftFormat, theme: Theme): Promise<SavedFile> {
  const title = `drift ${drift.model.name} ${drift.against.name}`;
  const table = driftTables.find((name): name is DriftTable => name === format);
  if (table) return { name: `${fileName(`${title} ${table}`)}.csv`, text: csvTable(driftRows(drift, lines.lines, table)) };
  const name = `${fileName(title)}.${format}`;
  if (format === 'json') return { name, text: JSON.stringify(driftJson(drift, lines)) };
  const svg = svgOf(drift, lines, theme);
  return format === 'png' ? { name, base64: await rasterized(svg) } : { name, text: svg };
}

function svgOf(drift: Drift, { lines }: PickedLines, theme: Theme): string {
  const heads = headsOf(drift).sort((a, b) => b.divergence - a.divergence).slice(0, drawnHeads);
  // All bars are drawn to one scale: each group to its own largest.
  const scaled = (values: readonly number[]): ((value: number) => number) => {
    const most = Math.max(...values);
    return (value) => (most === 0 ? 0 : value / most);
  };
  const ofHead = scaled(heads.map(({ divergence }) => divergence));
  const states = statesOf(drift);
  const ofState = scaled(states.map(({ relativeNorm }) => relativeNorm));
  return barsPicture(
    {
      title: `${drift.against.name} against ${drift.model.name}`,
      note: `${lines.length} lines, ${drift.tokens} tokens`,
      groups: [
        {
          heading: 'Heads that drift most: Jensen–Shannon divergence of attention, in bits (layer.head)',
          bars: heads.map(({ divergence, head, layer }) => ({ label: `${layer}.${head}`, value: ofHead(divergence), text: driftText(divergence) })),
        },
        {
          heading: 'Hidden states: length of the difference as a share of the first',
          bars: states.map(({ relativeNorm, state }) => ({ label: stateName(state), value: ofState(relativeNorm), text: driftText(relativeNorm) })),
        },
      ],
    },
    pictureColors(theme),
  );
}
