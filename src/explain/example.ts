/** The drawing of a window that stands on a page of the documentation, as a text of its own. */
import { asItIs } from '../cpp/prepared.js';
import { libcs } from '../libc/index.js';
import { Roles } from '../libc/roles.js';
import { parseAssembly } from '../x86/parser.js';
import { explain } from './explain.js';
import { explainRows } from './text.js';

/** Undefined where the text, by the conventions of the libc of that name, has no window. The path tells the target. */
export function drawExample(libcName: string, file: string, text: string): string | undefined {
  const libc = libcs.find(({ name }) => name === libcName);
  const target = file.includes('i386') ? 'i386' : 'x86_64';
  const unit = parseAssembly(asItIs(file, text));
  for (const convention of libc?.windows ?? []) {
    const found = libc && explain({ unit, target, convention, libc, roles: new Roles(libc) });
    if (found) return explainRows(found);
  }
  return undefined;
}
