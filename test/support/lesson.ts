import { readFileSync } from 'node:fs';
import { lesson } from '../../scripts/steps/paths.mjs';

/** The sample file that is packaged. */
export const lessonFile = { 'lesson.md': readFileSync(lesson, 'utf8') };

/** The lesson's sentence about "it". */
export const treatSentence = 'The cow ate her treat that Sally gave, and it jumped over the moon.';

/** The lesson's sentence with a gap. */
export const maskSentence = 'The cow jumped over the [MASK].';
