import { type XmlAttribute, type XmlElement, XML_NAMESPACE, parseXml } from '@ims-sim/xml';

/** Where two documents differ first, and how. */
export interface XmlDifference {
  /** The expected document's, local names: `/presence/tuple[2]/status/@id`. */
  readonly path: string;
  readonly what: string;
}

/** Whether a text or an attribute's value is the one that was expected. */
export type SameText = (expected: string, actual: string) => boolean;

/**
 * Compares two documents by what they say: names by their namespace whatever the prefix, attributes in any order, comments
 * and white space between elements left out, text exact unless `same` says otherwise. Undefined: they say the same.
 */
export function xmlDifference(
  expected: string,
  actual: string,
  same: SameText = (one, other) => one === other,
): XmlDifference | undefined {
  const wanted = parseXml(expected);
  const got = parseXml(actual);
  if (wanted.kind === 'error') {
    return { path: '', what: `the expected document is none: ${wanted.reason}` };
  }
  if (got.kind === 'error') {
    return { path: '', what: `not a document: ${got.reason}` };
  }
  return elements(wanted.root, got.root, `/${wanted.root.name}`, same);
}

function elements(
  wanted: XmlElement,
  got: XmlElement,
  path: string,
  same: SameText,
): XmlDifference | undefined {
  if (wanted.name !== got.name || wanted.namespace !== got.namespace) {
    return { path, what: `expected ${named(wanted)}, got ${named(got)}` };
  }
  return attributes(wanted.attributes, got.attributes, path, same) ?? children(wanted, got, path, same);
}

function attributes(
  wanted: readonly XmlAttribute[],
  got: readonly XmlAttribute[],
  path: string,
  same: SameText,
): XmlDifference | undefined {
  const left = new Map(wanted.map((a) => [spelled(a), a.value]));
  const right = new Map(got.map((a) => [spelled(a), a.value]));
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other === undefined || !same(value, other)) {
      const what =
        other === undefined ? `expected "${value}", not there` : `expected "${value}", got "${other}"`;
      return { path: `${path}/@${name}`, what };
    }
  }
  for (const [name, value] of right) {
    if (!left.has(name)) {
      return { path: `${path}/@${name}`, what: `not expected: "${value}"` };
    }
  }
  return undefined;
}

function children(
  wanted: XmlElement,
  got: XmlElement,
  path: string,
  same: SameText,
): XmlDifference | undefined {
  for (let i = 0; i < Math.max(wanted.children.length, got.children.length); i++) {
    const left = wanted.children[i];
    const right = got.children[i];
    if (left !== undefined && typeof left !== 'string' && right !== undefined && typeof right !== 'string') {
      const difference = elements(left, right, stepTo(wanted, i, path), same);
      if (difference !== undefined) {
        return difference;
      }
    } else if (!(typeof left === 'string' && typeof right === 'string' && same(left, right))) {
      return { path: stepTo(wanted, i, path), what: `expected ${shown(left)}, got ${shown(right)}` };
    }
  }
  return undefined;
}

/** The path of the child at `index`: numbered where it has siblings of its name, the parent's for text. */
function stepTo(parent: XmlElement, index: number, path: string): string {
  const child = parent.children[index];
  if (child === undefined || typeof child === 'string') {
    return path;
  }
  const alike = parent.children.filter((other) => typeof other !== 'string' && other.name === child.name);
  return `${path}/${child.name}${alike.length > 1 ? `[${alike.indexOf(child) + 1}]` : ''}`;
}

function shown(child: XmlElement | string | undefined): string {
  return child === undefined ? 'nothing more' : typeof child === 'string' ? `"${child}"` : named(child);
}

function named(element: XmlElement): string {
  return `<${element.name}> of ${element.namespace === '' ? 'no namespace' : element.namespace}`;
}

function spelled({ namespace, name }: XmlAttribute): string {
  return namespace === '' ? name : namespace === XML_NAMESPACE ? `xml:${name}` : `{${namespace}}${name}`;
}
