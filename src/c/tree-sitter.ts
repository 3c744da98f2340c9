/**
 * The only import of tree-sitter. Its trees are walked once with a cursor into plain nodes and let go, since they are
 * freed only when the event loop turns.
 */
import Parser from 'tree-sitter';
import C from 'tree-sitter-c';

/** A node of the syntax tree. Offsets are UTF-16 units into the text that was parsed. */
export interface Node {
  readonly type: string;
  /** Field of the parent that this node fills (`condition`, `body`), or ''. */
  readonly field: string;
  readonly start: number;
  readonly end: number;
  readonly named: boolean;
  /** ERROR, or a token that was missing and made up. */
  readonly broken: boolean;
  /** The node or one below it is broken. */
  readonly damaged: boolean;
  /** Number of levels below it. Whoever walks nodes by recursion asks first: a hostile text nests without bound. */
  readonly height: number;
  readonly children: readonly Node[];
}

interface Draft extends Node {
  damaged: boolean;
  height: number;
  readonly children: Draft[];
}

let parser: Parser | undefined;

function load(): Parser {
  if (!parser) {
    parser = new Parser();
    parser.setLanguage(C as unknown as Parameters<Parser['setLanguage']>[0]);
    parser.setTimeoutMicros(MAX_TIME);
  }
  return parser;
}

/** Longest text given to the parser in one piece, in UTF-16 units: a function longer than this is no function. */
export const MAX_PARSE = 2_000_000;
/** The parser's recovery from errors can take time that grows with the square of the text. In microseconds. */
const MAX_TIME = 5_000_000;
/** Trees higher than this are not walked. */
export const MAX_HEIGHT = 1000;
/** The binding copies the text in pieces of this size; its default of 32 KiB refuses longer strings. */
const slack = 1024;

interface Kind {
  readonly type: string;
  readonly named: boolean;
}

/** Every question to a cursor crosses into native code, and strings are made anew each time: numbers are asked instead. */
const kinds = new Map<number, Kind>();
const fields = new Map<number, string>();

function kindOf(cursor: Parser.TreeCursor): Kind {
  const id = cursor.nodeTypeId;
  let kind = kinds.get(id);
  if (!kind) kinds.set(id, (kind = { type: cursor.nodeType, named: cursor.nodeIsNamed }));
  return kind;
}

/** The binding's types promise a string, but a node without a field has none. */
interface WithField {
  readonly currentFieldId: number;
  readonly currentFieldName: string | null | undefined;
}

function fieldOf(cursor: WithField): string {
  const id = cursor.currentFieldId;
  let field = fields.get(id);
  if (field === undefined) fields.set(id, (field = cursor.currentFieldName ?? ''));
  return field;
}

function unparsed(text: string): Node {
  const place = { field: '', start: 0, end: text.length };
  return { type: 'ERROR', ...place, named: true, broken: true, damaged: true, height: 0, children: [] };
}

/** The binding's types promise a tree, but there is none when the time is over. */
function parsed(text: string): Parser.Tree | null {
  return load().parse(text, undefined, { bufferSize: text.length * 2 + slack });
}

/** Parses C. Never throws on any text; errors are nodes with `broken` set, and a text that is beyond the limits is one. */
export function parseC(text: string): Node {
  if (text.length > MAX_PARSE) return unparsed(text);
  const tree = parsed(text);
  if (!tree) {
    load().reset();
    return unparsed(text);
  }
  const cursor = tree.walk();
  const draft = (): Draft => {
    const { type, named } = kindOf(cursor);
    const [start, end] = [cursor.startIndex, cursor.endIndex];
    // What is missing has no text.
    const broken = type === 'ERROR' || (start === end && cursor.nodeIsMissing);
    return { type, field: fieldOf(cursor), start, end, named, broken, damaged: broken, height: 0, children: [] };
  };
  const root = draft();
  const path: Draft[] = [root];
  const leave = (): void => {
    const done = path.pop();
    const parent = path[path.length - 1];
    if (!done || !parent) return;
    parent.damaged ||= done.damaged;
    parent.height = Math.max(parent.height, done.height + 1);
  };
  const enter = (): void => {
    const node = draft();
    path[path.length - 1]?.children.push(node);
    path.push(node);
  };
  for (let down = true; ;) {
    if (down && cursor.gotoFirstChild()) enter();
    else if (cursor.gotoNextSibling()) {
      leave();
      enter();
      down = true;
    } else {
      if (!cursor.gotoParent()) break;
      leave();
      down = false;
    }
  }
  return root;
}

/** The first child that fills a field. */
export function child(node: Node, field: string): Node | undefined {
  return node.children.find((c) => c.field === field);
}

/** Named children without comments. */
export function named(node: Node): readonly Node[] {
  return node.children.filter((c) => c.named && c.type !== 'comment');
}
