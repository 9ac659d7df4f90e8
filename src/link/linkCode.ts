import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { HeadlightError } from '../errors';
import { type AttentionLink, linkVersion, longestLinkedText, longestState } from './attentionLink';
import { checkedLink, unreadable } from './linkFields';

/** Characters of a payload, and bytes of its JSON: more than any link within the limits of its parts can take. */
const longestPayload = 180_000;
const mostBytes = 131_072;

/**
 * The link as text, for instance `vscode://publisher.name/attention?v=1&d=…`, where `d` is deflated JSON (RFC 1951) in
 * base64url (RFC 4648).
 * @param application what links of this editor begin with, as `vscode.env.uriScheme` says
 * @param extension publisher and name
 * @throws HeadlightError `text-too-long` for what a link does not carry
 */
export function linkText(link: AttentionLink, application: string, extension: string): string {
  return `${application}://${extension}/attention?v=${linkVersion}&d=${payloadOf(link)}`;
}

/** The `d` of a link. @throws HeadlightError `text-too-long` */
export function payloadOf(link: AttentionLink): string {
  const length = link.first.text.length + (link.second?.text.length ?? 0);
  if (length > longestLinkedText) {
    throw new HeadlightError(
      'text-too-long',
      `The text has ${length} characters, and a link carries ${longestLinkedText} at most. Show the attention of a shorter text and copy its link.`,
    );
  }
  if (JSON.stringify(link.state).length > longestState) {
    throw new HeadlightError('text-too-long', 'The text of the comparison is too long for a link. Compare with a shorter one, or close the comparison, and copy the link again.');
  }
  return deflateRawSync(JSON.stringify(link)).toString('base64url');
}

/**
 * Reads a link that came from anywhere.
 * @param extension publisher and name, which the link has to be for; any editor's scheme will do
 * @throws HeadlightError `link-unreadable`
 */
export function readLink(text: string, extension: string): AttentionLink {
  const given = text.trim();
  const url = given.length <= longestPayload + 1000 && URL.canParse(given) ? new URL(given) : null;
  if (url?.host.toLowerCase() !== extension.toLowerCase() || url.pathname !== '/attention') {
    throw unreadable('it is none of Headlight, or a part of it is missing');
  }
  const version = url.searchParams.get('v');
  if (Number(version) > linkVersion) {
    throw new HeadlightError('link-unreadable', 'This link was made with a newer version of Headlight. Update the extension, and open the link again.');
  }
  if (version !== String(linkVersion)) throw unreadable('its version is not known');
  return readPayload(url.searchParams.get('d') ?? '');
}

/** Reads the `d` of a link. @throws HeadlightError `link-unreadable` */
export function readPayload(payload: string): AttentionLink {
  if (payload.length > longestPayload) throw unreadable('it is too long');
  if (!/^[\w-]+$/.test(payload)) throw unreadable('a part of it is missing or was changed');
  return checkedLink(jsonOf(Buffer.from(payload, 'base64url')));
}

function jsonOf(deflated: Uint8Array): unknown {
  try {
    const bytes = inflateRawSync(deflated, { maxOutputLength: mostBytes });
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const large = cause instanceof RangeError;
    throw unreadable(large ? 'it holds more than a link may' : 'a part of it is missing or was changed', { cause });
  }
}
