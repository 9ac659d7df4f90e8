import * as vscode from 'vscode';
import type { AttentionLink } from '../../link/attentionLink';

/** Documents of this scheme hold the text of a link, which their URI carries: they need no storage and outlive a reload. */
export const linkedTextScheme = 'headlight-link';

/** What stands in the document that a link has of its own. @throws HeadlightError `link-unreadable` */
export async function linkedText({ query }: vscode.Uri): Promise<string> {
  // Loaded here and not with the extension, which has to activate in milliseconds.
  const [{ readPayload }, { inOwnDocument }] = await Promise.all([import('../../link/linkCode'), import('../../link/placeText')]);
  return inOwnDocument(readPayload(query)).content;
}

/** The document that a link has of its own. */
export async function linkedTextUri(link: AttentionLink): Promise<vscode.Uri> {
  const { payloadOf } = await import('../../link/linkCode');
  // Named after the text's first document, so that it is coloured alike.
  const name = link.label.split(':')[0]!.replace(/[\\/]/g, '-').replace(/(\.[^.]*)?$/, ' (link)$1');
  return vscode.Uri.from({ scheme: linkedTextScheme, path: `/${name}`, query: payloadOf({ ...link, state: {} }) });
}
