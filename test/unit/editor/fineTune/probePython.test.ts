import { expect, test } from 'vitest';
import { installCommand, readProbe } from '../../../../src/editor/fineTune/probePython';

const packages = { torch: '2.13.0', transformers: '5.23.0', onnx: '1.23.2', onnxruntime: '1.32.0' };

test('a Python that has all', () => {
  const printed = `a remark of a library\n${JSON.stringify({ python: [3, 12, 1], packages })}\n`;
  expect(readProbe(printed)).toEqual({ version: '3.12.1', isNewEnough: true, versions: packages, missing: [] });
});

test('one that lacks something, and one that is too old', () => {
  expect(readProbe(JSON.stringify({ python: [3, 10, 0], packages: { torch: '2.5.0', pandas: '2' } }))).toEqual({
    version: '3.10.0', isNewEnough: true, versions: { torch: '2.5.0' }, missing: ['transformers', 'onnx', 'onnxruntime'],
  });
  expect(readProbe(JSON.stringify({ python: [3, 9, 2], packages }))).toMatchObject({ isNewEnough: false });
  expect(readProbe(JSON.stringify({ python: [4, 0, 0], packages }))).toMatchObject({ isNewEnough: true });
});

test.each(['', 'hello', 'null', '{"python": "3"}', '{"python": [3, 12]}'])('%j is no answer', (printed) => {
  expect(readProbe(printed)).toBeNull();
});

test('the command can be pasted into a shell', () => {
  expect(installCommand('/opt/venv/bin/python', ['onnx', 'onnxruntime'])).toBe('/opt/venv/bin/python -m pip install onnx onnxruntime');
  expect(installCommand('/my envs/bin/python', ['torch'])).toBe('"/my envs/bin/python" -m pip install torch');
});
