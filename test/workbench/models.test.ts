import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubServer } from '../support/hubServer';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '..', 'fixtures', 'models', 'bert-tiny', name));
const beside = Object.fromEntries(['config.json', 'tokenizer.json', 'tokenizer_config.json'].map((name) => [name, fixture(name)]));
const graph = fixture('model.onnx');
/** The same graph with a remark (`doc_string`, field 6 of a ModelProto), so that its content is another. */
const remarked = Buffer.concat([graph, Buffer.from([0x32, 1, 0x78])]);
const id = 'acme/bert-tiny';

let server: HubServer;
let cache: string;
let workbench: Workbench;
beforeAll(async () => {
  server = await HubServer.start({
    [id]: { task: 'fill-mask', files: { ...beside, 'onnx/model.onnx': graph, 'onnx/model_quantized.onnx': remarked } },
    'acme/torch': { task: 'fill-mask', files: { ...beside, 'model.safetensors': Buffer.from('weights') } },
    'acme/gated': { task: 'fill-mask', token: 'hf_right', files: { ...beside, 'model.onnx': graph } },
  });
  cache = mkdtempSync(join(tmpdir(), 'headlight-workbench-hub-'));
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' }, env: { HF_ENDPOINT: server.endpoint, HF_HUB_CACHE: cache } });
});
afterAll(async () => {
  await workbench.close();
  await server.close();
  rmSync(cache, { recursive: true, force: true });
});
keepFailures(() => workbench);

const entry = (text: string | RegExp): Locator => workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
const row = (label: string | RegExp): Locator => workbench.page.locator('.part.sidebar .monaco-list-row').filter({ hasText: label });

/** Opens the list of models and chooses the repository by its name. */
async function choose(name: string): Promise<void> {
  await workbench.command('Headlight: Download a Model from the Hub');
  await entry('BERT base, uncased').waitFor();
  await workbench.page.locator('.quick-input-widget:visible input.input').fill(name);
  await entry('this repository').click();
}

test('nothing is asked of the hub before the user says so', async () => {
  await workbench.command('Headlight: Focus on Models View');
  for (const label of ['Built-in', 'encoder', 'translator', 'Add a model folder…', 'Download a model…']) await row(label).first().waitFor();
  await workbench.screenshot('models-empty');
  await workbench.command('Headlight: Download a Model from the Hub');
  await entry('BERT base, uncased').waitFor();
  await workbench.screenshot('models-curated');
  await workbench.page.locator('.quick-input-widget:visible input.input').fill('tiny');
  await entry('Search 127.0.0.1').waitFor();
  expect(server.requests).toEqual([]);
  await entry('Search 127.0.0.1').click();
  await entry(id).waitFor();
  await workbench.screenshot('models-found');
  await workbench.page.keyboard.press('Escape');
});

test('a model is downloaded in a variant, used, and shown in the tree', async () => {
  await choose(id);
  await entry('fp32').waitFor();
  await workbench.screenshot('models-variants');
  await entry('q8').click();
  const done = workbench.notification(/acme\/bert-tiny in q8 \(.*\) is downloaded/);
  await done.waitFor();
  await done.getByRole('button', { name: 'Use This Model' }).click();
  await workbench.statusItem.filter({ hasText: 'bert-tiny' }).waitFor();
  const model = row(id);
  await model.filter({ hasText: /q8 · .*in use on cpu/ }).waitFor();
  for (const [theme, name] of [['Dark Modern', 'dark'], ['Light Modern', 'light'], ['Default High Contrast', 'high-contrast']] as const) {
    await workbench.setSettings({ 'workbench.colorTheme': theme });
    await workbench.page.mouse.move(600, 400);
    await workbench.page.waitForTimeout(500);
    await workbench.screenshot(`models-tree-${name}`);
  }
  await workbench.setSettings({});
});

