/**
 * The rows that say which integer instructions there are. One row a mnemonic; everything that differs by operand
 * size is in the row's `widths`.
 *
 * Sources: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2 (each instruction's "Flags Affected"
 * and exception sections) and volume 1 appendix A (EFLAGS cross-reference); AMD64 Architecture Programmer's Manual,
 * volume 3. Where the two differ, the row says "undefined".
 *
 * Legend
 *
 * | column      | holds                                                                                          |
 * | ----------- | ---------------------------------------------------------------------------------------------- |
 * | `name`      | operation without its AT&T size suffix                                                         |
 * | `synonyms`  | other spellings of the same operation                                                          |
 * | `forms`     | operand kinds, AT&T order (source first), separated by commas; `''` for no operand             |
 * | `widths`    | size suffixes of the operation: b 8, w 16, l 32, q 64 bits (q in x86_64 only); `''` when fixed |
 * | `reads`     | flags that it depends on                                                                       |
 * | `writes`    | flags that it leaves defined                                                                   |
 * | `undefined` | flags that it leaves undefined                                                                 |
 * | `depends`   | how the flags depend on a count or a value, for the reader; the semantics decide it            |
 * | `faults`    | processor exceptions besides those of memory access (#PF, in x86_64 #GP and #SS)               |
 * | `semantics` | the operation of src/x86/simulator/operations that carries it out                              |
 * | `mode`      | the only mode that has it                                                                      |
 * | `lock`      | takes a `lock` prefix when it writes memory                                                    |
 *
 * Flags: `o` overflow, `s` sign, `z` zero, `a` auxiliary carry, `p` parity, `c` carry, `d` direction, `*` all that a
 * user-mode program can change.
 *
 * | operand kind              | means                                                                |
 * | ------------------------- | -------------------------------------------------------------------- |
 * | `r` `m` `rm`              | general register, memory, either, of the operation's width           |
 * | `r16` `r32` `r64` `rm8` … | the same with a width of its own                                     |
 * | `a`                       | accumulator (`%al`, `%ax`, `%eax`, `%rax`)                           |
 * | `i` `i8` `i16` `i64`      | immediate: of the width (at most 32 bits, sign-extended), 8, 16, 64  |
 * | `1` `cl`                  | the number one, the register                                         |
 * | `sreg`                    | segment register                                                     |
 * | `t` `*rm`                 | direct target, indirect target                                       |
 * | `si` `di`                 | memory addressed by the source or destination index register         |
 * | `bx`                      | memory addressed by the base register                                |
 */
export interface Row {
  readonly name: string;
  readonly synonyms?: readonly string[];
  readonly forms: readonly string[];
  readonly widths: string;
  readonly reads?: string;
  readonly writes?: string;
  readonly undefined?: string;
  readonly depends?: string;
  readonly faults?: string;
  readonly semantics: string;
  readonly mode?: 'i386' | 'x86_64';
  readonly lock?: true;
}

/** What a row says besides its name, forms, widths and semantics. */
export type Details = Omit<Row, 'name' | 'forms' | 'widths' | 'semantics'>;

/** Makes a row. Forms are separated by blanks; `-` is the form without operands. */
export function row(name: string, widths: string, forms: string, semantics: string, details: Details = {}): Row {
  return {
    name,
    widths,
    forms: forms.split(' ').map((form) => (form === '-' ? '' : form)),
    semantics,
    ...details,
  };
}
