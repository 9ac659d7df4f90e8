/** What the lens shows, in plain sentences, and where they come from. */
export const attentionExplanation = {
  text: 'Each head lets every token (the query) take a weighted mix of all tokens (the keys); the weights of one query sum to 1. A translator has three such attentions: of what it reads, of what it writes, and from what it writes to what it reads. A large weight says where a head looks, not why the model answers as it does: attention is not by itself an explanation.',
  source: 'Vaswani et al. 2017, “Attention Is All You Need”; Jain & Wallace 2019, “Attention is not Explanation”.',
};
