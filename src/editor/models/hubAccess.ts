import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Hub } from '../../library/hub/hub';
import { hubSettings } from '../settings';
import { withProgress } from '../progress';

/** The hub as the user's settings and the environment say, with the token that the user signed in with. */
export class HubAccess {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /** @throws HeadlightError `hub-refused` for an endpoint that is none */
  async hub(): Promise<Hub> {
    const { findHub } = await import('../../library/hub/hub');
    const choices = hubSettings();
    const { endpoint } = await findHub(process.env, homedir(), choices);
    const token = await this.secrets.get(secretOf(endpoint));
    return findHub(process.env, homedir(), { ...choices, ...(token !== undefined && { token }) });
  }

  /** Asks for a token, lets the hub say whose it is, and keeps it in VS Code's secret storage. */
  async signIn(): Promise<void> {
    const { t } = vscode.l10n;
    const hub = await this.hub();
    const token = (
      await vscode.window.showInputBox({
        title: t('Sign in to the Hub'),
        prompt: t('A token with the right to read, from the settings of your account on {0}. It is kept in VS Code’s secret storage and sent to {0} only.', hub.endpoint.host),
        password: true,
        ignoreFocusOut: true,
        validateInput: (value) => (/^\s*[\x21-\x7e]*\s*$/.test(value) ? null : t('A token has no spaces and no accents.')),
      })
    )?.trim();
    if (token === undefined || token === '') return;
    const { whoAmI } = await import('../../library/hub/whoAmI');
    const name = await withProgress(t('signing in to {0}', hub.endpoint.host), ({ signal }) => whoAmI({ ...hub, token }, signal));
    await this.secrets.store(secretOf(hub.endpoint), token);
    void vscode.window.showInformationMessage(t('Signed in to {0} as {1}.', hub.endpoint.host, name));
  }

  /** Forgets the token. */
  async signOut(): Promise<void> {
    const { endpoint } = await this.hub();
    await this.secrets.delete(secretOf(endpoint));
    void vscode.window.showInformationMessage(vscode.l10n.t('Signed out of {0}: the token is forgotten.', endpoint.host));
  }
}

/** A token belongs to the hub that it was given for: another endpoint never gets it. */
function secretOf({ origin }: URL): string {
  return `hub-token ${origin}`;
}
