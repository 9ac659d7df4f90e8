/** The classes by which VS Code marks a page's theme, from what the system prefers. */
export function followSystemTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(forced-colors: active), (prefers-contrast: more)');
  const update = (): void => {
    const name = contrast.matches ? (dark.matches ? 'high-contrast' : 'high-contrast-light') : dark.matches ? 'dark' : 'light';
    document.documentElement.dataset['theme'] = name;
    document.body.className = name === 'high-contrast-light' ? 'vscode-high-contrast vscode-high-contrast-light' : `vscode-${name}`;
  };
  update();
  for (const query of [dark, contrast]) query.addEventListener('change', update);
}
