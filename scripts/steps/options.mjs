import { parseArgs } from 'node:util';

/** Options of the command line; one that does not exist ends the process with a line about it. */
export function readOptions(options, allowPositionals = false) {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals });
    return { ...values, names: positionals };
  } catch (error) {
    console.error(`${error.message}\nSee --help.`);
    process.exit(2);
  }
}
