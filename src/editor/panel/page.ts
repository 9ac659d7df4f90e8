import { randomBytes } from 'node:crypto';

/** Where the parts of the page lie, as URIs that the webview may load. */
export interface PageResources {
  /** The webview's own source expression for a content security policy. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  readonly language: string;
}

/** The panel's page: nothing is loaded but the bundle's own files, and no script runs without this page's nonce. */
export function panelPage({ cspSource, script, style, language }: PageResources): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // The control library marks its own style elements with the nonce that it finds in the page's head.
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${style}">
  <title>Headlight</title>
</head>
<body>
  <script nonce="${nonce}" type="module" src="${script}"></script>
</body>
</html>`;
}
