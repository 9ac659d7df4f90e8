import { describe, expect, it } from 'vitest';
import { classifierOf, readLabels } from '../../../src/library/classifierConfig';
import { readModelConfig } from '../../../src/library/modelConfig';

const output = (size: number | null) => ({ name: 'logits', size });
const config = (json: object) => readModelConfig({ model_type: 'bert', ...json });

describe('classifierOf', () => {
  it('names classes as the configuration does, and LABEL_n where it does not', () => {
    expect(classifierOf(config({ id2label: { 0: 'sad', 2: 'glad' } }), output(3))).toEqual({ labels: ['sad', 'LABEL_1', 'glad'], problemType: 'single-label' });
    expect(classifierOf(config({}), output(2)).labels).toEqual(['LABEL_0', 'LABEL_1']);
    // The graph knows how many there are.
    expect(classifierOf(config({ id2label: { 0: 'a', 1: 'b', 2: 'c' } }), output(2)).labels).toEqual(['a', 'b']);
    expect(classifierOf(config({ id2label: { 0: 'a', 1: 'b' } }), output(null)).labels).toEqual(['a', 'b']);
  });

  it('knows what the model was trained for', () => {
    expect(classifierOf(config({ problem_type: 'multi_label_classification' }), output(3)).problemType).toBe('multi-label');
    expect(classifierOf(config({ problem_type: 'regression' }), output(2)).problemType).toBe('regression');
    expect(classifierOf(config({}), output(1)).problemType).toBe('regression');
    expect(classifierOf(config({ problem_type: 'constructor' }), output(2)).problemType).toBe('single-label');
  });

  it('finds none in a graph without', () => {
    expect(classifierOf(config({ id2label: { 0: 'a' } }), null)).toEqual({ labels: null, problemType: null });
    expect(classifierOf(config({}), output(null)).labels).toBeNull();
  });

  it('keeps classes of one name apart, and takes no list that is none', () => {
    expect(classifierOf(config({ id2label: { 0: 'x', 1: 'x' } }), output(2)).labels).toEqual(['x', 'x (1)']);
    expect(readLabels(['a']).get(0)).toBe('a');
    expect(readLabels('labels').size).toBe(0);
    expect(readLabels({ 0: 7, one: 'a', 1: ' ', __proto__: 'b' }).size).toBe(0);
    expect(readLabels({ 0: 'a'.repeat(1000) }).get(0)).toHaveLength(200);
  });
});
