import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from './versions';
import { familyFolders, type FamilyGolden, type FamilyResult, measureFamily, unpacked } from './families';
import { readGolden } from './golden';

/** What may differ, by how a graph stores and multiplies numbers: from PyTorch in fp32, and by being edited. */
export function tolerances(precision: string): { readonly fromPyTorch: number; readonly edited: number } {
  // How far rounding weights and activations leads away is the file's own affair: random weights make much of it.
  if (precision === 'q4' || precision.includes('int8')) return { fromPyTorch: Infinity, edited: precision.startsWith('fused') ? 2e-2 : 1e-5 };
  if (precision.includes('fp16')) return { fromPyTorch: 0.25, edited: 2e-2 };
  return { fromPyTorch: 1e-4, edited: 1e-5 };
}

/** How far a row of attention may be from a sum of one, in fp16 too. */
export const mayMiss = 2e-3;

type Variant = Pick<FamilyGolden, 'exporter' | 'attention' | 'opset' | 'precision'>;

/** How a fixture is called in the table. */
export function rowOf({ family, ...variant }: Variant & Pick<FamilyGolden, 'family'>): string {
  return `| ${family} | ${variantName(variant)} |`;
}

function variantName({ exporter, attention, opset, precision }: Variant): string {
  return `${exporter}, ${attention}, opset ${opset}${precision === 'fp32' ? '' : `, ${precision}`}`;
}

interface Row {
  readonly name: string;
  readonly works: boolean;
  readonly text: string;
}

/** Measures all fixtures of some folders and writes what came out. */
export async function supportTable(folders: readonly string[], path: string): Promise<void> {
  const rows: Row[] = [];
  for (const folder of folders) {
    for (const name of familyFolders(folder)) rows.push(await measuredRow(unpacked(folder, name)));
    rows.push(...notMade(folder));
  }
  const unique = [...new Map(rows.map((row) => [row.name, row])).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const works = unique.filter((row) => row.works).length;
  const missing = unique.filter(({ text }) => text.includes('| not made |')).length;
  writeFileSync(path, `${head(works, unique.length - missing, missing)}\n${unique.map(({ text }) => text).join('\n')}\n`);
}

async function measuredRow(folder: string): Promise<Row> {
  const golden = readGolden(join(folder, 'golden')) as FamilyGolden;
  const name = rowOf(golden);
  try {
    const result = await measureFamily(folder);
    return { name, works: isRight(golden, result), text: `${name} ${cells(golden, result)} |` };
  } catch (error) {
    const words = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
    return { name, works: false, text: `${name} no | | | | | | | ${words.replaceAll('|', '/').replaceAll(folder, '')} |` };
  }
}

function isRight({ precision }: FamilyGolden, { differences, edited, sums, limits }: FamilyResult): boolean {
  const may = tolerances(precision);
  return limits.length === 0 && sums <= mayMiss && Math.max(...Object.values(differences)) <= may.fromPyTorch && (edited ?? 0) <= may.edited;
}

function cells(golden: FamilyGolden, result: FamilyResult): string {
  const { differences, edited, layers, heads, kinds, limits, plainFailure } = result;
  const number = (value: number | null | undefined): string => (value == null ? '–' : value === 0 ? '0' : value.toExponential(0));
  const found = `${layers} × ${heads}, ${[...new Set(kinds)].join(', ')}`;
  const parts = ['attention', 'Q K V', 'hidden', 'logits'].map((part) => number(differences[part]));
  return [isRight(golden, result) ? 'yes' : 'no', found, ...parts, number(edited), [...limits, ...(plainFailure === null ? [] : [`The untouched file does not run on cpu: ${plainWords(plainFailure)}`])].join(' ')].join(' | ');
}

/** What an exporter could not make. */
function notMade(folder: string): Row[] {
  const path = join(folder, 'not-made.json');
  if (!existsSync(path)) return [];
  const failures = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>);
  return failures.map(([name, reason]) => {
    const [family, rest] = name.split('--') as [string, string];
    const [, exporter, attention, opset, precision] = /^(.+)-(eager|sdpa)-(\d+)-(.+)$/.exec(rest)!;
    const row = rowOf({ family, exporter: exporter!, attention: attention!, opset: Number(opset), precision: precision! });
    return { name: row, works: false, text: `${row} not made | | | | | | | The exporter: ${plainWords(reason)} |` };
  });
}

/** Without colours, and short. */
function plainWords(reason: string): string {
  return reason.replace(/\u001b\[\d+m/g, '').replaceAll('|', '/').split('. ')[0]!.slice(0, 110);
}

function head(works: number, all: number, missing: number): string {
  return `# What Headlight reads

Made by \`HEADLIGHT_FAMILIES=FOLDER,… npx vitest run --project golden families\` from the folders of

    python test/golden/make_family_fixtures.py FOLDER --all --genai PYTHON
    python test/golden/make_folded_fixtures.py FOLDER

Each row is a tiny model with random weights, exported and looked into: ${works} of ${all} come out right, every layer with its kind and its heads; ${missing} more their exporter could not make.
Numbers are the largest differences from eager PyTorch in fp32 (absolute, or where numbers are greater than one, as a share of the greatest); *edited* compares the graph's own logits with those of the untouched file in the same runtime (and the encoder's last hidden state, where there is one). Right is at most 1e-4 from PyTorch and 1e-5 by being edited in fp32, 0.25 and 2e-2 in fp16, and 1e-5 by being edited in int8 and q4 (2e-2 where fused), with attention that sums to one: how far rounding leads away from PyTorch is the untouched file's own affair, and random weights make much of it.

*fused*: ONNX Runtime's transformer optimizer; *runtime*: saved by the runtime's own optimizer; *fp16-io*: inputs and outputs in fp16 too; *int8*: dynamic quantization of products with weights, *int8-all* of all products; *q4*: weights in blocks of four bits; *external*: weights in a file beside the graph; *genai*: ONNX Runtime's builder of generative models (GroupQueryAttention); *optimum-1.16*: Transformers 4.36, heads folded into the batch.

Measured with ${versions()}.

| family | how it was made | right | layers × heads, kinds | attention | Q K V | hidden states | logits | edited | |
|---|---|---|---|---|---|---|---|---|---|`;
}
