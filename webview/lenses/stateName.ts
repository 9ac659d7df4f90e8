/** A hidden state of a token, from the embedding layer's on. */
export function stateName(state: number): string {
  return state === 0 ? 'Embeddings' : `Layer ${state - 1}`;
}
