import type { StandaloneAttention } from '../../src/standalone/contract';
import { followTheme } from '../theme';
import { answersFrom } from './answers';
import { StandalonePage } from './page';
import { followSystemTheme } from './pageTheme';
import { fromBase64, unpackWeights } from '../unpackWeights';

async function start(): Promise<void> {
  const data = JSON.parse(document.getElementById('headlight-data')?.textContent ?? '') as StandaloneAttention;
  followSystemTheme();
  followTheme();
  const page = new StandalonePage();
  page.data = data;
  page.editor = answersFrom(data, await unpackWeights(fromBase64(data.weights)));
  document.title = `${data.text.slice(0, 60)} – Headlight`;
  document.body.append(page);
}

void start().catch((error: unknown) => {
  document.body.append(`This file is damaged: ${error instanceof Error ? error.message : String(error)}. Save it again from Headlight.`);
});
