import { describe, expect, it, vi } from 'vitest';
import type { DeviceComparison } from '../../../src/lenses/devices/contract';
import { t } from './fixtures';

vi.mock('vscode', () => ({ l10n: { t } }));
const { comparisonText } = await import('../../../src/editor/devices/comparisonDocument');

const comparison = (model: string, failure: string): DeviceComparison => ({
  model,
  rows: [
    { device: 'cpu', failure: null, lengths: [{ tokens: 18, milliseconds: 4.2, runs: 11 }, { tokens: 128, milliseconds: 31, runs: 9 }], differences: { attention: 0, hidden: 0, logits: null } },
    { device: 'webgpu', failure, lengths: [], differences: null },
  ],
});

describe('the comparison of devices as a document', () => {
  it('is a Markdown table, with what does not serve below it', () => {
    const text = comparisonText(comparison('encoder', 'It failed'));
    expect(text).toContain('# Devices for encoder\n\n| Device | 18 tokens | 128 tokens | Attention | Hidden states | Logits |\n| --- | ---: | ---: | ---: | ---: | ---: |\n');
    expect(text).toContain('| cpu | 4&#46;2 ms | 31 ms | 0 | 0 | — |\n');
    expect(text).toContain('- **webgpu**: It failed');
    expect(text).toContain('11 and 9 on cpu');
  });

  it('shows names and words of the runtime as they are', () => {
    const text = comparisonText(comparison('a|b <img src=x> [x](command:evil)\n# y', '`x` <script> ![i](http://x)'));
    expect(text).not.toMatch(/<img|<script|\]\(|http:\/\/|\n# y/);
    expect(text).toContain('a&#124;b');
  });
});
