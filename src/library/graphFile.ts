import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { HeadlightError } from '../errors';
import { decodeModel } from '../onnx/decode';
import { encodeModel } from '../onnx/encode';
import { externalFiles, renameExternalFiles } from '../onnx/externalFiles';
import type { GraphSource } from '../onnx/graphSource';
import { leaveWeights } from '../onnx/leaveWeights';
import { findExternalData } from './externalData';
import { type FileState, fileState } from './fileState';
import { broken, fileError, isLfsPointer, modelFileSize, mostGraphBytes } from './files';

/** A graph whose weights stay in its file, or in files beside it, until the runtime maps them into memory. */
export interface GraphFile extends GraphSource {
  /** What the names of weight files in `bytes` are relative to. */
  readonly weightsFolder: string;
  /** Bytes of the file and of the weight files beside it. */
  readonly size: number;
  /** SHA-256 of the file, in hexadecimal. */
  readonly sum: string;
  /** The file itself and the weight files beside it, as they were read. */
  readonly files: readonly FileState[];
}

const chunk = 4 << 20;

/**
 * Reads a graph without its weights, however large they are, and finds the files that hold them.
 * @param checkSum rejects a file whose SHA-256 is not the one that it shall have
 * @throws HeadlightError `model-missing`, `model-unreadable` or `model-broken`, naming the file
 */
export async function readGraphFile(path: string, checkSum: (sum: string) => Promise<void>): Promise<GraphFile> {
  const own = await realpath(path).catch((error: unknown) => Promise.reject(fileError(path, error)));
  const size = await modelFileSize(path, mostGraphBytes);
  const placeholder = `headlight/${basename(own)}`;
  const state = await fileState(own).catch((error: unknown) => Promise.reject(fileError(path, error)));
  const file = await open(own).catch((error: unknown) => Promise.reject(fileError(path, error)));
  let slim: Uint8Array;
  let sum: string;
  try {
    await refuseLfsPointer(file, path);
    sum = await sha256(file, size);
    await checkSum(sum);
    slim = leaveWeights({ size, read: (offset, length) => readPart(file.fd, path, offset, length) }, placeholder);
  } finally {
    await file.close();
  }
  const model = decodeModel(slim);
  const named = externalFiles(model).filter((name) => name !== placeholder);
  const files = new Map([...(await findExternalData(dirname(path), named)), [placeholder, own]]);
  const weightsFolder = commonFolder([...files.values()]);
  renameExternalFiles(model, new Map([...files].map(([name, real]) => [name, relative(weightsFolder, real).split(sep).join('/')])));
  const beside = await Promise.all(named.map((name) => fileState(files.get(name)!)));
  return {
    bytes: encodeModel(model),
    readWeights: (location, offset, length) => readOnce(join(weightsFolder, location), offset, length),
    weightsFolder,
    size: beside.reduce((all, one) => all + one.size, size),
    sum,
    files: [state, ...beside],
  };
}

async function refuseLfsPointer(file: FileHandle, path: string): Promise<void> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(1024), 0, 1024, 0);
  if (isLfsPointer(buffer.subarray(0, bytesRead))) throw broken(path, 'is a Git LFS pointer, not the file itself (run: git lfs pull)');
}

async function sha256(file: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(Math.min(chunk, size));
  for (let offset = 0; offset < size; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    offset += bytesRead;
  }
  return hash.digest('hex');
}

function readOnce(path: string, offset: number, length: number): Uint8Array {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw fileError(path, error);
  }
  try {
    return readPart(descriptor, path, offset, length);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws HeadlightError `model-broken` where the file ends before */
function readPart(descriptor: number, path: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const read = readSync(descriptor, bytes, done, Math.min(length - done, 1 << 30), offset + done);
    if (read === 0) throw broken(path, 'ends before the weights that the graph names');
    done += read;
  }
  return bytes;
}

/** The deepest folder that holds all of these files. */
function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0]!);
  while (paths.some((path) => relative(folder, path).startsWith('..'))) {
    if (dirname(folder) === folder) throw new HeadlightError('model-broken', 'The weight files of the model lie on different drives. Copy them beside the model.');
    folder = dirname(folder);
  }
  return folder;
}
