import type { SavedFile } from '../../src/panel/contract';

/** Kinds of file that what is shown can be saved as. */
export const fileFormats = [
  { value: 'png', label: 'PNG picture' },
  { value: 'svg', label: 'SVG picture' },
  { value: 'csv', label: 'CSV numbers' },
  { value: 'json', label: 'JSON numbers' },
] as const;
export type FileFormat = (typeof fileFormats)[number]['value'];

/** Pixels of a saved PNG for one of the picture's. */
const scale = 2;

/** Letters, digits and hyphens only, so that every file system takes it. */
export function fileName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 80);
}

/** The picture as PNG, base64. */
export async function rasterized(svg: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth * scale;
  canvas.height = image.naturalHeight * scale;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const url = canvas.toDataURL('image/png');
  if (!url.startsWith('data:image/png;base64,')) throw new Error('The picture is too large for a PNG. Save it as SVG.');
  return url.slice('data:image/png;base64,'.length);
}

/** The file of a format; `contents` has what each but the PNG holds, which is drawn from the SVG. */
export async function savedFile(
  title: string,
  format: FileFormat,
  contents: Readonly<Record<Exclude<FileFormat, 'png'>, () => string>>,
): Promise<SavedFile> {
  const name = `${fileName(title)}.${format}`;
  return format === 'png' ? { name, base64: await rasterized(contents.svg()) } : { name, text: contents[format]() };
}
