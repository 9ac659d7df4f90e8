import type { DeviceComparison, DeviceRow } from './contract';

/** What stands in the head. */
export interface TableWords {
  readonly device: string;
  readonly tokens: (count: number) => string;
  readonly attention: string;
  readonly hidden: string;
  readonly logits: string;
}

const english: TableWords = { device: 'device', tokens: (count) => `${count} tokens`, attention: 'attention', hidden: 'hidden states', logits: 'logits' };

/** The head and the rows of a table, in words; `0` and `—` are set apart: nothing differs, and there is nothing to compare. */
export function deviceTable({ rows }: DeviceComparison, words = english): { readonly head: readonly string[]; readonly body: readonly (readonly string[])[] } {
  const lengths = rows[0]?.lengths ?? [];
  return {
    head: [words.device, ...lengths.map(({ tokens }) => words.tokens(tokens)), words.attention, words.hidden, words.logits],
    body: rows.map((row) => cells(row, lengths.length)),
  };
}

function cells({ device, differences, lengths }: DeviceRow, columns: number): string[] {
  if (differences === null) return [device, ...Array<string>(columns + 3).fill('—')];
  const { attention, hidden, logits } = differences;
  return [device, ...lengths.map(({ milliseconds }) => time(milliseconds)), ...[attention, hidden, logits].map(difference)];
}

function time(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}

function difference(value: number | null): string {
  if (value === null) return '—';
  if (!Number.isFinite(value)) return '∞';
  return value === 0 ? '0' : value.toExponential(1);
}
