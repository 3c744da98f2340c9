/** C statements to basic blocks, one small method a construct. */
import { FunctionBuilder } from '../ir/builder.js';
import { printExpr } from '../ir/print-expr.js';
import type { BlockId, Expr, Lifted, LiftedKind, Origin, Region, SwitchCase, Target } from '../ir/types.js';
import type { PreparedText } from '../cpp/prepared.js';
import { lowerAsm } from './asm.js';
import type { Knowledge } from './knowledge.js';
import { lowerCondition, lowerExpression, notUnderstood, type Scope } from './lower-expression.js';
import { RANGE_CALL, type AsmText } from './normalise.js';
import { child, MAX_HEIGHT, named, type Node } from './tree-sitter.js';

export interface LowerRequest {
  readonly prepared: PreparedText;
  /** A `function_definition` node of the prepared text. */
  readonly node: Node;
  readonly asm: readonly AsmText[];
  readonly knowledge: Knowledge;
  readonly kind: LiftedKind;
  readonly targets: readonly Target[];
  /** Whether inline assembly is that of an architecture that is read. */
  readonly readsAsm: boolean;
  /** For macros: name and parameters, which the parsed text does not hold. */
  readonly as?: { readonly name: string; readonly params: readonly string[] };
}

/** Values of a case range that are told one by one. */
const MAX_RANGE = 64n;

interface Loop {
  readonly breakTo: BlockId;
  readonly continueTo: BlockId | undefined;
}

class FunctionLowering implements Scope {
  readonly builder = new FunctionBuilder();
  readonly knowledge: Knowledge;
  private readonly loops: Loop[] = [];
  private readonly switches: SwitchCase[][] = [];
  private readonly labels = new Map<string, BlockId>();
  // Without a prototype: a variable may be called `constructor`.
  private readonly types = Object.create(null) as Record<string, string>;
  private temporaries = 0;

  constructor(private readonly request: LowerRequest) {
    this.knowledge = request.knowledge;
  }

  origin(node: Node): Origin {
    return this.request.prepared.origin(node.start, node.end);
  }

  text(node: Node): string {
    return this.request.prepared.text.slice(node.start, node.end);
  }

  fresh(): string {
    return `$${String(++this.temporaries)}`;
  }

  asm(index: number, origin: Origin): Expr {
    const asm = this.request.asm[index];
    if (!asm) return { k: 'unknown', text: 'asm' };
    return lowerAsm(asm, origin, this, this.request.readsAsm);
  }

  /** `goto *address`: to any label of the function whose address is taken, or when none is seen to be, to any. */
  computedGoto(address: Expr, origin: Origin): void {
    const labels = new Set<string>();
    const names = new Set<string>();
    const work = [this.request.node];
    for (let node = work.pop(); node; node = work.pop()) {
      if (node.type === 'statement_identifier' && node.field === 'label') labels.add(this.text(node));
      else if (node.type === 'identifier') names.add(this.text(node));
      for (const c of node.children) work.push(c);
    }
    const taken = [...labels].filter((l) => names.has(l));
    const cases = (taken.length > 0 ? taken : [...labels])
      .sort()
      .map((name) => ({ values: [{ k: 'name' as const, name }], to: this.labelBlock(name) }));
    if (cases.length > 0) this.builder.end({ t: 'switch', value: address, cases, origin });
    else this.builder.end({ t: 'unknown', text: 'goto *', origin });
  }

  run(): Lifted {
    const { node, kind, targets, as } = this.request;
    const body = child(node, 'body');
    const [declarator] = node.children.filter((c) => c.field === 'declarator' && c.height <= MAX_HEIGHT);
    const name = as?.name ?? (declarator ? this.declaredName(declarator) : '');
    const params = as?.params ?? this.parameters(declarator);
    if (node.height > MAX_HEIGHT) notUnderstood(node, this);
    else {
      if (declarator?.damaged) notUnderstood(declarator, this);
      this.declarations(node, body);
      if (body) this.statement(body);
    }
    const nameNode = declarator ? nameOf(declarator) : undefined;
    const end = this.request.prepared.origin(Math.max(node.start, node.end - 1), node.end);
    const type = child(node, 'type');
    return {
      kind,
      name,
      params,
      returns: type ? squeeze(this.text(type)) + (declarator?.type === 'pointer_declarator' ? ' *' : '') : '',
      types: this.types,
      nameAt: this.origin(nameNode ?? node).at,
      extent: this.origin(node).at,
      isStatic: node.children.some((c) => c.type === 'storage_class_specifier' && this.text(c) === 'static'),
      targets,
      blocks: this.builder.finish(end),
      notUnderstood: this.builder.notUnderstood,
    };
  }

