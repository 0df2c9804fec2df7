import type { FaultMatch } from '@ims-sim/faults';
import type { Names } from './names.js';

/** A rule names a server by its actor or by its host, an element by any of its aliases: who sends knows one of them. */
export function withOtherNames(match: FaultMatch, names: Names): FaultMatch {
  return {
    ...match,
    alsoFrom: otherNames(match.from, names),
    alsoTo: otherNames(match.to, names),
  };
}

function otherNames(name: string | undefined, { actors, aliases }: Names): readonly string[] | undefined {
  if (name === undefined) {
    return undefined;
  }
  const servers = [...actors.values()].flatMap((actor) =>
    actor.kind !== 'ue' && (actor.name === name || actor.host === name) ? [actor.name, actor.host] : [],
  );
  const others = [...servers, ...(aliases.get(name) ?? [])].filter((other) => other !== name);
  return others.length === 0 ? undefined : others;
}
