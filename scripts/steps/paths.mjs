import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What is set up once and kept between runs; `HEADLIGHT_CACHE` moves it elsewhere. */
export const cache = resolve(process.env.HEADLIGHT_CACHE ?? join(root, '.cache'));

/** What a run leaves behind: the package, logs, test reports, screenshots. */
export const out = join(root, 'out');

/** VS Code's name for this machine. */
export const platform = `${process.platform}-${process.arch}`;

/** The packaged extension. */
export const vsix = join(out, `headlight-${platform}.vsix`);

/** The sample file with the lesson's sentences. */
export const lesson = join(root, 'media', 'lesson.md');
