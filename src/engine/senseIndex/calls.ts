import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadlightError } from '../../errors';
import type { Compute } from '../../lenses/compute';
import type { SenseHit, SenseIndexState } from '../../lenses/senseIndex/contract';
import { indexWords } from '../../lenses/senses/indexWords';
import { quantized, type WordSpace, wordSpaceOf } from '../../lenses/senses/wordSpace';
import { wordVectors } from '../../lenses/wordVectors';
import { foldedForm } from '../../text/contentWords';
import { type IndexContent, readIndex, writeIndex } from './indexFile';
import { exactUpTo, Neighbours, neighboursMissing, removeOldGraphs } from './neighbours';
import { hashOf, type Near, SenseStore } from './senseStore';
import { paceOf, wordReaderOf } from './wordReader';

/** Rows that may be lost when the process ends: after as many the index is written, however long the rest takes. */
const rowsUnwritten = 100_000;
/** Most rows of the graph that a search goes through to find words of other forms. */
const mostNear = 16_000;

/** What is known of the index in a folder. */
interface Opened {
  /** Tells one state of the file from another; null for no file. */
  readonly stamp: string | null;
  readonly store: SenseStore | null;
  /** Why the file cannot be read. */
  readonly broken: string | null;
  neighbours: Neighbours | null;
}

const opened = new Map<string, Opened>();

const pathIn = (folder: string): string => join(folder, 'senses.index');

async function stampOf(folder: string): Promise<string | null> {
  return stat(pathIn(folder)).then(({ mtimeMs, size }) => `${mtimeMs} ${size}`, () => null);
}

/** The index in a folder, read once and again when its file has changed. */
async function openIndex(folder: string): Promise<Opened> {
  const stamp = await stampOf(folder);
  const known = opened.get(folder);
  if (known?.stamp === stamp) return known;
  let content: IndexContent | null = null;
  let broken: string | null = null;
  try {
    content = await readIndex(pathIn(folder));
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    broken = error.message;
  }
  const store = content && SenseStore.of(content);
  const fresh: Opened = { stamp, store, broken, neighbours: store && (await Neighbours.open(folder, store)) };
  opened.set(folder, fresh);
  return fresh;
}

function stateOf({ broken, store }: Opened, space: WordSpace): Pick<SenseIndexState, 'state' | 'detail'> {
  if (broken !== null) return { state: 'broken', detail: broken };
  if (!store) return { state: 'missing', detail: '' };
  if (store.fingerprint === space.fingerprint) return { state: 'ready', detail: '' };
  return { state: 'other-model', detail: 'The sense index was made with another model. Build it anew, or choose that model.' };
}

/** What there is of the index in a folder, and how long it would take to make more of it. */
export const openSenseIndex: Compute<'senseIndex/open'> = async ({ folder, measure: measured }, context) => {
  const space = await wordSpaceOf(context.model);
  const index = await openIndex(folder);
  const known = stateOf(index, space);
  return {
    model: context.model.info,
    ...known,
    files: known.state === 'ready' ? index.store!.known : [],
    words: known.state === 'ready' ? index.store!.words : 0,
    tokensPerSecond: measured ? await paceOf(await wordReaderOf(space, context), space, context) : null,
    bytesPerWord: space.dimensions + 9,
    fitted: space.fitted,
    exactOnly: await neighboursMissing(),
  };
};

/** Reads files whose text is new, forgets those that have gone, and writes the index when asked to or when much has come. */
export const updateSenseIndex: Compute<'senseIndex/update'> = async ({ files, finish, folder, removed }, context) => {
  const space = await wordSpaceOf(context.model);
  let index = await openIndex(folder);
  if (stateOf(index, space).state !== 'ready') {
    index = { stamp: index.stamp, store: new SenseStore(space.fingerprint, space.dimensions), broken: null, neighbours: null };
    opened.set(folder, index);
  }
  const store = index.store!;
  for (const key of removed) store.remove(key);
  const fresh = files.map((file) => ({ file, hash: hashOf(file.text) })).filter(({ file, hash }) => !store.isSame(file, hash));
  const read = await indexWords(fresh.map(({ file }) => file.text), space.dimensions, await wordReaderOf(space, context), context);
  fresh.forEach(({ file, hash }, at) => { store.put(file, hash, read[at]!); });
  if (store.unwritten > (finish === null ? rowsUnwritten : 0)) await write(folder, index);
  if (finish === 'link' && store.words - (store.neighbours?.rows ?? 0) > exactUpTo) {
    store.neighbours = await Neighbours.write(folder, store, context);
    await write(folder, index);
    await removeOldGraphs(folder, store.neighbours?.name ?? null);
    opened.get(folder)!.neighbours = await Neighbours.open(folder, store);
  }
  return { model: context.model.info, read: fresh.length, words: store.words };
};

async function write(folder: string, { neighbours, store }: Opened): Promise<void> {
  const { content } = store!;
  store!.unwritten = 0;
  await writeIndex(pathIn(folder), content);
  opened.set(folder, { stamp: await stampOf(folder), store, broken: null, neighbours });
}

/** The places in the index whose word is used most like the one asked about. */
export const searchSenses: Compute<'senseIndex/search'> = async ({ folder, occurrence, top, words }, context) => {
  const { model } = context;
  const space = await wordSpaceOf(model);
  const index = await openIndex(folder);
  const { detail, state } = stateOf(index, space);
  if (state !== 'ready') throw new HeadlightError('index-unusable', detail || 'There is no sense index yet. Run “Headlight: Build Sense Index”.');
  const store = index.store!;
  const word = occurrence.sentence.slice(occurrence.start, occurrence.end);
  const [states] = await wordVectors([occurrence], space.probe.states, context);
  if (!states) throw new HeadlightError('word-not-found', `${model.info.name} cannot read “${word}”. Choose another word.`);
  const vector = quantized(space.vector(states));
  const form = foldedForm(word);
  const hits = (near: readonly Near[]): SenseHit[] => near.flatMap((at) => store.hit(at) ?? []);
  if (words === 'same') {
    const { near, total } = store.sameWord(form, vector, top);
    return { model: model.info, hits: hits(near), total };
  }
  const known = index.neighbours ? otherWordsIn(index.neighbours, (near) => hits(near).filter((hit) => hit.form !== form), vector, top) : [];
  const rest = hits(store.otherWords(form, vector, top, index.neighbours ? store.neighbours!.upTo : 0));
  return { model: model.info, hits: [...known, ...rest].sort((a, b) => b.similarity - a.similarity).slice(0, top), total: store.words };
};

/** As the nearest rows may all be of the word itself, more and more are looked through until enough are of others. */
function otherWordsIn(neighbours: Neighbours, others: (near: readonly Near[]) => SenseHit[], vector: Int8Array, top: number): SenseHit[] {
  for (let most = 4 * top; ; most *= 4) {
    const near = neighbours.search(vector, most);
    const found = others(near);
    if (found.length >= top || near.length < most || most >= mostNear) return found.slice(0, top);
  }
}
