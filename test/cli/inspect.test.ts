import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { committedFamilies, unpacked } from '../support/families';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
let folder: string;
beforeAll(async () => {
  headlight = await commandLine();
  folder = mkdtempSync(join(tmpdir(), 'headlight-inspect-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Report {
  readonly attentions: readonly { readonly kind: string; readonly node: string; readonly layer: number }[];
  readonly unsupported: readonly { readonly node: string; readonly reason: string }[];
}

async function inspected(path: string): Promise<Report> {
  const { code, stdout, stderr } = await headlight(['inspect', path, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Report;
}

describe('headlight inspect', () => {
  it('says what is in the built-in encoder', async () => {
    const found = await inspected('encoder');
    expect(found).toMatchObject({
      architecture: 'BertForPreTraining', opset: 18, layers: 6, heads: 12, window: 512, hiddenStates: { found: 7, of: 7 }, unsupported: [],
      tokenizer: { model: 'WordPiece', vocabulary: 30522, maskToken: '[MASK]' },
      heads_of_output: [{ name: 'logits', kind: 'vocabulary', size: 30522 }, { kind: 'next sentence' }, { name: 'sentiment_logits', kind: 'classes', size: 2 }],
    });
    expect(found.attentions).toHaveLength(6);
    expect(found.attentions[3]).toMatchObject({ layer: 3, kind: 'self', heads: 12, node: expect.stringContaining('layer.3') as string });
  });

  it('counts the layers of both parts of a translator', async () => {
    const { attentions } = await inspected('translator');
    for (const kind of ['self', 'causal', 'cross']) expect(attentions.filter((one) => one.kind === kind).map(({ layer }) => layer)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each([
    ['bert--optimum-eager-18-fused', { fused: { Attention: 2, EmbedLayerNormalization: 1, SkipLayerNormalization: 4 } }, 'Attention_0'],
    ['llama--genai-eager-22-fp32', { fused: { GroupQueryAttention: 2 } }, '/model/layers.0/attn/GroupQueryAttention'],
  ])('names the fused nodes of %s that it writes out', async (name, file, node) => {
    const found = await inspected(unpacked(committedFamilies, name));
    expect(found).toMatchObject({ files: [file], unsupported: [] });
    expect(found.attentions[0]!.node).toBe(node);
  });

  it('knows logits over classes from logits over the vocabulary', async () => {
    expect(await inspected(unpacked(committedFamilies, 'bert-classifier--optimum-eager-18-fp32'))).toMatchObject({ heads_of_output: [{ name: 'logits', kind: 'classes', size: 3 }] });
  });

  it('tells the rest where a part does not serve', async () => {
    cpSync(join(committedFamilies, '..', 'models', 'bert-tiny'), folder, { recursive: true });
    writeFileSync(join(folder, 'tokenizer.json'), '{"model": 3}');
    const whole = readFileSync(join(folder, 'model.onnx'));
    expect(await inspected(folder)).toMatchObject({ layers: 2, tokenizer: null, unsupported: [{ file: 'tokenizer.json' }] });
    writeFileSync(join(folder, 'model.onnx'), whole.subarray(0, 1000));
    const { unsupported } = await inspected(folder);
    expect(unsupported.map(({ reason }) => reason).join()).toMatch(/not a whole model/);
  });

  it('is readable, and makes a page without a script', async () => {
    const { stdout } = await headlight(['inspect', 'encoder']);
    expect(stdout).toMatch(/attention +6 self\n/);
    expect(stdout).toMatch(/not shown +nothing/);
    const page = join(folder, 'report.html');
    expect((await headlight(['inspect', 'translator', '--html', page])).code).toBe(0);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<svg class="stack"');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|onload=/);
  });

  it('says what is wrong with a folder without a model', async () => {
    const { code, stderr } = await headlight(['inspect', './test']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/holds no model\.onnx/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