  private declaredName(declarator: Node): string {
    const name = nameOf(declarator);
    return name ? this.text(name) : '';
  }

  private parameters(declarator: Node | undefined): string[] {
    const list = declarator ? find(declarator, 'parameter_list') : undefined;
    const out: string[] = [];
    for (const p of list ? named(list) : []) {
      if (p.type === 'identifier') out.push(this.text(p));
      const inner = child(p, 'declarator');
      const name = inner ? nameOf(inner) : undefined;
      const type = child(p, 'type');
      // `f (a) { … }`: an old-style name without a declaration looks like a type.
      if (!inner && type?.type === 'type_identifier') out.push(this.text(type));
      if (p.type === 'parameter_declaration' && name) {
        out.push(this.text(name));
        this.note(p, inner, this.text(name));
      }
    }
    return out;
  }

  private note(declaration: Node, declarator: Node | undefined, name: string): void {
    const type = child(declaration, 'type');
    if (type) this.types[name] = squeeze(this.text(type)) + (declarator?.type === 'pointer_declarator' ? ' *' : '');
  }

  /** Old-style parameter declarations stand between the declarator and the body. */
  private declarations(node: Node, body: Node | undefined): void {
    for (const c of node.children) if (c.type === 'declaration' && c !== body) this.declaration(c);
    for (const c of node.children) if (c.broken) notUnderstood(c, this);
  }

  statementExpression(body: Node): Expr {
    const statements = named(body);
    let value: Expr = { k: 'unknown', text: '' };
    statements.forEach((s, i) => {
      const [expression] = named(s);
      if (i === statements.length - 1 && s.type === 'expression_statement' && expression)
        value = lowerExpression(expression, this);
      else this.statement(s);
    });
    for (const c of body.children) if (c.broken && !c.named) notUnderstood(c, this);
    return value;
  }

  private statements(node: Node): void {
    for (const c of node.children) {
      if (c.broken) notUnderstood(c, this);
      else if (c.named && c.type !== 'comment') this.statement(c);
    }
  }

  /** Lowers a statement. What the parser marked inside it and no part of it has spoken of is said here. */
  private statement(node: Node): void {
    const before = this.builder.notUnderstood;
    this.dispatch(node);
    this.noteDamage(node, before);
  }

  private noteDamage(node: Node, before: number): void {
    if (node.damaged && this.builder.notUnderstood === before) notUnderstood(node, this);
  }

  private dispatch(node: Node): void {
    switch (node.type) {
      case 'compound_statement':
        return this.statements(node);
      case 'expression_statement': {
        const [expression] = named(node);
        if (expression) lowerExpression(expression, this);
        for (const c of node.children) if (c.broken) notUnderstood(c, this);
        return;
      }
      case 'declaration':
        return this.declaration(node);
      case 'if_statement':
        return this.ifStatement(node);
      case 'while_statement':
        return this.whileStatement(node);
      case 'do_statement':
        return this.doStatement(node);
      case 'for_statement':
        return this.forStatement(node);
      case 'switch_statement':
        return this.switchStatement(node);
      case 'case_statement':
        return this.caseStatement(node);
      case 'labeled_statement':
        return this.labeledStatement(node);
      case 'goto_statement': {
        const label = child(node, 'label');
        const origin = this.origin(node);
        if (label) this.builder.goto(this.labelBlock(this.text(label)), origin);
        else this.builder.end({ t: 'unknown', text: this.text(node), origin });
        return;
      }
      case 'break_statement':
      case 'continue_statement':
        return this.jump(node);
      case 'return_statement': {
        const [expression] = named(node);
        const before = this.builder.notUnderstood;
        const value = expression ? lowerExpression(expression, this) : undefined;
        this.noteDamage(node, before);
        this.builder.end({ t: 'return', ...(value ? { value } : {}), origin: this.origin(node) });
        return;
      }
      case 'attributed_statement':
        return this.statements(node);
      case 'type_definition':
      case 'struct_specifier':
      case 'union_specifier':
      case 'enum_specifier':
      case 'empty_declaration':
      case 'comment':
      case ';':
        return;
      default:
        if (node.type === 'function_definition') return; // A nested function runs only where it is called.
        if (node.broken || !/expression|literal|identifier/.test(node.type)) notUnderstood(node, this);
        else lowerExpression(node, this);
    }
  }

