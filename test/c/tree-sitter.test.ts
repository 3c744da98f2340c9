import { child, MAX_PARSE, named, parseC, type Node } from '../../src/c/tree-sitter.js';

/** Types of the named nodes below one, as an expression of brackets. */
function shape(node: Node): string {
  const inner = named(node).map(shape).join(' ');
  return inner === '' ? node.type : `${node.type}(${inner})`;
}

describe('parseC', () => {
  test('gives plain nodes with their places and fields', () => {
    const root = parseC('int f(void) { return 1; }');
    expect(shape(root)).toBe(
      'translation_unit(function_definition(primitive_type function_declarator(identifier parameter_list(parameter_declaration(primitive_type))) compound_statement(return_statement(number_literal))))',
    );
    const [f] = named(root);
    expect([f?.start, f?.end, f?.damaged, f?.height]).toEqual([0, 25, false, 4]);
    const body = child(f!, 'body');
    expect([body?.type, body?.start, body?.end]).toEqual(['compound_statement', 12, 25]);
    expect(child(f!, 'no such field')).toBeUndefined();
  });

  test('counts places in UTF-16 units', () => {
    const text = 'char *s = "𝛼é"; int t;';
    const [, second] = named(parseC(text));
    expect(text.slice(second?.start, second?.end)).toBe('int t;');
  });

  test('marks what is broken, and what holds it as damaged', () => {
    const [f] = named(parseC('int f(void) { a @ b; c; }'));
    const statements = named(child(f!, 'body')!);
    expect(statements.map((s) => s.damaged)).toEqual([true, false]);
    expect([f!.damaged, f!.broken]).toEqual([true, false]);
  });

  test('marks what is missing', () => {
    const root = parseC('int f(void) { g();');
    const missing: string[] = [];
    const visit = (n: Node): void => {
      if (n.broken) missing.push(`${n.type} ${String(n.start)}-${String(n.end)}`);
      n.children.forEach(visit);
    };
    visit(root);
    expect(missing).toEqual(['} 18-18']);
  });

  test('leaves comments out of the named children', () => {
    expect(named(parseC('/* a */ int x; // b\n')).map((n) => n.type)).toEqual(['declaration']);
  });

  test('does not parse what is too long', () => {
    expect(parseC(' '.repeat(MAX_PARSE + 1))).toEqual({
      type: 'ERROR',
      field: '',
      start: 0,
      end: MAX_PARSE + 1,
      named: true,
      broken: true,
      damaged: true,
      height: 0,
      children: [],
    });
    expect(parseC(' '.repeat(MAX_PARSE)).type).toBe('translation_unit');
  });

  test('survives deep nesting and tells how deep it is', () => {
    expect(parseC(`int x = ${'('.repeat(10_000)}1${')'.repeat(10_000)};`).height).toBeGreaterThan(9_999);
    expect(parseC(`int x = ${'-'.repeat(10_000)}1;`).type).toBe('translation_unit');
    expect(parseC(`void f(void) ${'{'.repeat(10_000)}`).damaged).toBe(true);
  });
});