test('it explains text as any other model does', async () => {
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', 'The pie was made');
  await workbench.command('Headlight: Show Attention');
  const panel = await workbench.panel();
  await panel.locator('[data-side="query"]').first().waitFor();
  await workbench.screenshot('models-explains');
  expect(await panel.locator('.notice.error').count()).toBe(0);
});

test('a download that is cancelled goes on later from where it was', async () => {
  server.fault = ({ host }) => (host === 'storage' ? { drip: 200 } : undefined);
  await choose(id);
  await entry('fp32').click();
  const running = workbench.notification(/downloading acme\/bert-tiny \(fp32\): .* of 17\d kB/);
  await running.waitFor();
  await workbench.screenshot('models-downloading');
  await running.getByRole('button', { name: 'Cancel' }).click();
  await running.waitFor({ state: 'detached' });
  server.fault = () => undefined;
  server.requests.length = 0;
  await choose(id);
  await entry('fp32').click();
  await workbench.notification(/acme\/bert-tiny in fp32 \(.*\) is downloaded/).waitFor();
  const ranges = server.requests.filter(({ host }) => host === 'storage').map(({ headers }) => headers.range);
  expect(ranges).toEqual([expect.stringMatching(/^bytes=[1-9]\d+-$/)]);
  await workbench.command('Notifications: Clear All Notifications');
});

test('where it lies is told', async () => {
  await workbench.command('Headlight: Focus on Models View');
  const model = row(id).filter({ hasText: 'q8' });
  await model.click();
  await model.getByRole('button', { name: 'Show Where It Lies' }).click();
  await workbench.notification(new RegExp(`The path is in the clipboard: ${cache}/models--acme--bert-tiny/snapshots/.*/model_quantized.onnx`)).waitFor();
  await workbench.command('Notifications: Clear All Notifications');
});

test('it is removed after a question, and the built-in model takes its place', async () => {
  await workbench.command('Headlight: Focus on Models View');
  const model = row(id).filter({ hasText: 'q8' });
  await model.click();
  await model.getByRole('button', { name: 'Remove' }).click();
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await dialog.filter({ hasText: 'Delete acme/bert-tiny from the hub’s cache?' }).waitFor();
  await workbench.screenshot('models-remove');
  await dialog.getByRole('button', { name: 'Delete from the Disk' }).click();
  await model.waitFor({ state: 'detached' });
  await row('encoder').filter({ hasText: 'in use' }).waitFor();
  await row(id).filter({ hasText: 'fp32' }).waitFor();
});

test('PyTorch weights get the command that exports them', async () => {
  await choose('acme/torch');
  await workbench.notification(/optimum-cli export onnx --model acme\/torch --task fill-mask torch-onnx/).waitFor();
  await workbench.screenshot('models-export');
  await workbench.command('Notifications: Clear All Notifications');
});

test('a gated model asks for a token, which is kept and sent to the hub alone', async () => {
  await choose('acme/gated');
  const denied = workbench.notification(/acme\/gated is gated/);
  await denied.getByRole('button', { name: 'Sign In' }).click();
  await workbench.answer('Sign in to the Hub', 'hf_right');
  await workbench.notification(/Signed in to 127\.0\.0\.1:\d+ as ada/).waitFor();
  await choose('acme/gated');
  await entry('fp32').click();
  await workbench.notification(/acme\/gated in fp32 \(.*\) is downloaded/).waitFor();
  const storage = server.requests.filter(({ host }) => host === 'storage');
  expect(storage).not.toEqual([]);
  expect(storage.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  await workbench.command('Headlight: Sign out of the Hub');
  await workbench.notification(/the token is forgotten/).waitFor();
});

test('a folder is added by its path', async () => {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'models', 'distilbert-tiny');
  await workbench.command('Headlight: Add Model Folder');
  await workbench.fillAsked('Add Model Folder', `${folder}/`);
  await workbench.asked('Add Model Folder').getByRole('button', { name: 'Add', exact: true }).click();
  await row('distilbert-tiny').filter({ hasText: /\d kB/ }).waitFor();
  await workbench.screenshot('models-folder');
});
