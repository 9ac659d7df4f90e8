import { escapeMarkup, type SvgElement } from '../picture/svg';

/** Colours for light, dark and paper. */
const pageColors = `
:root { color-scheme: light dark; --page: #ffffff; --text: #1f1f1f; --muted: #5c5c5c; --line: #cfcfcf; --data: #0072b2; --mark: #fff0b8; }
@media (prefers-color-scheme: dark) {
  :root { --page: #1f1f1f; --text: #e4e4e4; --muted: #a8a8a8; --line: #484848; --data: #56b4e9; --mark: #57491a; }
}
@media print {
  :root { color-scheme: light; --page: #ffffff; --text: #000000; --muted: #404040; --line: #b0b0b0; --data: #0072b2; --mark: #fff0b8; }
  section { break-inside: avoid; }
  mark, rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** The theme that is in force in the editor. */
const editorColors = `
:root { --page: var(--vscode-editor-background); --text: var(--vscode-foreground); --muted: var(--vscode-descriptionForeground); --line: var(--vscode-contrastBorder, var(--vscode-panel-border)); --data: var(--vscode-charts-blue); --mark: var(--vscode-editor-findMatchHighlightBackground); }
`;

/** Wide tables and long words stay within the page. */
const style = `
body { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; }
h2 { margin: 2rem 0 0.25rem; font-size: 1.1rem; }
p { margin: 0 0 0.5rem; }
.muted, figcaption, caption, footer { color: var(--muted); }
.source { margin: 0 0 1rem; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; }
.source, .word, h2 { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.source, .word { unicode-bidi: isolate; }
mark { padding: 0 0.25em; border-radius: 3px; background: var(--mark); color: inherit; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.1rem 1rem; margin: 0 0 1rem; }
dt { color: var(--muted); }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; margin: 0.5rem 0 1rem; }
caption { text-align: start; }
th, td { padding: 0.2rem 0.75rem 0.2rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: middle; }
th.number, td.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.number:first-child, td.number:first-child { width: 3.5rem; }
td.measure { width: 40%; }
td.measure svg { display: block; width: 100%; height: 12px; }
rect { fill: var(--data); }
footer { margin-top: 2rem; padding-top: 0.75rem; border-top: 1px solid var(--line); font-size: 0.875rem; }
.wide { overflow-x: auto; }
body:has(> .report) { max-width: 66rem; }
.report h2 { font-family: inherit; }
.wide td, .wide th { padding-inline-end: 1rem; vertical-align: top; white-space: nowrap; }
.wide td:last-child { min-width: 12rem; white-space: normal; }
figure { margin: 1rem 0; }
.stack { max-width: 100%; height: auto; }
.stack rect { fill: none; stroke: var(--line); }
.stack rect.attention { stroke: var(--data); stroke-width: 1.5; }
.stack line, .stack path { fill: none; stroke: var(--muted); }
.stack path.crossing { stroke: var(--data); stroke-dasharray: 4 3; }
.stack text { fill: var(--text); font-size: 12px; }
@media (forced-colors: active) { rect { fill: CanvasText; } mark { outline: 1px solid; } }
@media (max-width: 30rem) {
  table { font-size: 0.875rem; }
  th, td { padding-right: 0.4rem; }
  th.number:first-child, td.number:first-child { width: 2rem; }
  td.measure { width: 18%; }
}
`;

/**
 * One HTML file without a script that needs nothing else; its policy lets in no more than its own style.
 * @param title of the window or tab
 * @param colors its own, or those of the editor that shows it
 */
export function staticPage(title: string, body: readonly SvgElement[], colors: 'own' | 'editor' = 'own'): string {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Headlight">
<title>${escapeMarkup(title)}</title>
<style nonce="${nonce}">${colors === 'own' ? pageColors : editorColors}${style}</style>
</head>
<body>
${body.map(({ markup }) => markup).join('\n')}
</body>
</html>
`;
}
