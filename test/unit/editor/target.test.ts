import { describe, expect, it } from 'vitest';
import { chooseTarget, type SettingLayers } from '../../../src/editor/target';

const setting = (personal: string, workspace?: string): SettingLayers<string> => ({
  effective: workspace ?? personal,
  personal,
  workspace,
});

describe('chooseTarget', () => {
  it('follows a trusted workspace', () => {
    const target = chooseTarget(setting('encoder', '/models/mine'), setting('auto', 'cpu'), true);
    expect(target).toEqual({ model: '/models/mine', device: 'cpu', ignored: [] });
  });

  it('gives an untrusted workspace no say, and tells what it left aside', () => {
    const target = chooseTarget(setting('encoder', './evil'), setting('auto', 'webgpu'), false);
    expect(target).toEqual({ model: 'encoder', device: 'auto', ignored: ['model', 'device'] });
    expect(chooseTarget(setting('/own'), setting('cpu'), false)).toEqual({ model: '/own', device: 'cpu', ignored: [] });
  });

  it('falls back on the built-in model and auto for values that say nothing', () => {
    expect(chooseTarget(setting('  '), setting('quantum'), true)).toEqual({ model: 'encoder', device: 'auto', ignored: [] });
  });
});
