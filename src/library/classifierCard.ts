import type { TrainedClassifier } from '../lenses/training/contract';

/** What lies beside a saved classifier: what it was made from, how, and how good it is. Markdown. */
export function classifierCard({ cut, figures, head, labels, leftOut, model, name, penalty, pooling, seed, split, state, counts, format }: TrainedClassifier): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const [low, high] = figures.interval;
  const vectors = pooling === 'cls' ? 'the vector of the first token' : 'the mean of the vectors of all tokens, special ones included';
  const row = (cells: readonly (string | number)[]): string => `| ${cells.map((cell) => (typeof cell === 'string' ? plain(cell) : String(cell))).join(' | ')} |`;
  const header = ['label', 'examples', ...labels];
  return `# ${plain(labels.length > 6 ? `${labels.length} labels` : labels.join(' or '))}

A classifier of texts: the encoder ${plain(model.name)} (${plain(model.architecture)}), left as it was, with one linear layer on top, trained by Headlight. Inputs as the encoder's; the only output is \`logits\` [batch, label], whose softmax is the probability of each label.

| what | |
|---|---|
| data | ${plain(name)} (${format.toUpperCase()}), ${split.training + split.heldOut} examples; ${leftOut.total} lines left out${cut > 0 ? `; ${cut} texts longer than ${model.window} tokens, of which the beginning was read` : ''} |
| split | ${split.training} to train on, ${split.heldOut} held out; each label in proportion, seed ${seed} |
| vectors | hidden state ${state} of 0–${model.layers} (0: embeddings), ${vectors} |
| head | multinomial logistic regression on standardized vectors, the scale folded into its ${head.weights.length + head.bias.length} numbers |
| penalty | L2, C = ${penalty.c}, ${penalty.folds > 0 ? `chosen by ${penalty.folds}-fold cross-validation on ${penalty.examples} of the examples to train on` : 'not chosen: a label has too few examples'} |

## On the ${split.heldOut} held-out examples

| | |
|---|---|
| accuracy | ${percent(figures.accuracy)}, with 95 % confidence between ${percent(low)} and ${percent(high)} (Wilson) |
| always the most frequent label | ${percent(figures.baseline)} |
| macro-F1 | ${figures.macroF1.toFixed(3)} |

Of each label (row), how many were said to be which (column):

${row(header)}
${row(header.map(() => '---'))}
${labels.map((label, k) => row([label, counts[k]!, ...figures.confusion[k]!])).join('\n')}

The encoder's weights are in \`model.onnx\` as its own file has them. A graph with weights in eight bits and a \`DequantizeLinear\` in front is opened with ONNX Runtime's session option \`session.disable_quant_qdq\` = \`1\`, or the runtime may compute with activations in eight bits too. The head is not the one of PyTorch's class of the same name, which has a layer more: the folder is read by ONNX Runtime.
`;
}

/** Text without what Markdown would take for its own signs. */
function plain(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(/[\\`*_[\]<>|#&]/g, '\\$&');
}
