import { readdir } from 'node:fs/promises';
import { HeadlightError } from '../errors';

/** Weights that Python's pickle wrote: a program that is run when it is read. */
const pickles = /(?:^(?:pytorch_|adapter_)?model.*\.bin|\.(?:pt|pth|pt2|pkl|pickle|ckpt|joblib))$/i;
const otherWeights = /\.(?:safetensors|gguf|h5|msgpack|tflite)$|\.index\.json$/i;

/**
 * The error for a folder without graphs: names the weights that it has in their place.
 * @param wanted files that would serve, as they go on from "holds no"
 * @param has what else is to be said of what it holds
 */
export async function missingGraph(folder: string, wanted: string, has = ''): Promise<HeadlightError> {
  const names = (await readdir(folder).catch(() => [])).sort();
  const pickle = names.find((name) => pickles.test(name));
  const other = names.find((name) => otherWeights.test(name));
  const instead =
    pickle !== undefined
      ? ` It holds ${pickle}: pickles are never loaded, as they are programs that run when they are read.`
      : other !== undefined
        ? ` It holds ${other}, which is of another format.`
        : '';
  return new HeadlightError(
    'model-missing',
    `${folder} holds no ${wanted}.${has}${instead} Export the model to ONNX (for example: optimum-cli export onnx --model ${instead === '' ? 'NAME' : quoted(folder)} ${quoted(`${folder}-onnx`)}).`,
  );
}

function quoted(path: string): string {
  return /^[\w./~:\\-]+$/.test(path) ? path : JSON.stringify(path);
}
