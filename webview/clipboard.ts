import type { SavedFile } from '../src/panel/contract';

/**
 * Puts a picture on the clipboard.
 * @param file a PNG, which may still be in the making
 * @returns what to say then
 * @throws Error that says what to do where the clipboard is refused
 */
export async function copyPicture(file: Promise<SavedFile>): Promise<string> {
  const png = file.then(({ base64 = '' }) => new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type: 'image/png' }));
  try {
    // Begun before the picture is made: a click allows writing only for a short while.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
  } catch (error) {
    // What went wrong with the picture itself has words of its own.
    await png;
    throw new Error('The clipboard was refused. Click into the panel and try again, or save the picture as PNG.', { cause: error });
  }
  return 'Picture copied.';
}
