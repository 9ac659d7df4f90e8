import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadlightError } from '../errors';
import type { StandaloneAttention } from './contract';

/** Where the page's script finds what it shows. */
export const dataId = 'headlight-data';

/**
 * One HTML file that needs nothing else: no network, no Headlight.
 * @param root folder of Headlight: `package.json` and the built `dist`
 * @throws HeadlightError `file-not-written` where a part of Headlight is missing
 */
export async function standalonePage(collected: Omit<StandaloneAttention, 'made' | 'version'>, root: string): Promise<string> {
  const parts = ['standalone.js', 'main.css', 'standalone.css', 'codicon.ttf'].map((file) => join(root, 'dist', 'webview', file));
  const [description, script, mainStyle, themes, font] = (await Promise.all([join(root, 'package.json'), ...parts].map(part))) as [
    Buffer, Buffer, Buffer, Buffer, Buffer,
  ];
  const { version } = JSON.parse(description.toString()) as { readonly version: string };
  const data: StandaloneAttention = { ...collected, made: new Date().toISOString(), version };
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    'font-src data:',
    'img-src data:',
  ].join('; ');
  const codicon = `data:font/ttf;base64,${font.toString('base64')}`;
  const style = `${themes.toString()}\n${mainStyle.toString().replace(/url\((["']?)[^)"']*codicon\.ttf\1\)/g, `url(${codicon})`)}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Headlight ${version}">
<title>Attention – Headlight</title>
<style nonce="${nonce}">${style.replaceAll('</style', '<\\/style')}</style>
</head>
<body>
<noscript>This page draws attention with a script of its own, which this browser does not run.</noscript>
<script type="application/json" id="${dataId}" nonce="${nonce}">${inScript(data)}</script>
<script nonce="${nonce}">${script.toString().replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}

/** JSON that no text in it can end: the token of a hostile text may be `</script>`. */
export function inScript(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function part(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new HeadlightError('file-not-written', `A part of Headlight is missing: ${file}. Install it again, or build it with npm start.`, { cause: error });
  }
}
