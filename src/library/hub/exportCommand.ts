/** Optimum's name of what a model does, by what the hub files it under; it finds out by itself where there is none. */
const tasks: Readonly<Record<string, string>> = {
  'fill-mask': 'fill-mask',
  'text-generation': 'text-generation-with-past',
  'text2text-generation': 'text2text-generation-with-past',
  'translation': 'text2text-generation-with-past',
  'summarization': 'text2text-generation-with-past',
  'text-classification': 'text-classification',
  'token-classification': 'token-classification',
  'question-answering': 'question-answering',
  'feature-extraction': 'feature-extraction',
  'sentence-similarity': 'feature-extraction',
};

/** The command by which Optimum exports a repository to ONNX, into a folder beside. */
export function exportCommand(id: string, task: string | null): string {
  const named = task === null ? undefined : tasks[task];
  const folder = `${id.split('/').at(-1)!}-onnx`;
  return ['optimum-cli export onnx --model', id, ...(named === undefined ? [] : ['--task', named]), folder].join(' ');
}
