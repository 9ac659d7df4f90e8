import { expect, test } from 'vitest';
import { readRecipeLine } from '../../../../src/editor/fineTune/recipeLine';

test('a step of either half', () => {
  expect(readRecipeLine('{"step": 3, "of": 300, "loss": 0.25, "phase": "frozen"}')).toEqual({ kind: 'step', phase: 'frozen', step: 3, of: 300, loss: 0.25 });
  expect(readRecipeLine('{"phase": "unfrozen", "loss": 2, "of": 9, "step": 9, "more": []}')).toEqual({ kind: 'step', phase: 'unfrozen', step: 9, of: 9, loss: 2 });
});

test('a message, with how far it is or without', () => {
  expect(readRecipeLine('{"message": "Reading", "step": 16, "of": 64}')).toEqual({ kind: 'message', message: 'Reading', step: 16, of: 64 });
  expect(readRecipeLine('{"message": "Exporting"}')).toEqual({ kind: 'message', message: 'Exporting', step: null, of: null });
});

test('what was made', () => {
  const line = { done: '/tmp/out', frozen: 0.75, unfrozen: 1, held_out: 12 };
  const made = { kind: 'done', folder: '/tmp/out', frozen: 0.75, unfrozen: 1, heldOut: 12 };
  expect(readRecipeLine(JSON.stringify({ ...line, frozen_folder: '/tmp/frozen' }))).toEqual({ ...made, frozenFolder: '/tmp/frozen' });
  expect(readRecipeLine(JSON.stringify({ ...line, frozen_folder: null }))).toEqual({ ...made, frozenFolder: null });
});

test.each([
  '', 'Some weights were not used', 'null', '7', '[]', '{}', '{"step": 1}', '{"message": 3}', '{"done": "/tmp/out"}',
  '{"step": 1, "of": 2, "loss": NaN, "phase": "frozen"}', '{"step": 1, "of": 2, "loss": 0.5, "phase": "thawed"}',
])('%j is no line of the recipe', (line) => {
  expect(readRecipeLine(line)).toBeNull();
});
