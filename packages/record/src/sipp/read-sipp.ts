import { attributeOf, elementsOf, parseXml, rawTextOf, type XmlElement } from '@ims-sim/xml';

/** A command of a SIPp scenario, in its order. `line`: where it begins in the file. */
export interface SippCommand {
  readonly kind: 'send' | 'recv' | 'pause' | 'label' | 'other';
  /** The element's name. */
  readonly name: string;
  readonly line: number;
  /** Of `send`: the message, its lines without indentation, keywords as they stand. */
  readonly message: string;
  attribute(name: string): string | undefined;
  /** What its `action` has. */
  readonly actions: readonly SippAction[];
}

export interface SippAction {
  readonly element: XmlElement;
  readonly line: number;
}

export interface SippScenario {
  readonly name: string;
  readonly commands: readonly SippCommand[];
}

const LIMITS = { bytes: 1_048_576, depth: 16, attributes: 64 };
const KINDS: Readonly<Record<string, 'send' | 'recv' | 'pause' | 'label'>> = {
  send: 'send',
  recv: 'recv',
  pause: 'pause',
  label: 'label',
};
/** Elements of a scenario that are no step of it. */
const OF_STATISTICS = new Set(['ResponseTimeRepartition', 'CallLengthRepartition', 'Reference', 'timewait']);

/** Reads a SIPp scenario; a string says why it is none. */
export function readSipp(text: string): SippScenario | string {
  // The document type is SIPp's own and outside of the file; the encoding is that of the text by now.
  const document = text
    .replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, '')
    .replace(/<!DOCTYPE[^>]*>/, (found) => found.replace(/[^\n]/g, ''));
  const parsed = parseXml(document, { limits: LIMITS });
  if (parsed.kind === 'error') {
    return `not a SIPp scenario: ${parsed.reason}`;
  }
  const { root } = parsed;
  if (root.name !== 'scenario') {
    return `not a SIPp scenario: its first element is ${root.name}, not scenario`;
  }
  const lineOf = placesIn(text);
  const commands = elementsOf(root).flatMap((element) => {
    const command = commandOf(element, lineOf);
    return OF_STATISTICS.has(element.name) ? [] : [command];
  });
  return { name: attributeOf(root, 'name') ?? 'SIPp scenario', commands };
}

function commandOf(element: XmlElement, lineOf: (name: string) => number): SippCommand {
  const line = lineOf(element.name);
  const message = rawTextOf(element)
    .split(/\r?\n/)
    .map((one) => one.trim())
    .join('\n')
    .trim();
  return {
    kind: KINDS[element.name] ?? 'other',
    name: element.name,
    line,
    message,
    attribute: (name) => attributeOf(element, name),
    actions: elementsOf(element)
      .filter(({ name }) => name === 'action')
      .flatMap((action) => elementsOf(action))
      .map((its) => ({ element: its, line: lineOf(its.name) })),
  };
}

/**
 * The line on which the next element of a name begins, asked for in the order of the document: the reader has no places. Comments and
 * messages cannot begin one.
 */
function placesIn(text: string): (name: string) => number {
  const bare = text.replace(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>/g, (found) => found.replace(/[^\n]/g, ' '));
  let at = bare.indexOf('<scenario');
  let line = lineCount(bare, 0, at) + 1;
  return (name) => {
    let found = bare.indexOf(`<${name}`, at + 1);
    while (found >= 0 && /[\w:.-]/.test(bare[found + name.length + 1] ?? '')) {
      found = bare.indexOf(`<${name}`, found + 1); // `recv` is not `recvCmd`
    }
    if (found >= 0) {
      line += lineCount(bare, at, found);
      at = found;
    }
    return line;
  };
}

function lineCount(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', Math.max(0, from)); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}
