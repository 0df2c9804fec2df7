import type { SippCommand } from './read-sipp.js';
import { sippMessage } from './sipp-message.js';
import type { SippComplaint } from './sipp-play.js';

/** One way through a SIPp scenario: ours has no conditions. A command is done, and then goes on at the label of its `next`, if that is so. */
export interface SippPath {
  readonly commands: readonly SippCommand[];
  /** Where it could have gone otherwise, and how it is taken. */
  readonly complaints: readonly SippComplaint[];
  /** What is on another way, in the order of the file. */
  readonly leftOut: readonly SippCommand[];
}

interface Walk extends Omit<SippPath, 'leftOut'> {
  /** The indexes of its commands. */
  readonly taken: ReadonlySet<number>;
  /** At each condition that was met, whether the jump was taken. */
  readonly choices: readonly boolean[];
}

/** Ways that are looked at, those that jump the least first. */
const MAX_WAYS = 64;

/**
 * The way that a call takes: at each condition (`test`, `chance`, an optional `recv` with `next`) as if it did not hold, unless the call is
 * refused so and would not be otherwise.
 */
export function likelyPath(all: readonly SippCommand[]): SippPath {
  const labels = new Map(
    all.flatMap((one, at) => (one.kind === 'label' ? [[one.attribute('id') ?? '', at] as const] : [])),
  );
  const ways: (readonly boolean[])[] = [[]];
  let best = walk(all, labels, []);
  for (let at = 0; at < ways.length; at++) {
    const chosen = ways[at] ?? [];
    const found = walk(all, labels, chosen);
    best = refusals(found) < refusals(best) ? found : best;
    for (let choice = chosen.length; choice < found.choices.length && ways.length < MAX_WAYS; choice++) {
      ways.push([...found.choices.slice(0, choice), true]);
    }
  }
  const leftOut = all.filter(({ kind }, at) => kind !== 'label' && !best.taken.has(at));
  return { commands: best.commands, complaints: best.complaints, leftOut };
}

/** `chosen`: whether the conditions met first hold; the further ones do not. */
function walk(
  all: readonly SippCommand[],
  labels: ReadonlyMap<string, number>,
  chosen: readonly boolean[],
): Walk {
  const commands: SippCommand[] = [];
  const complaints: SippComplaint[] = [];
  const choices: boolean[] = [];
  const seen = new Set<number>();
  const taken = new Set<number>();
  for (let at = 0; at < all.length && !seen.has(at);) {
    seen.add(at);
    const command = all[at] as SippCommand;
    const { line } = command;
    const next = command.attribute('next');
    const to = next === undefined ? undefined : labels.get(next);
    const condition = conditionOf(command);
    if (command.attribute('condexec') !== undefined) {
      complaints.push({ line, text: 'done on a condition only (`condexec`): taken as if it held' });
    }
    const jumps = next !== undefined && (condition === undefined || (chosen[choices.length] ?? false));
    if (next !== undefined && to === undefined) {
      const text = `a branch to label ${next}, which is not there: what follows is taken in the order of the file`;
      complaints.push({ line, text });
    } else if (condition !== undefined) {
      choices.push(jumps);
      const text = `a branch (\`next="${next ?? ''}"\`): taken as if ${jumps ? condition.holds : condition.fails}`;
      complaints.push({ line, text });
    }
    if (jumps && to !== undefined && seen.has(to)) {
      complaints.push({ line, text: `goes back to label ${next}: what stands there is taken once` });
    }
    const isReceived = command.kind !== 'recv' || condition?.isOfReceiving !== true || to === undefined;
    if (command.kind !== 'label' && (isReceived || jumps)) {
      taken.add(at);
      commands.push(isReceived ? command : { ...command, attribute: (name) => mandatory(command, name) });
    }
    at = jumps && to !== undefined ? to : at + 1;
  }
  return { commands, complaints, choices, taken };
}

interface Condition {
  readonly holds: string;
  readonly fails: string;
  /** Whether it is that the message comes. */
  readonly isOfReceiving: boolean;
}

function conditionOf(command: SippCommand): Condition | undefined {
  const test = command.attribute('test');
  const chance = command.attribute('chance');
  if (command.attribute('next') === undefined) {
    return undefined;
  }
  if (test !== undefined) {
    return {
      holds: `variable ${test} had a value`,
      fails: `variable ${test} had no value`,
      isOfReceiving: false,
    };
  }
  if (chance !== undefined) {
    return { holds: `chance (${chance}) had it so`, fails: 'chance had it otherwise', isOfReceiving: false };
  }
  const what = command.attribute('response') ?? command.attribute('request') ?? 'such a message';
  return command.kind === 'recv' && command.attribute('optional') === 'true'
    ? { holds: `the ${what} came`, fails: `no ${what} came`, isOfReceiving: true }
    : undefined;
}

function mandatory(command: SippCommand, name: string): string | undefined {
  return name === 'optional' ? undefined : command.attribute(name);
}

/** Final responses that end what they are to, but for challenges. */
function refusals({ commands }: Walk): number {
  return commands.filter((command) => {
    const isOptional = command.attribute('optional') !== undefined;
    const status =
      command.kind === 'send'
        ? sippMessage(command.message).status
        : command.kind === 'recv' && !isOptional
          ? Number(command.attribute('response') ?? NaN)
          : undefined;
    return status !== undefined && status >= 300 && status !== 401 && status !== 407;
  }).length;
}
