import { html, type TemplateResult } from 'lit';
import type { LensName, Subject, TrainingSubject, WritingLens } from '../../src/panel/contract';
import type { IconName } from '../controls';
import { attentionExplanation } from './attention/explanation';
import './attention/view';
import './classification/view';
import './drift/view';
import './evidence/view';
import './generation/view';
import './lineage/view';
import './predictions/view';
import './senses/view';
import './training/view';
import './translation/view';
import type { ViewContext } from './view';

/** A lens as the shell knows it. */
export interface LensEntry {
  readonly name: LensName;
  readonly label: string;
  readonly icon: IconName;
  /** Two plain sentences behind the "?", and where they come from. */
  readonly explanation: { readonly text: string; readonly source: string };
  /** What to do when there is nothing to show. */
  readonly hint: string;
  render(context: ViewContext): TemplateResult;
}

/** Every lens that has a view, in the order of the tabs. */
export const lenses: readonly LensEntry[] = [
  {
    name: 'attention',
    label: 'Attention',
    icon: 'eye',
    explanation: attentionExplanation,
    hint: 'Select a sentence in the editor, or two for a pair, and choose Headlight: Show Attention.',
    render: (context: ViewContext<Extract<Subject, { lens: 'attention' }>>) =>
      html`<headlight-attention .context=${context}></headlight-attention>`,
  },
  {
    name: 'predictions',
    label: 'Predictions',
    icon: 'graph-left',
    explanation: {
      text: 'A masked token is hidden from the model, which then gives every entry of its vocabulary a probability of standing there. Entropy measures how undecided it is: 0 bits for certainty, 1 bit for a fair coin.',
      source: 'Devlin et al. 2019, “BERT: Pre-training of Deep Bidirectional Transformers”; Shannon 1948.',
    },
    hint: 'Put the cursor on a word, or type [MASK] in its place, and choose Headlight: Predict Masked Words.',
    render: (context: ViewContext<Extract<Subject, { lens: 'predictions' }>>) =>
      html`<headlight-predictions .context=${context}></headlight-predictions>`,
  },
  {
    name: 'senses',
    label: 'Senses',
    icon: 'whole-word',
    explanation: {
      text: 'The embedding layer gives a word the same vector everywhere, up to its position; each further layer mixes in its context, so that different meanings move apart. Occurrences whose contexts make the same meaning likely are grouped, without being told how many groups there are.',
      source: 'Reif et al. 2019, “Visualizing and Measuring the Geometry of BERT”; Ethayarajh 2019.',
    },
    hint: 'Put the cursor on a word that occurs more than once and choose Headlight: Show Senses of Word.',
    render: (context: ViewContext<Extract<Subject, { lens: 'senses' }>>) =>
      html`<headlight-senses .context=${context}></headlight-senses>`,
  },
  {
    name: 'translation',
    label: 'Translation',
    icon: 'arrow-swap',
    explanation: {
      text: 'The encoder reads the source once, and its keys and values are held. The decoder writes one token at a time until it writes its stop token: for each it looks back at what is written and across at the source, and gives every entry of its vocabulary a probability. Attention shows where it looked, not what that did.',
      source: 'Sutskever et al. 2014; Bahdanau et al. 2015; Vaswani et al. 2017, “Attention Is All You Need”.',
    },
    hint: 'Select an English sentence in the editor and choose Headlight: Translate Selection Step by Step.',
    render: (context: ViewContext<Extract<Subject, { lens: WritingLens }>>) =>
      html`<headlight-translation .context=${context}></headlight-translation>`,
  },
  {
    name: 'lineage',
    label: 'Lineage',
    icon: 'versions',
    explanation: {
      text: 'The first neural translators squeezed a sentence into one vector, in which words fade as others follow; attention let the decoder look back at every word, and the transformer is made of little else. Each built-in model was trained on the same sentence pairs, so that what differs is how it gets at its source.',
      source: 'Sutskever et al. 2014, “Sequence to Sequence Learning with Neural Networks”; Cho et al. 2014; Bahdanau et al. 2015, “Neural Machine Translation by Jointly Learning to Align and Translate”; Vaswani et al. 2017, “Attention Is All You Need”.',
    },
    hint: 'Put the cursor in an English sentence and choose Headlight: Compare Three Generations of Translators.',
    render: (context: ViewContext<Extract<Subject, { lens: WritingLens }>>) => html`<headlight-lineage .context=${context}></headlight-lineage>`,
  },
  {
    name: 'generation',
    label: 'Generation',
    icon: 'edit',
    explanation: {
      text: 'A decoder stack reads what is there and gives every entry of its vocabulary a probability of coming next; one is chosen, and all begins anew with it. Temperature divides the logits before the softmax, top-k and top-p leave out the least probable entries, a repetition penalty lowers what stands there already.',
      source: 'Radford et al. 2018 and 2019 (GPT, GPT-2); Fan et al. 2018 (top-k); Holtzman et al. 2020 (top-p); Keskar et al. 2019 (penalty); nostalgebraist 2020, “interpreting GPT: the logit lens”.',
    },
    hint: 'Put the cursor behind some words and choose Headlight: Write On from Here.',
    render: (context: ViewContext<Subject & { readonly lens: 'generation' }>) =>
      html`<headlight-generation .context=${context}></headlight-generation>`,
  },
  {
    name: 'classification',
    label: 'Classes',
    icon: 'tag',
    explanation: {
      text: 'A classifier reads one vector, that of [CLS], and gives each class a number. Leaving each word out in turn measures what the word does for a class; attention of [CLS] says where it looks, which need not agree.',
      source: 'Devlin et al. 2019, § 4.1; Li et al. 2016, “Understanding Neural Networks through Representation Erasure”; Jain and Wallace 2019, “Attention is not Explanation”.',
    },
    hint: 'Select a sentence in the editor and choose Headlight: Classify Selection.',
    render: (context: ViewContext<Extract<Subject, { lens: 'classification' }>>) =>
      html`<headlight-classification .context=${context}></headlight-classification>`,
  },
  {
    name: 'evidence',
    label: 'Evidence',
    icon: 'beaker',
    explanation: {
      text: 'Attention shows where a head looks, not what that does. Here an outcome, such as the probability of a word, is measured, and then measured again with a part of the model off or changed: the difference is what the part does to it, by itself and on this text.',
      source: 'Michel et al. 2019, “Are Sixteen Heads Really Better than One?”; Vig et al. 2020, “Investigating Gender Bias in Language Models Using Causal Mediation Analysis”; Meng et al. 2022.',
    },
    hint: 'Put the cursor on a word, or select a sentence or two, and choose Headlight: Show Evidence.',
    render: (context: ViewContext<Extract<Subject, { lens: 'evidence' }>>) => html`<headlight-evidence .context=${context}></headlight-evidence>`,
  },
  {
    name: 'training',
    label: 'Training',
    icon: 'mortar-board',
    explanation: {
      text: 'The model is left as it is and turns each text into one vector; a logistic regression learns to tell the labels apart by these, with a penalty on large weights that cross-validation chooses. A part of each label’s examples is held out, and every figure is of those alone.',
      source: 'Peters et al. 2019, “To Tune or Not to Tune?”; Devlin et al. 2019, section 5.3; Liu & Nocedal 1989 (L-BFGS); Wilson 1927 (interval).',
    },
    hint: 'Open a file of labelled lines (label, tab, text; CSV; JSONL) and choose Headlight: Train a Classifier on This File.',
    render: (context: ViewContext<TrainingSubject>) => html`<headlight-training .context=${context}></headlight-training>`,
  },
  {
    name: 'drift',
    label: 'Drift',
    icon: 'git-compare',
    explanation: {
      text: 'Two files of one model, such as fp32 and int8, or before and after fine-tuning, read the same lines. Jensen–Shannon divergence says how far a head’s attention has moved, from 0 bits (the same) to 1 (no token in common); Kullback–Leibler divergence what the second model’s predictions lose against the first one’s.',
      source: 'Lin 1991, “Divergence measures based on the Shannon entropy”; Kullback & Leibler 1951; Merchant et al. 2020, “What Happens To BERT Embeddings During Fine-tuning?”.',
    },
    hint: 'Open a file with a sentence on each line and choose Headlight: Compare Two Models on This File.',
    render: (context: ViewContext<Extract<Subject, { lens: 'drift' }>>) => html`<headlight-drift .context=${context}></headlight-drift>`,
  },
];
