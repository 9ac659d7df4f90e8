/** `npm test`: installs what the suites need, runs them, and ends with `N passed, N failed`. Needs Node and npm only. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setUpCodeServer } from './steps/codeServer.mjs';
import { browser, installPackages } from './steps/debian.mjs';
import { installDependencies } from './steps/dependencies.mjs';
import { buildExtension, packageExtension } from './steps/extension.mjs';
import { readOptions } from './steps/options.mjs';
import { out, root } from './steps/paths.mjs';
import { findPython, missingForRecipes } from './steps/python.mjs';
import { run } from './steps/run.mjs';
import { seconds, step } from './steps/step.mjs';

/** Suites in the order in which they run; vitest's own ones are its projects of the same name. */
const suites = ['typecheck', 'lint', 'unit', 'golden', 'engine', 'cli', 'fuzz', 'webview', 'recipes', 'package', 'workbench'];
const vitestSuites = ['unit', 'golden', 'engine', 'cli', 'fuzz', 'webview'];

const help = `Usage: npm test -- [options] [suite …]

Runs all suites, or those that are named, after installing what they need. The last line is \`N passed, N failed\`.

  typecheck  the three TypeScript projects
  lint       ESLint, the arrows of ARCHITECTURE.md among its rules
  unit       pure code
  golden     against files that Python wrote: tokenizers' offsets, PyTorch's attention
  engine     the child process: faults, cancelling, devices
  cli        the command line's contracts
  fuzz       models that are mutated, some seconds of each kind; the long run is npm run fuzz
  webview    the panel's app in a browser
  recipes    the Python that trains the built-in models, on tiny ones; skipped without its environment
  package    build and VSIX
  workbench  the packaged extension in a real VS Code (sets up code-server once: about five minutes)

  --grep PATTERN  only tests whose name matches
  --help`;

const options = readOptions({ grep: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } }, true);
const wanted = options.names.length === 0 ? suites : suites.filter((suite) => options.names.includes(suite));
const count = { passed: 0, failed: 0 };
/** What failed and why, said once more at the end: a log may be read from there. */
const failures = [];

/** Runs work that counts as one test. */
async function counted(work) {
  try {
    await work();
    count.passed++;
  } catch (error) {
    console.error(error.message);
    fail(error.message);
  }
}

function fail(reason, times = 1) {
  count.failed += times;
  failures.push(reason);
}

const tool = (path, args, log) => run(process.execPath, [join(root, 'node_modules', path), ...args], { log });

