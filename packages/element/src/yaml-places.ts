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

/** The places of a document that was parsed with `lines` as its `lineCounter`. */
export function placesIn(document: Document, lines: LineCounter): Places {
  const targets = new Map<Node, Node | undefined>();
  const real = (node: Node | null | undefined): Node | undefined => {
    if (!isAlias(node)) {
      return node ?? undefined;
    }
    if (!targets.has(node)) {
      targets.set(node, node.resolve(document)); // walks the document: once for each alias
    }
    return targets.get(node);
  };
  const position = (node: Node | undefined): Position | undefined => {
    if (!node?.range) {
      return undefined;
    }
    const { line, col } = lines.linePos(node.range[0]);
    return { line, column: col };
  };
  const walk = (path: readonly string[]): { key?: Node | undefined; value: Node | undefined }[] => {
    let value: Node | undefined = document.contents ?? undefined;
    const way: { key?: Node | undefined; value: Node | undefined }[] = [{ value }];
    for (const part of path) {
      const within = real(value);
      if (isMap<Node, Node | null>(within)) {
        const pair = within.items.find(({ key }) => textOf(key) === part);
        if (!pair) {
          break;
        }
        value = pair.value ?? undefined;
        way.push({ key: pair.key, value });
      } else if (isSeq<Node>(within)) {
        value = within.items[Number(part)];
        if (value === undefined) {
          break;
        }
        way.push({ value });
      } else {
        break;
      }
    }
    return way;
  };
  const at = (path: readonly string[]): Position => {
    for (const { key, value } of walk(path).reverse()) {
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
      const way = walk(path);
      const last = way.length > path.length ? way.at(-1) : undefined;
      return position(last?.key) ?? at(path);
    },
    textAt: (path) => {
      const way = walk(path);
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

function textOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
