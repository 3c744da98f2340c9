import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The arrows of docs/architecture.md: what each folder of src may import besides itself. `type:` allows types only.
 */
const arrows = {
  ir: [],
  posix: [],
  libc: ['type:ir'],
  points: ['ir', 'libc', 'posix', 'type:c'],
  cpp: ['ir', 'libc'],
  make: ['type:ir', 'type:libc', 'type:cpp'],
  c: ['ir', 'libc', 'cpp', 'x86'],
  x86: ['ir', 'libc', 'cpp'],
  rules: ['ir', 'libc', 'type:make', 'points', 'posix', 'linter'],
  linter: ['ir', 'libc', 'type:make', 'type:points', 'rules'],
  engine: ['ir', 'libc', 'cpp', 'make', 'c', 'x86', 'points', 'posix', 'rules', 'linter'],
  formatters: ['type:ir', 'linter', 'rules'],
  simulate: ['type:ir', 'libc', 'cpp', 'x86', 'linter', 'engine', 'formatters'],
  explain: ['type:ir', 'libc', 'cpp', 'x86', 'rules', 'linter', 'engine', 'formatters', 'simulate'],
  config: ['libc', 'posix', 'linter', 'engine'],
  testing: ['ir', 'libc', 'rules', 'linter', 'engine'],
  cli: [
    'type:ir',
    'libc',
    'points',
    'posix',
    'rules',
    'linter',
    'engine',
    'config',
    'formatters',
    'simulate',
    'explain',
  ],
};

for (const entry of readdirSync(join(import.meta.dirname, 'src'), { withFileTypes: true })) {
  if (entry.isDirectory() && !(entry.name in arrows))
    throw new Error(`src/${entry.name} has no arrows in eslint.config.mjs`);
}

const parser = {
  regex: '^tree-sitter(-|$|/)',
  message: 'Only src/c/tree-sitter.ts knows the parser, so that another one can take its place.',
};

/** No file system, no colour, no third party: what a rule or an analysis says follows from the IR alone. */
const anyPackage = {
  regex: '^[^.]',
  message: 'This folder is pure: it may not import Node modules or packages.',
};

function restrictions(folder) {
  const patterns = [parser];
  if (['rules', 'ir', 'points', 'posix'].includes(folder)) patterns.push(anyPackage);
  for (const other of Object.keys(arrows)) {
    if (other === folder || arrows[folder].includes(other)) continue;
    const typesOnly = arrows[folder].includes(`type:${other}`);
    patterns.push({
      regex: `^(\\.\\./)+${other}/`,
      message: `src/${folder} may not import ${typesOnly ? 'more than types from ' : ''}src/${other} (docs/architecture.md).`,
      allowTypeImports: typesOnly,
    });
  }
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'trees/', 'fixtures/', '.cache/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        // `return report(…);` leaves a function that answers nothing.
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A type parameter that is used once can still be the point: defineRule ties a report's ids to the rule's messages.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  Object.keys(arrows).map(restrictions),
  {
    files: ['src/c/tree-sitter.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test that indexes what is not there fails, which is what it is for.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['pages/*.js'],
    languageOptions: { globals: { document: 'readonly' } },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'Buffer',
          'URL',
          'clearTimeout',
          'console',
          'globalThis',
          'module',
          'performance',
          'process',
          'setImmediate',
          'setTimeout',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
