import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { keepFailures, Workbench } from '../support/workbench';

const fixtures = join(root, 'test', 'fixtures');
const lines = ['The lamp by the window was lit before the rain began.', '', 'Beans.', 'Nobody could open the gate, so they climbed over the wall.', 'We planted beans along the fence and peas beside the path.'];

let workbench: Workbench;
beforeAll(async () => {
  const settings = { 'headlight.device': 'cpu', 'headlight.model': join(fixtures, 'models', 'bert-tiny') };
  workbench = await Workbench.open({ files: { 'lines.txt': lines.join('\n'), 'empty.txt': ' \n\n' }, settings, size: { width: 1600, height: 1000 } });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const command = 'Headlight: Compare Two Models on This File…';
const drift = (panel: Frame) => panel.locator('headlight-drift');

async function pick(title: string, label: string): Promise<void> {
  await workbench.asked(title).locator('.quick-input-list .monaco-list-row').filter({ hasText: label }).first().click();
}

describe('drift', () => {
  test('a file without text serves for no two models', async () => {
    await workbench.openFile('empty.txt');
    await workbench.command(command);
    await workbench.notification('There are no lines to compare two models on').waitFor();
    await workbench.command('Notifications: Clear All Notifications');
  });

  test('two models are chosen from the palette, one of them by its folder, and compared on the lines of the file', async () => {
    await workbench.openFile('lines.txt');
    await workbench.command(command);
    await pick('Compare Two Models (1 of 2)', 'bert-tiny');
    await pick('Compare Two Models (2 of 2)', 'A Folder…');
    await workbench.fillAsked('Choose a Model Folder', `${join(fixtures, 'drift', 'after')}/`);
    await workbench.asked('Choose a Model Folder').getByRole('button', { name: 'Use This Model', exact: true }).click();
    const panel = await workbench.panel();
    const view = drift(panel);
    await view.getByRole('region', { name: 'Heads' }).waitFor();
    expect(await view.locator('[data-headline]').first().innerText()).toMatch(/lines\.txt · 4.lines · bert-tiny · after · cpu/);
    expect(await view.locator('[data-head]').count()).toBe(8);
    await workbench.widenPanel(800);
    for (const theme of ['Dark Modern', 'Light Modern', 'Default High Contrast']) {
      await workbench.setSettings({ 'workbench.colorTheme': theme });
      await workbench.page.waitForTimeout(500);
      await workbench.screenshot(`drift-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    await workbench.setSettings({});
  });

  test('a changed prediction is gone to in the file', async () => {
    const view = drift(await workbench.panel());
    const line = view.locator('[data-line="4"]');
    await line.getByRole('button', { name: 'Go to line 4', exact: true }).click();
    await workbench.selectionStatus.getByText(/Ln 4, Col \d+ \(58 selected\)/).waitFor();
    await view.locator('[data-line="3"] li button').first().click();
    await workbench.selectionStatus.getByText(/Ln 3, Col \d+ \(\d selected\)/).waitFor();
  });

  test('a head opens in the attention view with both models beside each other', async () => {
    const panel = await workbench.panel();
    await drift(panel).getByRole('button', { name: 'Open both over line 3', exact: true }).click();
    const compared = panel.locator('headlight-attention-compare');
    await compared.getByRole('heading', { name: /^B: / }).waitFor();
    expect(await panel.locator('[data-headline]').first().innerText()).toMatch(/lines\.txt:3 .* bert-tiny/);
    await compared.locator('[data-side="difference"]').waitFor();
    await compared.scrollIntoViewIfNeeded();
    await workbench.screenshot('drift-head');
  });

  test('an edit makes it stale, and Refresh compares again', async () => {
    const panel = await workbench.panel();
    await panel.getByRole('tab', { name: 'Drift' }).click();
    await drift(panel).getByRole('region', { name: 'Heads' }).waitFor();
    await workbench.goTo(2, 1);
    await workbench.type('The cat sat on the mat.');
    await panel.getByText('The document has changed since this was computed.').waitFor();
    await panel.getByRole('button', { name: 'Refresh' }).click();
    await drift(panel).locator('[data-line="2"]').waitFor();
  });
});
