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
  readonly children: readonly Node[];
}

interface Draft extends Node {
  readonly children: Draft[];
}

let parser: Parser | undefined;

function load(): Parser {
  if (!parser) {
    parser = new Parser();
    parser.setLanguage(C as unknown as Parameters<Parser['setLanguage']>[0]);
  }
  return parser;
}

/** Longest text given to the parser in one piece, in UTF-16 units: a function longer than this is no function. */
export const MAX_PARSE = 2_000_000;
/** The binding copies the text in pieces of this size; its default of 32 KiB refuses longer strings. */
const slack = 1024;

/** The binding's types promise a string, but a node without a field has none. */
function fieldOf(cursor: { readonly currentFieldName: string | null | undefined }): string {
  return cursor.currentFieldName ?? '';
}

/** Parses C. Never throws on any text; errors are nodes with `broken` set. */
export function parseC(text: string): Node {
  const tree = load().parse(text, undefined, { bufferSize: text.length * 2 + slack });
  const cursor = tree.walk();
  const draft = (): Draft => ({
    type: cursor.nodeType,
    field: fieldOf(cursor),
    start: cursor.startIndex,
    end: cursor.endIndex,
    named: cursor.nodeIsNamed,
    broken: cursor.nodeType === 'ERROR' || cursor.nodeIsMissing,
    children: [],
  });
  const root = draft();
  const path: Draft[] = [root];
  let down = true;
  for (;;) {
    if (down && cursor.gotoFirstChild()) {
      const node = draft();
      path[path.length - 1]?.children.push(node);
      path.push(node);
    } else if (cursor.gotoNextSibling()) {
      path.pop();
      const node = draft();
      path[path.length - 1]?.children.push(node);
      path.push(node);
      down = true;
    } else {
      if (!cursor.gotoParent()) break;
      path.pop();
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

export function hasBroken(node: Node): boolean {
  return node.broken || node.children.some(hasBroken);
}
