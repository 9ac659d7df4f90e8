import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findGraphFiles } from '../../../src/library/graphFiles';
import { inUsualOrder, readGraphName } from '../../../src/library/graphNames';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headlight-graphs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(...files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
}

/** What is found, with paths from the folder. */
async function found(path = '') {
  const files = await findGraphFiles(join(folder, path));
  const short = (full: string | null): string | null => full && relative(folder, full).replaceAll('\\', '/');
  return { ...files, folder: short(files.folder), reads: short(files.reads), writes: short(files.writes), writesOn: short(files.writesOn) };
}

describe('the name of an ONNX file', () => {
  it.each([
    ['model.onnx', 'model', ''],
    ['model_fp16.onnx', 'model', 'fp16'],
    ['model_q4f16.onnx', 'model', 'q4f16'],
    ['model_qint8_avx512_vnni.onnx', 'model', 'qint8_avx512_vnni'],
    ['encoder_model_quantized.onnx', 'encoder_model', 'quantized'],
    ['decoder_model_bnb4.onnx', 'decoder_model', 'bnb4'],
    ['decoder_model_merged.onnx', 'decoder_model_merged', ''],
    ['decoder_model_merged_uint8.onnx', 'decoder_model_merged', 'uint8'],
    ['decoder_with_past_model_int8.onnx', 'decoder_with_past_model', 'int8'],
  ])('%s', (file, part, variant) => {
    expect(readGraphName(file)).toEqual({ part, variant });
  });

  it.each(['bert.onnx', 'model.onnx_data', 'model_.onnx', 'models.onnx', 'model-fp16.onnx', 'tokenizer.json'])('%s is no such name', (file) => {
    expect(readGraphName(file)).toBeNull();
  });

  it('says which is taken first', () => {
    expect(inUsualOrder(['q4', 'quantized', 'bnb4', 'fp16', '', 'q4'])).toEqual(['', 'fp16', 'quantized', 'bnb4', 'q4']);
  });
});

describe('the graphs of a folder', () => {
  it.each([
    [['onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_quantized.onnx'], ''],
    [['onnx/model_q4.onnx', 'onnx/model_quantized.onnx', 'onnx/model_fp16.onnx'], 'fp16'],
    [['onnx/model_bnb4.onnx', 'onnx/model_quantized.onnx'], 'quantized'],
    [['onnx/model_uint8.onnx', 'onnx/model_int8.onnx'], 'int8'],
  ])('of %j are %j', async (files, variant) => {
    put('config.json', ...files);
    const name = variant === '' ? 'model' : `model_${variant}`;
    expect(await found()).toEqual({ folder: '', variant, reads: `onnx/${name}.onnx`, writes: null, writesOn: null, isDecoder: false });
  });

  it('are an encoder with its decoders', async () => {
    put('encoder_model.onnx', 'decoder_model.onnx', 'decoder_with_past_model.onnx', 'decoder_model_merged_quantized.onnx');
    expect(await found()).toMatchObject({ reads: 'encoder_model.onnx', writes: 'decoder_model.onnx', writesOn: 'decoder_with_past_model.onnx', variant: '' });
  });

  it('are of one variant, the first that is whole', async () => {
    put('onnx/encoder_model.onnx', 'onnx/encoder_model_quantized.onnx', 'onnx/decoder_model_merged_quantized.onnx');
    expect(await found()).toMatchObject({
      variant: 'quantized', reads: 'onnx/encoder_model_quantized.onnx',
      writes: 'onnx/decoder_model_merged_quantized.onnx', writesOn: 'onnx/decoder_model_merged_quantized.onnx', isDecoder: false,
    });
  });

  it('are no decoder alone where the model has an encoder', async () => {
    put('decoder_model_merged.onnx', 'encoder_model_q4.onnx');
    await expect(findGraphFiles(folder)).rejects.toMatchObject({ code: 'model-missing', message: expect.stringContaining('no encoder_model.onnx') as string });
  });

  it('may be a decoder stack', async () => {
    put('onnx/decoder_model_merged_quantized.onnx');
    expect(await found()).toMatchObject({ reads: 'onnx/decoder_model_merged_quantized.onnx', writes: null, isDecoder: true, variant: 'quantized' });
  });

  it('of another name are told of', async () => {
    put('config.json', 'bert.onnx');
    await expect(findGraphFiles(folder)).rejects.toMatchObject({ message: expect.stringMatching(/holds no model.onnx.*It holds bert.onnx/) as string });
  });
});

describe('a named graph', () => {
  it('says its variant, and its folder is that of config.json', async () => {
    put('config.json', 'onnx/model.onnx', 'onnx/model_quantized.onnx');
    expect(await found('onnx/model_quantized.onnx')).toEqual({
      folder: '', variant: 'quantized', reads: 'onnx/model_quantized.onnx', writes: null, writesOn: null, isDecoder: false,
    });
  });

  it('may have its configuration beside it', async () => {
    put('config.json', 'onnx/config.json', 'onnx/tokenizer.json', 'onnx/model_fp16.onnx', 'model_fp16.onnx');
    expect((await found('onnx/model_fp16.onnx')).folder).toBe('onnx');
    expect((await found('model_fp16.onnx')).folder).toBe('');
    rmSync(join(folder, 'onnx/tokenizer.json'));
    expect((await found('onnx/model_fp16.onnx')).folder).toBe('');
  });

  it.each(['encoder_model_quantized', 'decoder_model_merged_quantized'])('%s comes with the parts of its variant', async (name) => {
    put('config.json', ...['', '_quantized'].flatMap((variant) => [`onnx/encoder_model${variant}.onnx`, `onnx/decoder_model_merged${variant}.onnx`]));
    expect(await found(`onnx/${name}.onnx`)).toMatchObject({
      variant: 'quantized', reads: 'onnx/encoder_model_quantized.onnx', writes: 'onnx/decoder_model_merged_quantized.onnx', isDecoder: false,
    });
  });

  it('is taken rather than the whole model beside it', async () => {
    put('model.onnx', 'decoder_model.onnx', 'decoder_with_past_model.onnx');
    expect(await found('decoder_model.onnx')).toMatchObject({ reads: 'decoder_model.onnx', writesOn: 'decoder_with_past_model.onnx', isDecoder: true });
  });

  it('without its other part names that', async () => {
    put('onnx/encoder_model_q4.onnx', 'onnx/decoder_model_merged.onnx');
    await expect(findGraphFiles(join(folder, 'onnx/encoder_model_q4.onnx'))).rejects.toMatchObject({
      code: 'model-missing', message: expect.stringContaining('holds encoder_model_q4.onnx, but no decoder_model_q4.onnx or decoder_model_merged_q4.onnx') as string,
    });
  });

  it('of any name is a whole model', async () => {
    put('config.json', 'bert.onnx');
    expect(await found('bert.onnx')).toMatchObject({ folder: '', variant: '', reads: 'bert.onnx' });
  });

  it('that is not there is missing', async () => {
    await expect(findGraphFiles(join(folder, 'model_q8.onnx'))).rejects.toMatchObject({ code: 'model-missing' });
  });
});
