import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import { lessonFile } from '../support/lesson';
import { Workbench } from '../support/workbench';

/** Milliseconds that count as never having waited, on a machine that does other things too. */
const noticeable = 200;

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile });
});
afterAll(() => workbench.close());

test('activation takes no noticeable time and starts no engine', async () => {
  expect(await workbench.server.engines()).toEqual([]);
  await workbench.command('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row').filter({ hasText: 'Headlight' });
  const said = await row.locator('.activation-time').innerText();
  const milliseconds = Number(/(\d+)\s*ms/.exec(said)?.[1]);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'activation.txt'), `${milliseconds} ms\n`);
  console.log(`activation: ${milliseconds} ms`);
  expect(milliseconds).toBeLessThan(noticeable);
});
