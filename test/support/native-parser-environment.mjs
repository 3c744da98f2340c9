/**
 * Jest's Node environment with the native parser loaded outside of it.
 *
 * Jest evaluates a package's JavaScript anew for each test file, while a native addon is loaded once a process. The
 * JavaScript half of tree-sitter patches the prototypes of the native half, so that the second test file of a worker
 * would see trees whose `rootNode` is undefined. Here both halves are loaded once, by Node's own `require`, and handed
 * to each sandbox; native-parser.cjs and native-grammar.cjs stand in for the packages (moduleNameMapper).
 */
import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

const require = createRequire(import.meta.url);

export default class NativeParserEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.nativeParser = require('tree-sitter');
    this.global.nativeGrammar = require('tree-sitter-c');
  }
}
