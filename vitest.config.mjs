import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** On a busy machine browsers lose a click, and what is timed takes longer, now and then: what fails twice has failed. */
const retry = 1;

/** Suites that need nothing of VS Code: suite → longest test in milliseconds. */
const suites = { unit: 10_000, golden: 60_000, engine: 60_000, cli: 60_000, fuzz: 120_000, webview: 60_000 };

export default defineConfig({
  test: {
    // Many tests wait for a browser or a child process: on two cores, two files at a time.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    projects: [
      ...Object.entries(suites).map(([name, testTimeout]) => ({
        test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 60_000, retry },
      })),
      {
        test: {
          name: 'workbench',
          retry,
          include: ['test/workbench/**/*.test.ts'],
          globalSetup: ['test/workbench/globalSetup.ts'],
          testTimeout: 90_000,
          hookTimeout: 180_000,
          // One VS Code at a time: its own timeouts must not depend on a neighbour's load.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'pictures',
          include: ['test/workbench/pictures.ts'],
          globalSetup: ['test/workbench/globalSetup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
