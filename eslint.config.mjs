import tseslint from 'typescript-eslint';

/** The arrows of ARCHITECTURE.md: folder → what it may not import. */
const forbidden = {
  'src/text': ['vscode', 'onnxruntime-*', 'usearch', 'node:*', '**/lenses/**', '**/engine/**', '**/library/**', '**/editor/**', '**/panel/**', '**/onnx/**', '**/cli/**'],
  'src/math': ['vscode', 'onnxruntime-*', 'usearch', 'node:*', '**/lenses/**', '**/engine/**', '**/library/**', '**/editor/**', '**/panel/**', '**/onnx/**', '**/text/**', '**/cli/**'],
  'src/picture': ['vscode', 'onnxruntime-*', 'usearch', 'node:*', '**/lenses/**', '**/engine/**', '**/library/**', '**/editor/**', '**/panel/**', '**/text/**', '**/onnx/**', '**/cli/**'],
  'src/link': ['vscode', 'onnxruntime-*', 'usearch', '**/lenses/**', '**/engine/**', '**/library/**', '**/editor/**', '**/panel/**', '**/onnx/**', '**/cli/**'],
  'src/onnx': ['vscode', 'onnxruntime-*', 'usearch', 'node:*', '**/lenses/**', '**/engine/**', '**/library/**', '**/editor/**', '**/panel/**', '**/text/**', '**/cli/**'],
  'src/lenses': ['vscode', 'onnxruntime-*', 'usearch', '**/engine/**', '**/library/**', '**/editor/**', '**/panel/**', '**/onnx/**', '**/cli/**'],
  'src/packed': ['vscode', 'onnxruntime-*', 'usearch', '**/lenses/**', '**/engine/**', '**/library/**', '**/editor/**', '**/panel/**', '**/text/**', '**/onnx/**', '**/cli/**'],
  'src/standalone': ['vscode', 'onnxruntime-*', 'usearch', '**/engine/**', '**/library/**', '**/editor/**', '**/panel/**', '**/onnx/**', '**/cli/**'],
  'src/panel': ['vscode', 'onnxruntime-*', 'usearch', 'node:*', '**/engine/**', '**/library/**', '**/editor/**', '**/onnx/**', '**/cli/**'],
  'src/library': ['vscode', 'onnxruntime-*', 'usearch', '**/engine/**', '**/editor/**', '**/panel/**', '**/cli/**'],
  'src/engine': ['vscode', '**/editor/**', '**/panel/**', '**/cli/**'],
  'src/cli': ['vscode', 'onnxruntime-*', 'usearch', '**/editor/**', '**/panel/**'],
  'src/editor': ['onnxruntime-*', 'usearch', '**/onnx/**', '**/engine/main', '**/engine/session*', '**/cli/**'],
  webview: ['vscode', 'onnxruntime-*', 'usearch', 'node:*', '**/engine/**', '**/library/**', '**/editor/**', '**/onnx/**', '**/compute', '**/cli/**'],
};

/** Only the hub of the library uses the network, and the engine not even that. */
const network = ['http', 'https', 'http2', 'undici', 'node:http', 'node:https', 'node:http2'];
forbidden['src/engine'].push('**/library/hub/**');
for (const [folder, group] of Object.entries(forbidden)) if (folder !== 'src/library') group.push(...network);

const arrows = Object.entries(forbidden).map(([folder, group]) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [{ group, message: `${folder} may not depend on this; see "The parts" in ARCHITECTURE.md.` }] },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist', 'out', '.cache', 'node_modules', 'test/fixtures', '**/.venv'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.node.json', './tsconfig.webview.json', './tsconfig.test.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Typed arrays and token lists are indexed where bounds are known.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  ...arrows,
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