  private declaration(node: Node): void {
    for (const c of node.children) {
      if (c.broken) notUnderstood(c, this);
      if (c.field !== 'declarator') continue;
      const declarator = c.type === 'init_declarator' ? child(c, 'declarator') : c;
      const name = declarator ? nameOf(declarator) : undefined;
      if (!name) continue;
      this.note(node, declarator, this.text(name));
      const value = c.type === 'init_declarator' ? child(c, 'value') : undefined;
      if (!value) continue;
      const lowered = lowerExpression(value, this);
      this.builder.emit({
        op: 'assign',
        target: { k: 'name', name: this.text(name) },
        value: lowered,
        origin: this.origin(c),
      });
    }
  }

  private ifStatement(node: Node): void {
    const { builder } = this;
    const condition = child(node, 'condition');
    const consequence = child(node, 'consequence');
    const alternative = child(node, 'alternative');
    const [yes, no, after] = [builder.reserve(), builder.reserve(), builder.reserve()];
    if (!condition) return notUnderstood(node, this);
    lowerCondition(condition, yes, alternative ? no : after, this);
    builder.start(yes);
    if (consequence) this.statement(consequence);
    builder.goto(after, this.origin(node));
    if (alternative) {
      builder.start(no);
      if (alternative.type === 'else_clause') this.statements(alternative);
      else this.statement(alternative);
      builder.goto(after, this.origin(node));
    }
    for (const c of node.children) if (c.broken) notUnderstood(c, this);
    builder.start(after);
  }

  private loop(body: Node | undefined, breakTo: BlockId, continueTo: BlockId): void {
    this.loops.push({ breakTo, continueTo });
    if (body) this.statement(body);
    this.loops.pop();
  }

  private whileStatement(node: Node): void {
    const { builder } = this;
    const [head, body, after] = [builder.reserve(), builder.reserve(), builder.reserve()];
    const origin = this.origin(node);
    builder.goto(head, origin);
    builder.start(head);
    const condition = child(node, 'condition');
    if (condition) lowerCondition(condition, body, after, this);
    builder.start(body);
    this.loop(child(node, 'body'), after, head);
    builder.goto(head, origin);
    builder.start(after);
  }

  private doStatement(node: Node): void {
    const { builder } = this;
    const [body, test, after] = [builder.reserve(), builder.reserve(), builder.reserve()];
    const origin = this.origin(node);
    builder.goto(body, origin);
    builder.start(body);
    this.loop(child(node, 'body'), after, test);
    builder.goto(test, origin);
    builder.start(test);
    const condition = child(node, 'condition');
    if (condition) lowerCondition(condition, body, after, this);
    else builder.goto(after, origin);
    builder.start(after);
  }

  private forStatement(node: Node): void {
    const { builder } = this;
    const [head, body, step, after] = [builder.reserve(), builder.reserve(), builder.reserve(), builder.reserve()];
    const origin = this.origin(node);
    const [initializer, condition, update] = ['initializer', 'condition', 'update'].map((f) => child(node, f));
    if (initializer?.type === 'declaration') this.declaration(initializer);
    else if (initializer) lowerExpression(initializer, this);
    builder.goto(head, origin);
    builder.start(head);
    if (condition) lowerCondition(condition, body, after, this);
    else builder.goto(body, origin);
    builder.start(body);
    this.loop(child(node, 'body'), after, step);
    builder.goto(step, origin);
    builder.start(step);
    if (update) lowerExpression(update, this);
    builder.goto(head, origin);
    for (const c of node.children) if (c.broken) notUnderstood(c, this);
    builder.start(after);
  }

