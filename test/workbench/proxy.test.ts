import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubServer } from '../support/hubServer';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

let server: HubServer;
let proxy: Server;
let cache: string;
let workbench: Workbench;
/** Addresses that the proxy was asked for. */
const asked: string[] = [];

beforeAll(async () => {
  server = await HubServer.start({ 'acme/torch': { task: 'fill-mask', files: { 'model.safetensors': Buffer.from('weights') } } });
  // A hub that no name server knows is reached through the proxy alone.
  proxy = createServer((incoming, response) => {
    asked.push(incoming.url ?? '');
    const { pathname, search } = new URL(incoming.url ?? '');
    request(server.endpoint + pathname + search, { headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  cache = mkdtempSync(join(tmpdir(), 'headlight-workbench-proxy-'));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const settings = { 'http.proxy': address, 'headlight.hub.endpoint': 'http://hub.invalid', 'headlight.hub.cache': cache };
  workbench = await Workbench.open({ files: lessonFile, settings });
});
afterAll(async () => {
  await workbench.close();
  proxy.closeAllConnections();
  proxy.close();
  await server.close();
  rmSync(cache, { recursive: true, force: true });
});
keepFailures(() => workbench);

test("the hub is asked through VS Code's proxy, and a workspace cannot say which hub", async () => {
  await workbench.setSettings({ 'headlight.hub.endpoint': 'http://evil.invalid' });
  await workbench.command('Headlight: Download a Model from the Hub');
  const entries = workbench.page.locator('.quick-input-list .monaco-list-row');
  await entries.filter({ hasText: 'BERT base, uncased' }).first().waitFor();
  await workbench.page.locator('.quick-input-widget:visible input.input').fill('acme/torch');
  await entries.filter({ hasText: 'this repository' }).first().click();
  await workbench.notification(/acme\/torch has no ONNX files/).waitFor();
  const hub = asked.filter((url) => url.includes('.invalid'));
  expect(hub[0]).toBe('http://hub.invalid/api/models/acme/torch/revision/main');
  expect(hub.filter((url) => url.includes('evil'))).toEqual([]);
});
