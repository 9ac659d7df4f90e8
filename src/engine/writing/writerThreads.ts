/** Size of a graph up to which one thread is enough for a token: handing the work out would take longer than doing it. */
const small = 40_000_000;

/** Threads for the graph of a decoder, by its size in bytes; undefined leaves it to the runtime. */
export function writerThreads(bytes: number): number | undefined {
  return bytes <= small ? 1 : undefined;
}
