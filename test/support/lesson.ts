import { readFileSync } from 'node:fs';
import { lesson } from '../../scripts/steps/paths.mjs';

/** The sample file that is packaged. */
export const lessonFile = { 'lesson.md': readFileSync(lesson, 'utf8') };

/** The lesson's sentence about "it". */
export const treatSentence = 'The cow ate her treat that Sally gave, and it jumped over the moon.';

/** The lesson's sentence with a gap. */
export const maskSentence = 'The cow jumped over the [MASK].';

/** The lesson's sentences in one of its sections, by its number. */
export function lessonSection(number: number): string[] {
  const lines = lessonFile['lesson.md'].split('\n');
  const heading = (of: number): number => lines.findIndex((line) => line.startsWith(`## ${of}`));
  return lines.slice(heading(number), heading(number + 1)).filter((line) => line.startsWith('- '));
}
