/** What is wrong with a document, for a reader; undefined if nothing is. */
export type XmlFault = string | undefined;

/** Characters that XML 1.0 2.2 does not have. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
/** A reference to anything but a character or one of the five entities of XML 1.0 4.6. */
const FOREIGN_REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/;
const NAME = /^[A-Za-z_][\w.:-]*$/;

/**
 * Whether a document from outside can be handed to xmlbuilder2, whose parser takes a great deal that is no XML and lets nesting
 * eat the stack: tags balanced, one root, no document type (hence no entities), at most `maxDepth` deep. Takes time in
 * proportion to its length.
 */
export function xmlFault(xml: string, maxDepth: number): XmlFault {
  if (FORBIDDEN.test(xml)) return 'a character that XML does not allow';
  if (FOREIGN_REFERENCE.test(xml)) return 'a reference to an entity';
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  for (;;) {
    const lt = xml.indexOf('<', at);
    const text = xml.slice(at, lt === -1 ? undefined : lt);
    if (open.length === 0 && text.replace(/^\ufeff/, '').trim() !== '')
      return 'text outside of the root element';
    if (lt === -1) break;
    const end = endOfMarkup(xml, lt);
    if (end === -1) return 'markup that does not end, or a document type';
    const markup = xml.slice(lt, end);
    at = end;
    if (markup.startsWith('<?') || markup.startsWith('<!')) {
      if (open.length === 0 && markup.startsWith('<![')) return 'text outside of the root element';
      continue;
    }
    if (markup.startsWith('</')) {
      if (open.pop() !== markup.slice(2, -1).trimEnd()) return `${markup.slice(0, 40)} ends nothing`;
      continue;
    }
    const name = nameOf(markup);
    if (!NAME.test(name)) return `${markup.slice(0, 40)} is no tag`;
    if (open.length === 0 && ++roots > 1) return 'more than one root element';
    if (markup.endsWith('/>')) continue;
    if (open.push(name) > maxDepth) return `elements nested deeper than ${String(maxDepth)}`;
  }
  if (open.length > 0) return `${open.at(-1) ?? ''} does not end`;
  return roots === 0 ? 'no element' : undefined;
}

/** The offset behind the markup that starts at `lt`; -1 where it has no end or is a declaration. */
function endOfMarkup(xml: string, lt: number): number {
  if (xml.startsWith('<!--', lt)) return behind(xml, '-->', lt + 4);
  if (xml.startsWith('<![CDATA[', lt)) return behind(xml, ']]>', lt + 9);
  if (xml.startsWith('<?', lt)) return behind(xml, '?>', lt + 2);
  if (xml.startsWith('<!', lt)) return -1;
  let at = lt + 1;
  for (;;) {
    const gt = xml.indexOf('>', at);
    if (gt === -1) return -1;
    const quote = firstQuote(xml, at, gt);
    if (quote === -1) return gt + 1;
    const closing = xml.indexOf(xml.charAt(quote), quote + 1);
    if (closing === -1) return -1;
    at = closing + 1;
  }
}

function behind(xml: string, terminator: string, from: number): number {
  const found = xml.indexOf(terminator, from);
  return found === -1 ? -1 : found + terminator.length;
}

function firstQuote(xml: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const char = xml.charCodeAt(at);
    if (char === 34 || char === 39) return at;
  }
  return -1;
}

function nameOf(tag: string): string {
  let end = 1;
  while (end < tag.length && !' \t\r\n/>'.includes(tag.charAt(end))) end++;
  return tag.slice(1, end);
}
