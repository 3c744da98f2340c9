// Tests are TypeScript, run as ES modules. swc only strips the types; `npm run typecheck` checks them.
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Fetched libc trees, the build and the caches hold nothing that Jest should index.
  modulePathIgnorePatterns: ['<rootDir>/trees/', '<rootDir>/dist/', '<rootDir>/fixtures/'],
  setupFiles: ['<rootDir>/test/support/seed.mjs'],
  testEnvironment: '<rootDir>/test/support/native-parser-environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    // Sources import './x.js', which is what tsc writes; the file on disk is './x.ts'.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // See native-parser-environment.mjs.
    '^tree-sitter$': '<rootDir>/test/support/native-parser.cjs',
    '^tree-sitter-c$': '<rootDir>/test/support/native-grammar.cjs',
  },
  coverageDirectory: 'coverage',
  collectCoverageFrom: ['src/**/*.ts'],
};
