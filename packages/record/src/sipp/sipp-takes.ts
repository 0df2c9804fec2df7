import { patternFlaw } from '@ims-sim/scenario';
import { attributeOf } from '@ims-sim/xml';
import type { XmlElement } from '@ims-sim/xml';
import type { SippCommand } from './read-sipp.js';
import type { SippComplaint } from './sipp-play.js';

export interface SippTakes {
  /** By the names of our variables, as `take` of a scenario has them. */
  readonly takes: Readonly<Record<string, unknown>>;
  readonly complaints: readonly SippComplaint[];
}

/** POSIX character classes, which our regular expressions do not have. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  blank: ' \\t',
  xdigit: '0-9A-Fa-f',
  punct: '!-\\/:-@\\[-`{-~',
};

/** Values that SIPp takes out of what it received: the `<action>` of a `<recv>`. */
export function takesOf({ actions }: SippCommand): SippTakes {
  const takes: Record<string, unknown> = {};
  const complaints: SippComplaint[] = [];
  for (const { element, line } of actions) {
    if (element.name === 'ereg') {
      const flaw = takeOf(element, takes);
      complaints.push(...(flaw === undefined ? [] : [{ line, text: flaw }]));
    } else if (element.name !== 'log') {
      complaints.push({ line, text: `<${element.name}> in an action has nothing to correspond to here` });
    }
  }
  return { takes, complaints };
}

/** Puts the variables of an `<ereg>` into `takes`; gives what is wrong with it. */
function takeOf(element: XmlElement, takes: Record<string, unknown>): string | undefined {
  const regexp = attributeOf(element, 'regexp');
  const variables = attributeOf(element, 'assign_to')?.split(',') ?? [];
  if (regexp === undefined || variables.length === 0) {
    return 'an <ereg> without `regexp` or `assign_to`';
  }
  const place = placeOf(element, regexp);
  if (place === undefined) {
    return 'an <ereg> over the whole message: name the header that it is to search';
  }
  // Without `check_it` SIPp goes on where nothing matches, with an empty value.
  const otherwise = attributeOf(element, 'check_it') === 'true' ? '' : '|$';
  const flaws: string[] = [];
  for (const [group, variable] of variables.entries()) {
    const pattern = `${onlyGroup(modern(place.regexp), group)}${otherwise}`;
    const flaw = patternFlaw(pattern);
    if (flaw === undefined) {
      takes[`var_${variable.trim()}`] = { ...place.where, pattern };
    } else {
      flaws.push(flaw);
    }
  }
  return flaws.length === 0 ? undefined : `regexp ${regexp}: ${flaws[0] ?? ''}: left out`;
}

/** Where a scenario's `take` looks; of the whole message what names a line of it: `o=…` of SDP, `Contact: …`. */
function placeOf(
  element: XmlElement,
  regexp: string,
): { readonly where: Readonly<Record<string, string>>; readonly regexp: string } | undefined {
  const searched = attributeOf(element, 'search_in') ?? 'msg';
  const header = attributeOf(element, 'header')?.replace(/:\s*$/, '');
  if (searched === 'body' || (searched === 'hdr' && header === undefined)) {
    return { where: { from: 'body' }, regexp };
  }
  if (searched === 'hdr') {
    return { where: { header: header ?? '' }, regexp };
  }
  if (/^\^?[a-z]=/.test(regexp)) {
    return { where: { from: 'body' }, regexp };
  }
  const [start = '', name] = /^\^?([A-Z][A-Za-z-]+): */.exec(regexp) ?? [];
  return name === undefined ? undefined : { where: { header: name }, regexp: regexp.slice(start.length) };
}

function modern(pattern: string): string {
  return pattern.replace(/\[:(\w+):\]/g, (found, name: string) => CLASSES[name] ?? found);
}

/** The pattern with no group but that one, which 0 is all of it: SIPp gives each variable of `assign_to` the next group. */
function onlyGroup(pattern: string, group: number): string {
  let count = 0;
  let inClass = false;
  let text = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? '';
    if (char === '\\') {
      text += char + (pattern[at + 1] ?? '');
      at += 1;
      continue;
    }
    inClass = inClass ? char !== ']' : char === '[';
    const opens = char === '(' && !inClass && pattern[at + 1] !== '?';
    count += opens ? 1 : 0;
    text += opens && count !== group ? '(?:' : char;
  }
  return group === 0 ? `(${text})` : text;
}
