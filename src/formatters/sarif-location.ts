/** Places in SARIF: relative URIs on SRCROOT, regions of one statement. */
import type { Location, PhysicalLocation } from 'sarif';
import type { Region } from '../ir/types.js';
import { pathToBytes } from '../linter/path-text.js';
import { sentences } from './sarif-text.js';

export const SRCROOT = 'SRCROOT';

/** What may stand in a path of a URI as it is (RFC 3986), but for `:`, which would make its first part a scheme. */
const PLAIN = /[A-Za-z0-9\-._~!$&'()*+,;=@/]/;

/** A path relative to the root as a relative URI. Every other byte is percent-encoded, also one that is no UTF-8. */
export function uriOf(path: string): string {
  let uri = '';
  for (const byte of pathToBytes(path)) {
    const character = String.fromCharCode(byte);
    uri += byte < 0x80 && PLAIN.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return uri;
}

/** Where a region is. */
export function physical(at: Region): PhysicalLocation {
  if (at.code) {
    return {
      artifactLocation: { uri: uriOf(at.code.file), uriBaseId: SRCROOT },
      region: { byteOffset: at.column - 1, byteLength: at.endColumn - at.column },
      address: { fullyQualifiedName: `${at.file}!${at.code.name}`, kind: 'instruction' },
    };
  }
  return {
    artifactLocation: { uri: uriOf(at.file), uriBaseId: SRCROOT },
    region: { startLine: at.line, startColumn: at.column, endLine: at.endLine, endColumn: at.endColumn },
  };
}

/** A place with words to it. */
export function located(at: Region, message: string): Location {
  return { physicalLocation: physical(at), message: { text: sentences(message) } };
}
