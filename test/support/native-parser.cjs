module.exports = globalThis.nativeParser;
