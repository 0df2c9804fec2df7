interface Tag {
  readonly name: string;
  /** How many of its name its parent has had. */
  readonly nth: number;
  readonly children: Map<string, number>;
}

/** Markup that is no tag (XML 1.0 2.5, 2.6, 2.7), or a tag, its attributes' values with what is in them. */
const MARKUP =
  /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<(\/?)([^\s/>!?]+)((?:[^"'>]|"[^"]*"|'[^']*')*)>/g;

/**
 * How many lines of a document lie before the element, or the attribute, that a path of `xmlDifference` leads to
 * (`/presence/tuple[2]/@id`); 0 where it leads nowhere.
 */
export function rowOf(path: string, document: string): number {
  const at = path.indexOf('/@'); // a namespace behind it may have slashes
  const attribute = at < 0 ? undefined : path.slice(at + 2);
  const steps = (at < 0 ? path : path.slice(0, at)).split('/').slice(1);
  const wanted = steps.map((step) => {
    const [, name = step, nth = '1'] = /^(.*?)(?:\[(\d+)\])?$/.exec(step) ?? [];
    return { name, nth: Number(nth) };
  });
  const open: Tag[] = [];
  const roots = new Map<string, number>();
  for (const { 0: text, 1: closing, 2: spelled, 3: attributes = '', index } of document.matchAll(MARKUP)) {
    if (spelled === undefined) {
      continue;
    }
    if (closing === '/') {
      open.pop();
      continue;
    }
    const name = localName(spelled);
    const siblings = open.at(-1)?.children ?? roots;
    const nth = (siblings.get(name) ?? 0) + 1;
    siblings.set(name, nth);
    open.push({ name, nth, children: new Map() });
    if (
      open.length === wanted.length &&
      open.every(
        ({ name: its, nth: count }, depth) => its === wanted[depth]?.name && count === wanted[depth].nth,
      )
    ) {
      return rowAt(index + (attribute === undefined ? 0 : placeOf(attribute, text)), document);
    }
    if (attributes.endsWith('/')) {
      open.pop();
    }
  }
  return 0;
}

/** Where an attribute begins within its tag; 0 where the tag has none of the name. */
function placeOf(attribute: string, tag: string): number {
  const wanted = localName(attribute.slice(attribute.lastIndexOf('}') + 1));
  for (const { 1: name = '', index } of tag.matchAll(/\s([^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')/g)) {
    if (localName(name) === wanted) {
      return index + 1;
    }
  }
  return 0;
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

function rowAt(index: number, text: string): number {
  return text.slice(0, index).split('\n').length - 1;
}
