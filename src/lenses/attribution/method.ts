/** How something is left out: the mask token in the place of each of its tokens, or the tokens taken away. */
export const occlusionMethods = ['mask', 'delete'] as const;
export type OcclusionMethod = (typeof occlusionMethods)[number];
