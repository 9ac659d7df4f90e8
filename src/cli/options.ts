import { type OptionValues, UsageError } from './verb';

/** The value of an option as a whole number. @throws UsageError for anything else, or below `least` */
export function wholeNumber(options: OptionValues, name: string, least: number): number | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^-?\d+$/.test(value) && Number(value) >= least) return Number(value);
  throw new UsageError(`--${name} takes a whole number of at least ${least}, not "${String(value)}".`);
}

/** The value of an option as a number above 0. @throws UsageError for anything else */
export function positiveNumber(options: OptionValues, name: string): number | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d*\.?\d+$/.test(value) && Number(value) > 0) return Number(value);
  throw new UsageError(`--${name} takes a number above 0, not "${String(value)}".`);
}

/** The value of an option as text. */
export function text(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The value of an option that takes one of a few. @throws UsageError for any other */
export function oneOf<T extends string>(options: OptionValues, name: string, values: readonly T[]): T | undefined {
  const given = text(options, name);
  const found = values.find((value) => value === given);
  if (found !== undefined || given === undefined) return found;
  throw new UsageError(`--${name} is one of ${values.join(', ')}, not "${given}".`);
}

/** All values of an option that may be given several times. */
export function texts(options: OptionValues, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/**
 * Gives an option whose value may be left out the word behind it, or an empty value: `--control --json` becomes
 * `--control= --json`, and `--control Yes.` becomes `--control=Yes.`. Words after `--` stay as they are.
 */
export function joinOptionalValues(args: readonly string[], names: readonly string[]): string[] {
  const end = args.indexOf('--');
  const joined: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if ((end !== -1 && index > end) || !names.some((name) => arg === `--${name}`)) {
      joined.push(arg);
      continue;
    }
    const value = args[index + 1];
    const given = value !== undefined && !value.startsWith('-');
    joined.push(`${arg}=${given ? value : ''}`);
    if (given) index++;
  }
  return joined;
}

/**
 * Joins `--layer -1` to `--layer=-1`: a negative number would otherwise be read as an option. Words after `--` stay
 * as they are.
 */
export function joinNegativeNumbers(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const joined: string[] = [];
  for (const [index, arg] of args.entries()) {
    const previous = joined.at(-1);
    const inOptions = end === -1 || index < end;
    if (inOptions && /^-\d+$/.test(arg) && previous !== undefined && /^--[a-z]+$/.test(previous)) {
      joined[joined.length - 1] = `${previous}=${arg}`;
    } else {
      joined.push(arg);
    }
  }
  return joined;
}
