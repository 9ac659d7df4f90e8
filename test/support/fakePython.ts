import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/steps/paths.mjs';

/** How the recipe goes: to its end, to a failure, or on and on until it is stopped. */
export type FakeRun = 'done' | 'broken lines' | 'endless' | 'crash';

/** Model folders that the recipe shall make. */
export interface MadeModels {
  readonly frozen: string;
  readonly unfrozen: string;
  /** Of the frozen one and the other. */
  readonly accuracies: readonly [number, number];
  readonly heldOut: number;
}

/** What a Python with everything prints when it is asked what it has. */
const whole = { python: [3, 12, 1], packages: { torch: '2.13.0', transformers: '5.23.0', onnx: '1.23.2', onnxruntime: '1.32.0' } };

/**
 * Has the recipe's command line, and answers as it does, in shell. Arguments: -B RECIPE LINES --model M --out O
 * --frozen-out F [--finish].
 */
const script = `#!/bin/sh
here=$(dirname "$0")
if [ "$2" = -c ]; then echo "a remark of a library"; cat "$here/probe.json"; exit; fi
if [ ! -f "$2" ]; then echo "$2 is not there." >&2; exit 4; fi
step() { echo "{\\"step\\": $1, \\"of\\": $2, \\"loss\\": 0.$3, \\"phase\\": \\"$4\\"}"; }
made() {
  cp -r "$here/unfrozen" "$7"; [ -d "$9" ] || cp -r "$here/frozen" "$9"
  rm -rf "$7.work"
  echo "{\\"done\\": \\"$7\\", $(cat "$here/figures"), \\"frozen_folder\\": \\"$9\\"}"
}
stopped() { mkdir -p "$1.work"; echo weights > "$1.work/checkpoint.pt"; echo "Stopped after 3 of 9 steps. The same command goes on from there." >&2; exit 130; }
echo '{"message": "Loading the model"}'
if [ "\${10}" = --finish ]; then made "$@"; exit; fi
case $(cat "$here/mode") in
  done) step 1 2 693 frozen; step 2 2 512 frozen; echo "a warning of a library" >&2; step 1 2 402 unfrozen; sleep 1; step 2 2 208 unfrozen; made "$@" ;;
  'broken lines') echo "All 2 examples of lines.tsv have the label “good”. Add examples of another." >&2; exit 3 ;;
  crash) echo "Traceback (most recent call last):" >&2; echo "ValueError: nobody foresaw this" >&2; exit 1 ;;
  endless) trap 'stopped "$7"' TERM; while true; do step 3 9 345 unfrozen; sleep 0.2; done ;;
esac
`;

/** An environment in a folder whose Python is a script: `folder/bin/python`, as `python -m venv` lays it out. */
export class FakePython {
  readonly path: string;
  private readonly bin: string;

  constructor(folder: string) {
    this.bin = join(folder, 'bin');
    this.path = join(this.bin, 'python');
    mkdirSync(this.bin, { recursive: true });
    writeFileSync(join(folder, 'pyvenv.cfg'), 'home = /usr/bin\n');
    writeFileSync(this.path, script);
    chmodSync(this.path, 0o755);
    const model = join(root, 'test', 'fixtures', 'models', 'bert-tiny');
    this.makes({ frozen: model, unfrozen: model, accuracies: [0.75, 0.875], heldOut: 16 });
    this.has(whole);
    this.runs('done');
  }

  /** The folders that it makes copies of, with what it says of them. */
  makes({ accuracies: [frozen, unfrozen], heldOut, ...folders }: MadeModels): void {
    for (const name of ['frozen', 'unfrozen'] as const) {
      rmSync(join(this.bin, name), { recursive: true, force: true });
      cpSync(folders[name], join(this.bin, name), { recursive: true });
      writeFileSync(join(this.bin, name, 'README.md'), '# A classifier\n');
    }
    writeFileSync(join(this.bin, 'figures'), `"frozen": ${frozen}, "unfrozen": ${unfrozen}, "held_out": ${heldOut}`);
  }

  /** How the recipe goes from now on. */
  runs(how: FakeRun): void {
    writeFileSync(join(this.bin, 'mode'), how);
  }

  /** What it says of itself. */
  has(probe: { readonly python: readonly number[]; readonly packages: Readonly<Record<string, string>> } = whole): void {
    writeFileSync(join(this.bin, 'probe.json'), JSON.stringify(probe));
  }
}
