import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { anyModel } from './anyModel';
import { drift } from './drift';
import { evidence } from './evidence';
import { hover } from './hover';
import { textToAttention } from './textToAttention';
import { engineStart } from './engineStart';
import { panel } from './panel';
import { report } from './report';
import { senseIndex } from './senseIndex';
import { senseIndexMemory } from './senseIndexMemory';
import { senseSearch } from './senseSearch';
import { surprise } from './surprise';
import type { Row } from './report';
import { training } from './training';
import { translate } from './translate';

/** Entry of `npm run bench`: measures side by side in one run and prints a Markdown table. */

const help = `Usage: npm run bench -- [--rounds N] [--only attention,anyModel,hover,surprise,evidence,senseIndex,senseSearch,translate,training,drift,start,panel] [--million]

--million: memory while an index of a million tokens is built, some minutes.

Compares with PyTorch where models/recipes/.venv exists or HEADLIGHT_PYTHON names a Python with torch and transformers.`;

export interface Bench {
  readonly root: string;
  readonly builtInModels: string;
  readonly storage: string;
  readonly rounds: number;
}

const sections: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  attention: textToAttention,
  anyModel,
  hover,
  surprise,
  evidence,
  senseIndex,
  translate,
  senseSearch,
  training,
  drift,
  start: engineStart,
  panel,
};

async function main(): Promise<void> {
  const [root, ...args] = process.argv.slice(2);
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '15' },
      only: { type: 'string' },
      million: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || root === undefined) {
    console.log(help);
    return;
  }
  const bench: Bench = {
    root,
    builtInModels: join(root, 'models'),
    storage: join(tmpdir(), 'headlight-bench'),
    rounds: Number(values.rounds),
  };
  const chosen = values.only?.split(',') ?? (values.million ? [] : Object.keys(sections));
  const rows: Row[] = values.million ? await senseIndexMemory(bench) : [];
  for (const name of chosen) {
    const section = sections[name];
    if (!section) throw new Error(`No such section: ${name}. Sections: ${Object.keys(sections).join(', ')}.`);
    rows.push(...(await section(bench)));
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  console.log(`\nHeadlight ${version}\n${report(rows)}`);
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
