/**
 * The byte alphabet of GPT-2: each byte as one printable character, so that any text is a string of known characters.
 */
const characterOfByte: readonly string[] = (() => {
  const printable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const byteOfCharacter = new Map(characterOfByte.map((character, byte) => [character, byte]));
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A character's UTF-8 bytes in the byte alphabet. */
export function toByteLevel(character: string): string {
  let result = '';
  for (const byte of encoder.encode(character)) result += characterOfByte[byte]!;
  return result;
}

/** The bytes of a piece that is no whole characters, `⟨F0⟩` each; the piece itself where it is not in the byte alphabet. */
export function byteNames(piece: string): string {
  const bytes = Array.from(piece, (character) => byteOfCharacter.get(character));
  return bytes.every((byte) => byte !== undefined) ? bytes.map((byte) => `⟨${byte.toString(16).toUpperCase().padStart(2, '0')}⟩`).join('') : piece;
}

/** The text that a piece in the byte alphabet spells, or null when its bytes are not whole characters. */
export function fromByteLevel(piece: string): string | null {
  const bytes: number[] = [];
  for (const character of piece) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}
