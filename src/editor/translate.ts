/** Translates a message with `{0}` placeholders: the signature of `vscode.l10n.t`, so that pure code can take it in. */
export type Translate = (message: string, ...values: (string | number | boolean)[]) => string;
