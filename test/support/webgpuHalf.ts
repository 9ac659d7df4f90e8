import { loadModel } from '../../src/engine/loadModel';

/** `node webgpuHalf.cjs FOLDER STORAGE`: loads a model with an fp16 graph on webgpu, twice, and says what became of it. */
async function main(): Promise<void> {
  const [folder, storage] = process.argv.slice(2) as [string, string];
  const reasons: string[] = [];
  let device = '';
  for (let load = 0; load < 2; load++) {
    const model = await loadModel({ model: folder, device: 'webgpu' }, { builtInModels: folder, storage }, new AbortController().signal);
    reasons.push(model.info.deviceReason);
    ({ device } = model.info);
    await model.dispose();
  }
  process.stdout.write(JSON.stringify({ device, reasons }), () => process.exit(0));
}

void main();
