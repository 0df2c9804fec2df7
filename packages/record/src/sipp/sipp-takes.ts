import { patternFlaw } from '@ims-sim/scenario';
import { attributeOf } from '@ims-sim/xml';
import type { SippCommand } from './read-sipp.js';

export interface SippTakes {
  /** By the names of our variables, as `take` of a scenario has them. */
  readonly takes: Readonly<Record<string, unknown>>;
  readonly complaints: readonly string[];
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
  const complaints: string[] = [];
  for (const action of actions) {
    if (action.name !== 'ereg') {
      if (action.name !== 'log') {
        complaints.push(`<${action.name}> in an action has nothing to correspond to here`);
      }
      continue;
    }
    const pattern = attributeOf(action, 'regexp');
    const variables = attributeOf(action, 'assign_to')?.split(',') ?? [];
    const searched = attributeOf(action, 'search_in') ?? 'msg';
    if (pattern === undefined || variables.length === 0) {
      complaints.push('an <ereg> without `regexp` or `assign_to`');
    } else if (searched !== 'hdr' && searched !== 'body') {
      complaints.push('an <ereg> over the whole message: name the header that it is to search');
    } else {
      const header = attributeOf(action, 'header')?.replace(/:\s*$/, '');
      // Without `check_it` SIPp goes on where nothing matches, with an empty value.
      const otherwise = attributeOf(action, 'check_it') === 'true' ? '' : '|$';
      for (const [group, variable] of variables.entries()) {
        const own = `${onlyGroup(modern(pattern), group)}${otherwise}`;
        const flaw = patternFlaw(own);
        if (flaw !== undefined) {
          complaints.push(`regexp ${pattern}: ${flaw}: left out`);
          continue;
        }
        const from = searched === 'hdr' && header !== undefined ? { header } : { from: 'body' };
        takes[`var_${variable.trim()}`] = { ...from, pattern: own };
      }
    }
  }
  return { takes, complaints };
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
