module.exports = globalThis.nativeGrammar;
