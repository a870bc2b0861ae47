import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { houseRules } from './scripts/lint/plugin.ts';

// A name that everybody writes the same way can be searched for.
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: it is the same in every file that imports it.',
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.build-*/', 'preview/', 'src/report/page-asset.generated.ts']),
  js.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly' } },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // What an unawaited promise does goes unseen, and so does its failure.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { requireDefaultForNonUnion: true, considerDefaultExhaustiveForUnions: false },
      ],
      // What a module offers is written down, not inferred from whatever its body happens to return.
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // SDK models are classes in name only: plain objects of that shape are what goes over the wire.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      eqeqeq: 'error',
      'no-param-reassign': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}', 'lab/**/*.ts'],
    plugins: { house: houseRules },
    rules: {
      'house/rooms': 'error',
      'house/edge': 'error',
      'house/length': 'error',
      'max-lines': ['warn', 250],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-syntax': [
        'error',
        noDefaultExport,
        {
          selector: 'Program > ExpressionStatement:not([directive])',
          message: 'No import has an effect: put this into a function.',
        },
      ],
      // Collation depends on the machine, and reports must not.
      'no-restricted-properties': [
        'error',
        { property: 'localeCompare', message: 'Order by code unit: a report must be byte-identical everywhere.' },
        { property: 'toLocaleString', message: 'The text must not depend on the machine.' },
      ],
      'no-console': 'error',
    },
  },
  {
    files: ['src/index.ts'],
    // The entry file is what the runner starts, so here an effect is the point.
    rules: { 'no-restricted-syntax': ['error', noDefaultExport] },
  },
  {
    files: ['src/terminal/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test that indexes into nothing fails by that, which is what it should do.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // Handing a plain async function where a fake needs none keeps fakes in the ports' shape.
      '@typescript-eslint/require-await': 'off',
    },
  },
);
