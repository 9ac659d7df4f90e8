/**
 * Builds dist/: the extension, the engine, the command line and the panel's app, with the ONNX Runtime files of one
 * platform beside them. `node esbuild.mjs --help` lists the options.
 */
import { build, context } from 'esbuild';
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** Platforms that onnxruntime-node has native files for, by VS Code's names. */
const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

const help = `Usage: node esbuild.mjs [options] [part …]

Parts: extension, engine, cli, webview (all when none is named)

  --dev              source maps, nothing minified
  --watch            build again whenever a source file changes (implies --dev)
  --target PLATFORM  ${targets.join(', ')}; this machine's by default
  --help`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dev: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    target: { type: 'string', default: `${process.platform}-${process.arch}` },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const development = options.dev || options.watch;

/** Options that every part shares. */
const common = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  minify: !development,
  sourcemap: development,
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': JSON.stringify(development ? 'development' : 'production') },
};

const node = { ...common, platform: 'node', target: 'node20', format: 'cjs', tsconfig: 'tsconfig.node.json' };

const parts = {
  extension: {
    ...node,
    entryPoints: ['src/editor/index.ts'],
    outfile: 'dist/extension.cjs',
    external: ['vscode'],
  },
  engine: { ...node, entryPoints: ['src/engine/main.ts'], outfile: 'dist/engine.js', external: ['onnxruntime-node', 'usearch'] },
  cli: {
    ...node,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    external: ['onnxruntime-node', 'usearch', '@resvg/resvg-wasm/index_bg.wasm'],
    banner: { js: '#!/usr/bin/env node' },
  },
  webview: {
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    tsconfig: 'tsconfig.webview.json',
    entryPoints: [
      { in: 'webview/main.ts', out: 'main' },
      { in: 'webview/main.css', out: 'main' },
      { in: 'webview/standalone/main.ts', out: 'standalone' },
      { in: 'webview/standalone/standalone.css', out: 'standalone' },
    ],
    outdir: 'dist/webview',
    // The codicon font is copied under its own name, which main.css refers to.
    external: ['*.ttf'],
  },
};

/** Folder of an installed package, by its name. */
const packageFolder = (name) => join(root, 'node_modules', name);

/** usearch with what it loads its binding by; nothing for a platform that it has no binding for. */
async function usearchFiles(target) {
  const usearch = packageFolder('usearch');
  const [platform, architecture] = target.split('-');
  // A folder of macOS serves two architectures: "darwin-arm64+x64".
  const folders = await readdir(join(usearch, 'prebuilds'));
  const folder = folders.find((name) => name.startsWith(`${platform}-`) && name.slice(platform.length + 1).split('+').includes(architecture));
  if (!folder) return [];
  return [
    ...['package.json', 'javascript/dist/esm', `prebuilds/${folder}`].map((file) => [join(usearch, file), `usearch/${file}`]),
    ...['bindings', 'file-uri-to-path', 'node-gyp-build'].flatMap((name) =>
      ['package.json', name === 'bindings' ? 'bindings.js' : 'index.js'].map((file) => [join(packageFolder(name), file), `${name}/${file}`]),
    ),
    [join(packageFolder('node-gyp-build'), 'node-gyp-build.js'), 'node-gyp-build/node-gyp-build.js'],
  ];
}

/** Copies what is required at run time: ONNX Runtime and usearch, for one platform only, and what draws PNG files. */
async function copyRuntime(target) {
  const [platform, architecture] = target.split('-');
  const runtime = packageFolder('onnxruntime-node');
  const shared = packageFolder('onnxruntime-common');
  const resvg = packageFolder('@resvg/resvg-wasm');
  const modules = join(dist, 'node_modules');
  await rm(modules, { recursive: true, force: true });
  // macOS: the binding links to libonnxruntime.1.dylib; the file with the full version is the same library again.
  const needed = (path) => !/\.(map|d\.ts|\d+\.\d+\.\d+\.dylib)$/.test(path);
  const copies = [
    [join(runtime, 'package.json'), 'onnxruntime-node/package.json'],
    [join(runtime, 'dist'), 'onnxruntime-node/dist'],
    [join(runtime, 'bin/napi-v6', platform, architecture), `onnxruntime-node/bin/napi-v6/${platform}/${architecture}`],
    [join(shared, 'package.json'), 'onnxruntime-common/package.json'],
    // Its own package.json makes these files CommonJS although the package is an ES module.
    [join(shared, 'dist/cjs'), 'onnxruntime-common/dist/cjs'],
    ...['package.json', 'index_bg.wasm'].map((file) => [join(resvg, file), `@resvg/resvg-wasm/${file}`]),
    ...(await usearchFiles(target)),
  ];
  for (const [from, to] of copies) {
    await cp(from, join(modules, to), { recursive: true, filter: needed });
  }
}

/** The icon font, which main.css names. */
async function copyCodicons() {
  await cp(join(packageFolder('@vscode/codicons'), 'dist/codicon.ttf'), join(dist, 'webview/codicon.ttf'));
}

/** Writes the licences of every package that was bundled or copied. */
async function writeNotices(metafiles) {
  const folders = new Set(['node_modules/onnxruntime-node', 'node_modules/onnxruntime-common', 'node_modules/@resvg/resvg-wasm', 'node_modules/@vscode/codicons', 'node_modules/usearch', 'node_modules/bindings', 'node_modules/file-uri-to-path', 'node_modules/node-gyp-build']);
  for (const input of metafiles.flatMap((metafile) => Object.keys(metafile.inputs))) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder) folders.add(folder);
  }
  const notices = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(join(root, folder, file), 'utf8') : `Licence: ${license}`;
    notices.push(`${name} ${version}\n\n${text.trim()}\n`);
  }
  await writeFile(join(dist, 'ThirdPartyNotices.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
}

async function sizeOf(path) {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const sizes = await Promise.all((await readdir(path)).map((entry) => sizeOf(join(path, entry))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function reportSizes() {
  for (const name of (await readdir(dist)).sort()) {
    const kilobytes = (await sizeOf(join(dist, name))) / 1000;
    const size = kilobytes < 1000 ? `${kilobytes.toFixed(0)} kB` : `${(kilobytes / 1000).toFixed(1)} MB`;
    console.log(`${size.padStart(9)}  ${relative(root, join(dist, name))}`);
  }
}

async function main() {
  if (options.help) {
    console.log(help);
    return;
  }
  if (!targets.includes(options.target)) {
    throw new Error(`ONNX Runtime has no files for ${options.target}. Choose one of: ${targets.join(', ')}.`);
  }
  const unknown = positionals.filter((name) => !(name in parts));
  if (unknown.length > 0) throw new Error(`No such part: ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}.`);
  const chosen = Object.keys(parts).filter((name) => positionals.length === 0 || positionals.includes(name));

  // Source maps and files of another platform must not stay behind.
  if (positionals.length === 0) await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  if (chosen.includes('engine') || chosen.includes('cli')) await copyRuntime(options.target);
  if (chosen.includes('webview')) await copyCodicons();
  if (options.watch) {
    const contexts = await Promise.all(chosen.map((name) => context({ ...parts[name], logLevel: 'info' })));
    await Promise.all(contexts.map((watched) => watched.watch()));
    return;
  }
  const results = await Promise.all(chosen.map((name) => build(parts[name])));
  if (chosen.length === Object.keys(parts).length) await writeNotices(results.map((result) => result.metafile));
  await reportSizes();
}

try {
  await main();
} catch (error) {
  // esbuild has printed its own errors already.
  if (!error.errors) console.error(error.message);
  process.exitCode = 1;
}