/** Runs projects of vitest, or some files of theirs: whether it ended well, and what it reports of each file. */
async function runVitest(projects, paths = []) {
  const name = [...projects, ...(paths.length > 0 ? ['again'] : [])].join('-');
  const report = join(out, 'test', `${name}.json`);
  mkdirSync(join(out, 'test'), { recursive: true });
  rmSync(report, { force: true });
  const args = ['run', ...paths, ...projects.flatMap((project) => ['--project', project])];
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`);
  if (options.grep) args.push('--testNamePattern', options.grep);
  const ended = await run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], { show: true, log: `vitest-${name}` }).then(
    () => true,
    () => false,
  );
  return { ended, files: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [] };
}

/** Runs projects of vitest and counts their tests. */
async function vitest(projects, finish = async (result) => result) {
  const names = projects.join(', ');
  await step(`Tests: ${names}`, async () => {
    const { ended, files } = await finish(await runVitest(projects));
    const failedBefore = count.failed;
    for (const file of files) addFile(file);
    // A crash or an error outside any test must not pass for success.
    if (!ended && count.failed === failedBefore) fail(`${names}: the run ended with an error outside any test; see above`);
  });
}

/** More files than these do not fail by chance. */
const mostByChance = 3;

/**
 * Runs files that failed once more, each in a fresh VS Code: a test that failed may have left a dialog or a changed file in
 * its own, with which its second try had no chance. They count as they end here.
 */
async function onceMore({ ended, files }) {
  const failed = files.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (failed.length === 0 || failed.length > mostByChance) return { ended, files };
  console.log(`Once more, in a fresh VS Code: ${failed.map((name) => relative(root, name)).join(', ')}`);
  const again = await runVitest(['workbench'], failed);
  return { ended: again.ended, files: files.map((file) => again.files.find(({ name }) => name === file.name) ?? file) };
}

/** Counts a file's tests; one that cannot be loaded counts as a failed test. */
function addFile({ name, status, message, assertionResults }) {
  const path = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  count.passed += assertionResults.filter((test) => test.status === 'passed').length;
  for (const { fullName, failureMessages } of failed) fail(`${path} > ${fullName}\n${firstLines(failureMessages.join('\n'))}`);
  if (status === 'failed' && failed.length === 0) fail(`${path}\n${firstLines(message)}`);
}

const firstLines = (text) => text.split('\n').slice(0, 12).join('\n');

/** The compiler and ESLint side by side: each keeps one core busy. */
async function checkSource() {
  const typecheck = async () => {
    for (const project of ['node', 'webview', 'test']) {
      await counted(() => tool('typescript/bin/tsc', ['-p', `tsconfig.${project}.json`], `tsc-${project}`));
    }
  };
  const lint = () => counted(() => tool('eslint/bin/eslint.js', ['.', '--max-warnings', '0'], 'eslint'));
  const chosen = Object.entries({ typecheck, lint }).filter(([suite]) => wanted.includes(suite));
  await step(`Source: ${chosen.map(([suite]) => suite).join(', ')}`, async () => {
    await Promise.all(chosen.map(([, work]) => work()));
  });
}

/** pytest and ruff in `models/recipes`. */
async function recipes() {
  const python = findPython();
  const missing = missingForRecipes(python);
  if (missing !== null) {
    console.log(`▸ Recipes: skipped, since ${missing}`);
    return;
  }
  const cwd = join(root, 'models', 'recipes');
  await step('Recipes: ruff, pytest', async () => {
    await counted(() => run(python, ['-m', 'ruff', 'check', '--no-cache', '.'], { cwd, log: 'ruff' }));
    const args = ['-B', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--color=no', 'tests'];
    if (options.grep) args.push('-k', options.grep);
    const printed = await run(python, args, { cwd, log: 'pytest' }).catch((error) => {
      console.error(error.message);
      return error.message;
    });
    const number = (what) => Number(new RegExp(`(\\d+) ${what}`).exec(printed.trimEnd().split('\n').at(-1))?.[1] ?? 0);
    const [passed, failed] = [number('passed'), number('failed') + number('error')];
    count.passed += passed;
    // A run without a summary has failed as a whole.
    const lost = passed + failed === 0 ? 1 : failed;
    if (lost > 0) fail(`pytest\n${printed.trimEnd().split('\n').slice(-12).join('\n')}`, lost);
  });
}

async function main() {
  const unknown = options.names.filter((name) => !suites.includes(name));
  if (unknown.length > 0) throw new Error(`No such suite: ${unknown.join(', ')}. Suites: ${suites.join(', ')}.`);
  const has = (...names) => names.some((name) => wanted.includes(name));

  if (has('webview', 'engine', 'workbench')) await installPackages('the tests', browser);
  await installDependencies();
  if (has('typecheck', 'lint')) await checkSource();
  if (has('engine', 'cli', 'fuzz', 'webview')) await buildExtension();
  const plain = vitestSuites.filter((suite) => wanted.includes(suite));
  if (plain.length > 0) await vitest(plain);
  if (has('recipes')) await recipes();
  if (has('package')) await counted(() => packageExtension());
  if (has('workbench')) {
    await setUpCodeServer();
    await vitest(['workbench'], onceMore);
  }
}

if (options.help) {
  console.log(help);
} else {
  const started = performance.now();
  try {
    await main();
  } catch (error) {
    console.error(`\n${error.message}`);
    fail(error.message);
  }
  for (const reason of failures) console.log(`\n✗ ${reason}`);
  console.log(`\nEverything took ${seconds(performance.now() - started)}.`);
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exitCode = count.failed > 0 ? 1 : 0;
}
