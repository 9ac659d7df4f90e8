import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { icons } from '../../webview/controls/icon';

it('icons stand where the codicon font has them', () => {
  const sheet = readFileSync('node_modules/@vscode/codicons/dist/codicon.css', 'utf8');
  for (const [name, character] of Object.entries(icons)) {
    const code = new RegExp(`\\.codicon-${name}:before \\{ content: "\\\\(\\w+)" \\}`).exec(sheet)?.[1];
    expect([name, code]).toEqual([name, character.codePointAt(0)!.toString(16)]);
  }
});