  private switchStatement(node: Node): void {
    const { builder } = this;
    const condition = child(node, 'condition');
    const value: Expr = condition ? lowerExpression(condition, this) : { k: 'unknown', text: '' };
    const after = builder.reserve();
    const cases: SwitchCase[] = [];
    const head = builder.current;
    const origin = this.origin(node);
    this.switches.push(cases);
    this.loops.push({ breakTo: after, continueTo: this.loops[this.loops.length - 1]?.continueTo });
    // The cases are known only after the body; the head is ended then.
    builder.start(builder.reserve());
    const body = child(node, 'body');
    if (body) this.statement(body);
    builder.goto(after, origin);
    this.loops.pop();
    this.switches.pop();
    if (!cases.some((c) => c.values.length === 0)) cases.push({ values: [], to: after });
    builder.start(head);
    builder.end({ t: 'switch', value, cases, origin });
    builder.start(after);
  }

  private caseStatement(node: Node): void {
    const { builder } = this;
    const value = child(node, 'value');
    const block = builder.reserve();
    builder.goto(block, this.origin(node));
    builder.start(block);
    this.switches[this.switches.length - 1]?.push({ values: value ? this.caseValues(value) : [], to: block });
    for (const c of node.children) {
      if (c === value) continue;
      if (c.broken) notUnderstood(c, this);
      else if (c.named && c.type !== 'comment') this.statement(c);
    }
  }

  private caseValues(node: Node): Expr[] {
    const callee = child(node, 'function');
    if (!callee || this.text(callee) !== RANGE_CALL) return [lowerExpression(node, this)];
    const list = child(node, 'arguments');
    const [low, high] = (list ? named(list) : []).map((n) => lowerExpression(n, this));
    if (!low || !high) return [{ k: 'unknown', text: '...' }];
    if (low.k === 'int' && high.k === 'int' && high.value >= low.value && high.value - low.value < MAX_RANGE) {
      const first = low.value;
      return Array.from({ length: Number(high.value - first) + 1 }, (_, i) => ({ k: 'int', value: first + BigInt(i) }));
    }
    return [{ k: 'unknown', text: `${printExpr(low)} ... ${printExpr(high)}` }];
  }

  private labeledStatement(node: Node): void {
    const label = child(node, 'label');
    const origin = this.origin(node);
    if (label) {
      const block = this.labelBlock(this.text(label));
      this.builder.goto(block, origin);
      this.builder.start(block);
    }
    for (const c of node.children) {
      if (c === label) continue;
      if (c.broken) notUnderstood(c, this);
      else if (c.named && c.type !== 'comment') this.statement(c);
    }
  }

  private labelBlock(name: string): BlockId {
    let block = this.labels.get(name);
    if (block === undefined) this.labels.set(name, (block = this.builder.reserve()));
    return block;
  }

  private jump(node: Node): void {
    const loop = this.loops[this.loops.length - 1];
    const to = node.type === 'break_statement' ? loop?.breakTo : loop?.continueTo;
    const origin = this.origin(node);
    if (to === undefined) this.builder.end({ t: 'unknown', text: this.text(node), origin });
    else this.builder.goto(to, origin);
  }
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function find(node: Node, type: string): Node | undefined {
  if (node.type === type) return node;
  for (const c of node.children) {
    const found = find(c, type);
    if (found) return found;
  }
  return undefined;
}

/** The identifier at the heart of a declarator. */
function nameOf(declarator: Node): Node | undefined {
  if (
    declarator.type === 'identifier' ||
    declarator.type === 'field_identifier' ||
    declarator.type === 'type_identifier'
  )
    return declarator;
  const inner = child(declarator, 'declarator') ?? named(declarator)[0];
  return inner ? nameOf(inner) : undefined;
}

export function lowerFunction(request: LowerRequest): Lifted {
  return new FunctionLowering(request).run();
}

/** What is known of a function that could not be parsed: its name and its place. */
export interface UnparsedRequest {
  readonly name: string;
  readonly nameAt: Region;
  readonly origin: Origin;
  readonly text: string;
  readonly reason: string;
}

/** A function of which nothing is understood: a rule that meets it cannot say "clean". */
export function unparsedFunction(request: UnparsedRequest): Lifted {
  const { name, nameAt, origin, text, reason } = request;
  const builder = new FunctionBuilder();
  builder.emit({ op: 'not-understood', text, reason, origin });
  const blocks = builder.finish(origin);
  return {
    kind: 'function',
    name,
    params: [],
    returns: '',
    types: {},
    nameAt,
    extent: origin.at,
    isStatic: false,
    targets: [],
    blocks,
    notUnderstood: builder.notUnderstood,
  };
}
