import { cpus, totalmem } from 'node:os';

/** One line of the result table. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly goal?: string;
}

const machine = (): string =>
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}`;

/** The rows as a Markdown table, with the machine that they are true of. */
export function report(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| ${row.what} | ${row.figure} | ${row.goal ?? ''} |`);
  return [`Measured on: ${machine()}`, '', '| what | measured | goal |', '|---|---|---|', ...lines].join('\n');
}

export const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
export const times = (value: number): string => `${value.toFixed(2)}×`;
