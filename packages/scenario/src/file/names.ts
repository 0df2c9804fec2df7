import type { Network } from '@ims-sim/element';
import { type Complaint, didYouMean } from '@ims-sim/element/files';
import type { Scenario } from '../scenario.js';
import { withServers } from './network-of.js';

/** Who is there by which name. Without a network, only the actors are known, and any element is taken as being there. */
export interface Names {
  /** Headers that are meant as they are, in lower case. */
  readonly ownHeaders: ReadonlySet<string>;
  readonly actors: ReadonlyMap<string, Scenario['actors'][number]>;
  /** Host names, aliases and the DNS. */
  readonly elements: ReadonlyMap<string, string> | undefined;
  /** All names of an element, by each of them. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

export function namesOf(
  actors: Scenario['actors'],
  network: Network | undefined,
  ownHeaders: readonly string[],
): Names {
  const whole = network && withServers(network, actors);
  return {
    ownHeaders: new Set(ownHeaders.map((name) => name.toLowerCase())),
    aliases: new Map(
      (whole?.elements ?? []).flatMap(({ name, aliases }) => {
        const all = [name, ...aliases];
        return all.map((one): [string, readonly string[]] => [one, all]);
      }),
    ),
    actors: new Map(actors.map((actor) => [actor.name, actor])),
    elements:
      whole &&
      new Map([
        [whole.dns.name, 'dns'],
        ...whole.elements.flatMap(({ name, aliases, kind }) =>
          [name, ...aliases].map((one): [string, string] => [one, kind]),
        ),
      ]),
  };
}

const MAX_NAMED = 50;

/** Actors and elements of the network, if that is known. */
export function unknownName(name: string, { actors, elements }: Names): string | undefined {
  if (elements === undefined || actors.has(name) || elements.has(name)) {
    return undefined;
  }
  return notThere('actor or element', name, [...actors.keys(), ...elements.keys()]);
}

/** Of many, the first are named, and the one that was meant. */
export function notThere(what: string, name: string, known: readonly string[]): string {
  const more = known.length > MAX_NAMED ? ` and ${known.length - MAX_NAMED} more` : '';
  const named = `${known.slice(0, MAX_NAMED).join(', ')}${more}`;
  return `there is no ${what} ${name}; there are: ${named}${didYouMean(name, known)}`;
}

/** RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086, 6665. */
export const METHODS = [
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'OPTIONS',
  'PRACK',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'UPDATE',
];

/** A method of somebody's own is as good as another, unless it looks like one that was meant. */
export function misspeltMethod(method: string | undefined, path: readonly string[]): Complaint[] {
  const meant = method === undefined || METHODS.includes(method) ? '' : didYouMean(method, METHODS);
  return meant === ''
    ? []
    : [{ path, text: `there is no method ${method}${meant}`, ofKey: path.at(-1) === method }];
}
