import { build, type BuildOptions } from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Subject } from '../../../src/panel/contract';
import { fonts, themes, type ThemeName } from './themes';

const root = path.resolve(import.meta.dirname, '../../..');
const nonce = 'harness';
/** Secure, as a webview's is, or there would be no clipboard. */
const origin = 'https://headlight.test';

export const chromium = '/usr/bin/chromium';
export const chromiumArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

async function bundled(entryPoint: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome120',
    absWorkingDir: root,
    tsconfig: 'tsconfig.webview.json',
    ...options,
  });
  return outputFiles?.[0]?.text ?? '';
}

/** The panel and the fake editor, bundled once. */
export async function bundle() {
  const [main, host, style, axe, font] = await Promise.all([
    bundled('webview/main.ts', { minify: true }),
    bundled('test/webview/harness/host.ts'),
    bundled('webview/main.css', { external: ['./codicon.ttf'] }),
    readFile(path.join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'),
    readFile(path.join(root, 'node_modules/@vscode/codicons/dist/codicon.ttf')),
  ]);
  return { main, host, style, axe, font };
}
export type Bundle = Awaited<ReturnType<typeof bundle>>;

/** The page that VS Code makes around a webview: its policy, theme variables and body classes. */
function document(theme: ThemeName): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Headlight</title>
<meta property="csp-nonce" content="${nonce}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${origin} 'nonce-${nonce}'; font-src ${origin}; img-src ${origin} data:">
<link rel="stylesheet" href="${origin}/theme.css"><link rel="stylesheet" href="${origin}/main.css">
</head>
<body class="${themes[theme].body}"><script nonce="${nonce}" src="${origin}/host.js"></script><script nonce="${nonce}" src="${origin}/main.js"></script></body>
</html>`;
}

function themeSheet(theme: ThemeName): string {
  const declarations = Object.entries({ ...fonts, ...themes[theme].variables }).map(([name, value]) => `--vscode-${name}: ${value};`);
  return `:root { ${declarations.join(' ')} } html { background: ${themes[theme].variables['sideBar-background']}; }`;
}

export interface PageOptions {
  readonly subject: Subject | null;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly zoom?: number;
}

export interface HarnessPage {
  readonly page: Page;
  /** Console errors, policy violations included, and uncaught exceptions. */
  readonly errors: string[];
}

/** Opens the panel in a page of its own. */
export async function openPanel(
  browser: Browser,
  files: Bundle,
  { subject, theme = 'dark', width = 340, height = 900, zoom = 1 }: PageOptions,
): Promise<HarnessPage> {
  const page = await browser.newPage({
    viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
    deviceScaleFactor: zoom,
    reducedMotion: 'reduce',
  });
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.addInitScript((given) => { window.harnessSubject = given; }, subject);
  await page.route(`${origin}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const answers: Readonly<Record<string, readonly [string, string | Buffer] | undefined>> = {
      '': ['text/html', document(theme)],
      'theme.css': ['text/css', themeSheet(theme)],
      'main.css': ['text/css', files.style],
      'host.js': ['text/javascript', files.host],
      'main.js': ['text/javascript', files.main],
      'codicon.ttf': ['font/ttf', files.font],
    };
    const [contentType, body] = answers[name] ?? ['text/plain', ''];
    await route.fulfill({ contentType, body });
  });
  await page.goto(`${origin}/`);
  return { page, errors };
}
