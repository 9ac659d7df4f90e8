import { compareDevices } from '../lenses/devices/compare';
import { deviceTable } from '../lenses/devices/table';
import type { Verb } from './verb';

/** `devices [--compare]`: where models can run, and how fast and how alike. */
export const devices: Verb = {
  name: 'devices',
  summary: 'where models can run, and how fast and how alike they are there',
  usage: 'devices [--compare]',
  words: [0, 0],
  options: { compare: { type: 'boolean' } },
  help: `Lists the devices that the runtime offers on this machine. --compare loads the model on each of them and says how
long a short sentence and 128 tokens take there (median of up to 11 warm runs, or 2 s of them), and the largest difference from
what cpu computes: in weights of attention of the first and the last layer, in the last hidden state, and in logits. --device is
not minded.

JSON: ["cpu", …]; with --compare {model, rows: [{device, failure, lengths: [{tokens, milliseconds, runs}],
 differences: {attention, hidden, logits}}]}, where "failure" says why a device does not serve, and is null for one that does;
a difference is null for what the model does not have`,

  async run({ call, options, output, target }) {
    if (options['compare'] !== true) {
      const { availableDevices } = await import('../engine/loadModel');
      const listed = availableDevices();
      await (output.json ? output.writeJson(listed) : output.write(`${listed.join('\n')}\n`));
      return;
    }
    const comparison = await compareDevices((device) => call('devices/measure', {}, { ...target, device }));
    if (output.json) {
      await output.writeJson(comparison);
      return;
    }
    const { head, body } = deviceTable(comparison);
    const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => row[column]!.length)));
    for (const row of [head, ...body]) await output.line(row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd());
    for (const { device, failure } of comparison.rows) if (failure !== null) await output.line(`\n${device}: ${failure}`);
  },
};
