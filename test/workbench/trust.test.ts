import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

let workbench: Workbench;
beforeAll(async () => {
  const settings = { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.untrustedFiles': 'open', 'security.workspace.trust.emptyWindow': false };
  workbench = await Workbench.open({ files: lessonFile, settings, trust: true });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

test('a model folder of a workspace that is not trusted is inert', async () => {
  // A whole model, but for a graph that would be waited for without end by whoever opens it.
  const evil = join(workbench.server.folder, 'model');
  cpSync(join(root, 'test', 'fixtures', 'models', 'bert-tiny'), evil, { recursive: true });
  rmSync(join(evil, 'model.onnx'));
  execFileSync('mkfifo', [join(evil, 'model.onnx')]);
  await mkdir(join(workbench.server.folder, '.vscode'), { recursive: true });
  await writeFile(join(workbench.server.folder, '.vscode', 'settings.json'), JSON.stringify({ 'headlight.model': evil, 'headlight.device': 'webgpu', 'headlight.memory': 1, 'window.title': 'evil' }));
  await workbench.reload();
  await workbench.page.locator('[id="status.workspaceTrust"]').waitFor();

  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', treatSentence);
  await workbench.command('Headlight: Show Attention');
  const panel = await workbench.panel();
  await panel.getByRole('gridcell').first().waitFor();
  // The built-in encoder's heads, and not the folder's eight. VS Code hides the folder's settings from us as well.
  expect(await panel.getByRole('gridcell').count()).toBe(72);
  expect(await workbench.statusItem.innerText()).toContain('encoder');
  const status = await workbench.statusCard('Model: encoder');
  expect(await status.innerText()).toMatch(/Device: \w+ \(auto\)/);
  await workbench.screenshot('trust-restricted');
  // No Python is run either: the command is not there to be chosen.
  await workbench.page.keyboard.press('F1');
  await workbench.page.locator('.quick-input-widget:visible input.input').fill('>Headlight:');
  const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
  await rows.filter({ hasText: 'Headlight: Find' }).first().waitFor();
  await workbench.page.locator('.quick-input-widget:visible input.input').fill('>Headlight: Fine-Tune');
  await rows.filter({ hasText: /similar commands|No matching commands/ }).first().waitFor();
  expect(await rows.filter({ hasText: 'Fine-Tune' }).count()).toBe(0);
  await workbench.page.keyboard.press('Escape');

  // Nor does a file of checks load what it names by a path: VS Code itself asks for trust before a test is run.
  await writeFile(join(workbench.server.folder, 'evil.headlight-check'), 'model: ./model\ntext: The cow jumped.\n  P(cow) >= 0\n');
  await workbench.openFile('evil.headlight-check');
  await workbench.command('Testing: Focus on Test Explorer View');
  await workbench.page.locator('.test-explorer .monaco-list-row').filter({ hasText: 'evil.headlight-check' }).waitFor();
  await workbench.command('Test: Run Tests in Current File');
  const question = workbench.page.getByRole('dialog').filter({ hasText: 'Running tests may execute code' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  for (const engine of await workbench.server.engines()) {
    expect(readFileSync(`/proc/${engine}/maps`, 'utf8')).not.toContain(evil);
  }
});
