/** The assembler's directives: which exist, and what their arguments are. */
import { parseExpression } from './expressions.js';
import { Cursor, endOfCharacter, endOfString } from './lexer.js';
import { parseOperand } from './operands.js';
import type { DirectiveArgument } from './syntax.js';

/**
 * `values`: expressions (or registers) separated by commas, each of which must parse. `words`: anything; the text of
 * each argument is kept. `strings`: quoted strings.
 */
type Shape = 'values' | 'words' | 'strings';

function entries(shape: Shape, names: string): [string, Shape][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [`.${name}`, shape]);
}

const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ...entries(
    'values',
    `byte short word hword value long int quad octa 2byte 4byte 8byte uleb128 sleb128 zero skip space align balign
     balignw balignl p2align p2alignw p2alignl org size org dc dc.b dc.w dc.l ds ds.b ds.w ds.l dcb dcb.b dcb.w dcb.l
     slong subsection cfi_def_cfa cfi_def_cfa_offset cfi_def_cfa_register cfi_adjust_cfa_offset cfi_offset
     cfi_rel_offset cfi_restore cfi_undefined cfi_same_value cfi_register cfi_return_column cfi_escape
     cfi_personality_id cfi_val_offset rva secrel32 nops`,
  ),
  ...entries(
    'words',
    `text data bss section pushsection popsection previous globl global local weak weakext weakref hidden internal protected
     extern type comm lcomm common file loc loc_mark_labels line ln ident symver version desc def endef scl tag val dim
     cfi_startproc cfi_endproc cfi_sections cfi_remember_state cfi_restore_state cfi_signal_frame cfi_window_save
     cfi_personality cfi_lsda cfi_fde_data cfi_inline_lsda cfi_label cfi_b_key_frame
     float single double tfloat ldouble hfloat bfloat16 float16 dc.s dc.d dc.x fill att_syntax att_mnemonic intel_syntax
     intel_mnemonic code16 code16gcc code32 code64 arch allow_index_reg disallow_index_reg sse_check operand_check
     largecomm bundle_align_mode bundle_lock bundle_unlock reloc equiv eqv eject list nolist title sbttl psize
     incbin print gnu_attribute attach_to_group stabs stabn stabd linkonce lflags func endfunc even
     nop struct ds.s ds.d ds.x ds.p dcb.s dcb.d dcb.x dummy noformat format abort altmacro noaltmacro end tls_common secidx app no_app`,
  ),
  ...entries('strings', 'ascii asciz string string8 string16 string32 string64 error warning err fail'),
]);

/** Directives that put bytes into the section. */
const DATA = new Set(
  [...SHAPES.keys()].filter((name) =>
    /^\.(?:byte|short|word|hword|value|long|int|quad|octa|[248]byte|[us]leb128|zero|skip|space|dcb?(?:\.\w)?|ds(?:\.\w)?|slong|float|single|double|tfloat|ldouble|hfloat|bfloat16|float16|fill|ascii|asciz|string\d*|incbin|org|reloc|rva|secrel32)$/.test(
      name,
    ),
  ),
);

export function isDirective(name: string): boolean {
  return SHAPES.has(name);
}

export function isDataDirective(name: string): boolean {
  return DATA.has(name);
}

/** Parses the arguments of directive `name` from the cursor to its end; `undefined` with the cursor's reason set. */
export function parseArguments(name: string, cursor: Cursor): readonly DirectiveArgument[] | undefined {
  const shape = SHAPES.get(name);
  if (shape === undefined) return cursor.fail(`unknown directive ${name.slice(0, 60)}`);
  const args: DirectiveArgument[] = [];
  for (const [start, end] of splitArguments(cursor.text, cursor.at, cursor.end)) {
    const text = cursor.text.slice(start, end).trim();
    if (shape === 'strings' && hasOpenString(cursor.text, start, end)) return cursor.fail('unterminated string');
    if (shape !== 'values' || text === '') {
      args.push({ text });
      continue;
    }
    const inner = new Cursor(cursor.text, start, end, cursor.template, cursor.registerAliases);
    const value = parseValue(inner);
    if (!value) return cursor.fail(inner.reason ?? 'bad argument');
    args.push({ text, value });
  }
  // `.type x, "function"`, `.string "a" "b"` and blanks alone leave one empty argument.
  return args.length === 1 && args[0]?.text === '' ? [] : args;
}

/** An expression or a register, up to the cursor's end. */
export function parseValue(cursor: Cursor): DirectiveArgument['value'] {
  cursor.skipBlanks();
  if (cursor.peek() === 37) {
    const operand = parseOperand(cursor, false);
    if (operand?.k !== 'register') return operand?.k === 'placeholder' ? operand : cursor.fail('not an expression');
    return cursor.atEnd() ? { k: 'register', name: operand.name } : cursor.fail('text after a register');
  }
  const value = parseExpression(cursor);
  if (!value) return undefined;
  // `.long 1:2` and the repeat counts of other assemblers do not exist here.
  return cursor.atEnd() ? value : cursor.fail('text after an expression');
}

/** Stretches between top-level commas. Strings, character constants and parentheses hide commas. */
export function splitArguments(text: string, start: number, end: number): [number, number][] {
  const parts: [number, number][] = [];
  let from = start;
  let depth = 0;
  for (let at = start; at < end; at++) {
    switch (text.charCodeAt(at)) {
      case 34:
        at = endOfString(text, at, end) - 1;
        break;
      case 39:
        at = endOfCharacter(text, at) - 1;
        break;
      case 40:
        depth++;
        break;
      case 41:
        depth--;
        break;
      case 44:
        if (depth > 0) break;
        parts.push([from, at]);
        from = at + 1;
    }
  }
  parts.push([from, end]);
  return parts;
}

function hasOpenString(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at) !== 34) continue;
    const close = endOfString(text, at, end);
    if (close - at < 2 || text.charCodeAt(close - 1) !== 34) return true;
    at = close - 1;
  }
  return false;
}
