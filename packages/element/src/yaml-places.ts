import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';

/** From 1, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where in a file what was read from it stands. A path is made of keys and of the indexes of lists. */
export interface Places {
  /** Of a value, or of the nearest part of its path that is there. */
  at(path: readonly string[]): Position;
  /** Of the key that a path ends with; of the value where it ends with an index. */
  ofKey(path: readonly string[]): Position;
  /** The line of the first line of a text, and whether the lines below are the text's own (`|`). Undefined: no text is there. */
  textAt(path: readonly string[]): { readonly line: number; readonly lineByLine: boolean } | undefined;
}

/** A part of a path: what it leads to, and the key where it is one of a map. */
interface Part {
  readonly key?: Node | undefined;
  readonly value: Node | undefined;
}

/** The places of a document that was parsed with `lines` as its `lineCounter`. */
export function placesIn(document: Document, lines: LineCounter): Places {
  const real = aliasesOf(document);
  const wayTo = (path: readonly string[]): Part[] => wayIn(document, path, real);
  const position = (node: Node | undefined): Position | undefined => {
    if (!node?.range) {
      return undefined;
    }
    const { line, col } = lines.linePos(node.range[0]);
    return { line, column: col };
  };
  const at = (path: readonly string[]): Position => {
    for (const { key, value } of wayTo(path).reverse()) {
      const found = position(value) ?? position(key);
      if (found) {
        return found;
      }
    }
    return { line: 1, column: 1 };
  };
  return {
    at,
    ofKey: (path) => {
      const way = wayTo(path);
      const last = way.length > path.length ? way.at(-1) : undefined;
      return position(last?.key) ?? at(path);
    },
    textAt: (path) => {
      const way = wayTo(path);
      const node = way.length > path.length ? real(way.at(-1)?.value) : undefined;
      const place = position(node);
      if (!isScalar(node) || !place) {
        return undefined;
      }
      const lineByLine = node.type === 'BLOCK_LITERAL';
      return { line: place.line + (lineByLine ? 1 : 0), lineByLine };
    },
  };
}

/** What a node stands for: an alias for its anchor's node, any other for itself. */
function aliasesOf(document: Document): (node: Node | null | undefined) => Node | undefined {
  const targets = new Map<Node, Node | undefined>();
  return (node) => {
    if (!isAlias(node)) {
      return node ?? undefined;
    }
    if (!targets.has(node)) {
      targets.set(node, node.resolve(document)); // walks the document: once for each alias
    }
    return targets.get(node);
  };
}

/** The document's root and what each part of the path leads to, as far as it is there. */
function wayIn(document: Document, path: readonly string[], real: ReturnType<typeof aliasesOf>): Part[] {
  let value: Node | undefined = document.contents ?? undefined;
  const way: Part[] = [{ value }];
  for (const part of path) {
    const next = partOf(real(value), part);
    if (next === undefined) {
      break;
    }
    way.push(next);
    value = next.value;
  }
  return way;
}

function partOf(within: Node | undefined, part: string): Part | undefined {
  if (isMap<Node, Node | null>(within)) {
    const pair = within.items.find(({ key }) => textOf(key) === part);
    return pair && { key: pair.key, value: pair.value ?? undefined };
  }
  const value = isSeq<Node>(within) ? within.items[Number(part)] : undefined;
  return value && { value };
}

function textOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
