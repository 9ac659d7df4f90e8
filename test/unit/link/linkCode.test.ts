import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type AttentionLink, longestLinkedText, longestState } from '../../../src/link/attentionLink';
import { linkText, payloadOf, readLink, readPayload } from '../../../src/link/linkCode';

const extension = 'someone.headlight';

const link: AttentionLink = {
  model: { name: 'encoder' },
  otherModel: { name: 'roberta-tiny', folder: '0123456789abcdef' },
  path: 'notes/lesson 3.md',
  label: 'lesson 3.md:12',
  first: { text: 'The 🐄 ate\r\nher 𝔱reat, שלום \ud800 <b>&amp;</b>.', offset: 120 },
  second: { text: 'And it jumped: 👩‍👩‍👧.', offset: 170 },
  selection: { start: 4, end: 6 },
  state: { layer: 3, head: 1, pairs: 'ab', least: 0.25, together: [{ layer: 0, head: 2 }], compare: null },
};

const encoded = (value: unknown): string => deflateRawSync(JSON.stringify(value)).toString('base64url');
const altered = (change: object): string => encoded({ ...link, ...change });
const refused = (what: RegExp) => expect.objectContaining({ code: 'link-unreadable', message: expect.stringMatching(what) as string }) as Error;

describe('a link', () => {
  it('comes back as it was, with any text', () => {
    const text = linkText(link, 'vscode', extension);
    expect(text).toMatch(/^vscode:\/\/someone\.headlight\/attention\?v=1&d=[\w-]+$/);
    expect(readLink(text, extension)).toEqual(link);
    expect(readLink(`\n ${text} `, extension)).toEqual(link);
    expect(readLink(text.replace('vscode:', 'vscode-insiders:'), extension)).toEqual(link);
  });

  it('comes back at its largest, whatever the characters', () => {
    for (const character of ['語', '\u0001', '\ud800', '"']) {
      const state = { compare: { text: '語'.repeat(longestState - 100) } };
      const large = { ...link, second: { text: 'x', offset: 0 }, first: { text: `x${character.repeat(longestLinkedText - 2)}`, offset: 0 }, state };
      expect(readLink(linkText(large, 'vscode', extension), extension)).toEqual(large);
    }
  });

  it('is not made of more than it can carry', () => {
    const long = { ...link, first: { text: 'a'.repeat(longestLinkedText), offset: 0 } };
    expect(() => payloadOf(long)).toThrow(expect.objectContaining({ code: 'text-too-long', message: expect.stringMatching(/shorter text/) as string }) as Error);
    expect(() => payloadOf({ ...link, state: { compare: { text: 'a'.repeat(longestState) } } })).toThrow(/close the comparison/);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'cow'],
    ['another extension', linkText(link, 'vscode', 'other.extension')],
    ['another path', linkText(link, 'vscode', extension).replace('/attention', '/../attention/x')],
    ['another path of the same host', linkText(link, 'vscode', extension).replace('/attention', '/senses')],
    ['megabytes', `vscode://${extension}/attention?v=1&d=${'A'.repeat(2_000_000)}`],
    ['no version', linkText(link, 'vscode', extension).replace('v=1&', '')],
    ['an unknown version', linkText(link, 'vscode', extension).replace('v=1', 'v=1e0x')],
    ['no payload', `vscode://${extension}/attention?v=1`],
  ])('that is %s is refused', (_, text) => {
    expect(() => readLink(text, extension)).toThrow(refused(/Copy it again/));
  });

  it('of a later version says to update', () => {
    expect(() => readLink(linkText(link, 'vscode', extension).replace('v=1', 'v=2'), extension)).toThrow(refused(/newer version.*Update/));
  });
});

describe('a payload', () => {
  it('that was cut or changed is refused', () => {
    const payload = payloadOf(link);
    expect(() => readPayload(payload.slice(0, payload.length / 2))).toThrow(refused(/a part of it is missing/));
    expect(() => readPayload('%3Cscript%3E')).toThrow(refused(/a part of it is missing/));
    expect(() => readPayload(deflateRawSync('{"model":').toString('base64url'))).toThrow(refused(/a part of it is missing/));
    expect(() => readPayload(deflateRawSync(Buffer.from([0x22, 0xff, 0x22])).toString('base64url'))).toThrow(refused(/a part of it is missing/));
    expect(() => readPayload('A'.repeat(200_000))).toThrow(refused(/too long/));
  });

  it('that unpacks to far more than a link is not unpacked', () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, ' ')).toString('base64url');
    expect(bomb.length).toBeLessThan(100_000);
    expect(() => readPayload(bomb)).toThrow(refused(/holds more than a link may/));
  });

  it.each<[string, object]>([
    ['no model', { model: undefined }],
    ['a model that is a path in disguise', { model: { name: 'm', folder: '/home/someone/m' } }],
    ['a model of no name', { model: { name: '' } }],
    ['a name of several lines', { model: { name: 'a\nb' } }],
    ['another model of another type', { otherModel: 'encoder' }],
    ['no text', { first: undefined }],
    ['a blank text', { first: { text: ' \n', offset: 0 } }],
    ['a text of another type', { first: { text: ['a'], offset: 0 } }],
    ['a text that is too long', { first: { text: 'a'.repeat(longestLinkedText), offset: 0 } }],
    ['a negative offset', { first: { text: 'a', offset: -1 } }],
    ['a broken offset', { first: { text: 'a', offset: 0.5 } }],
    ['a second text without offset', { second: { text: 'a' } }],
    ['a selection beyond the text', { selection: { start: 0, end: 1000 } }],
    ['a selection that runs backwards', { selection: { start: 6, end: 4 } }],
    ['no label', { label: 12 }],
    ['an endless label', { label: 'a'.repeat(10_000) }],
    ['a list for a view', { state: [] }],
    ['a view that is too large', { state: { text: 'a'.repeat(longestState) } }],
    ['a path upwards', { path: '../secret.txt' }],
    ['a path upwards in between', { path: 'a/../../secret.txt' }],
    ['a path upwards with the other slash', { path: 'a\\..\\..\\secret.txt' }],
    ['an absolute path', { path: '/etc/passwd' }],
    ['a drive', { path: 'C:/secret.txt' }],
    ['another scheme', { path: 'file:///etc/passwd' }],
    ['an empty path', { path: '' }],
    ['a path of another type', { path: ['a'] }],
    ['a path with a control character', { path: 'a\u0000b' }],
  ])('with %s is refused', (_, change) => {
    expect(() => readPayload(altered(change))).toThrow(refused(/^This link cannot be opened: .*Copy it again/));
  });

  it('that is no object is refused, and what nobody asked for is left out', () => {
    for (const value of [null, 1, 'a', []]) expect(() => readPayload(encoded(value))).toThrow(refused(/missing/));
    expect(readPayload(altered({ command: 'run', first: { ...link.first, uri: 'file:///etc/passwd' } }))).toEqual(link);
  });
});
