const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size for people, in powers of 1,000 as disks and the hub count: `999 B`, `1.2 MB`, `438 MB`. */
export function formatBytes(bytes: number): string {
  let power = 0;
  while (power < units.length - 1 && bytes / 1000 ** power >= 999.5) power++;
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 99.95 ? Math.round(value) : Number(value.toFixed(1))} ${units[power]!}`;
}
