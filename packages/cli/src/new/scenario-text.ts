import type { Network } from '@ims-sim/element';
import { parseNetwork } from '@ims-sim/element/files';

export type Kind = 'subscribe' | 'message' | 'call';

/** A subscriber who can register: with a P-CSCF to go to. */
export interface Person {
  readonly publicIdentity: string;
  readonly privateIdentity: string;
  readonly operator: string;
  readonly proxy: string;
}

export interface Answers {
  readonly kind: Kind;
  readonly title: string;
  readonly profile: Network['profile'];
  /** The network file, from the scenario; undefined: a small one in the scenario. */
  readonly network: string | undefined;
  readonly who: Person;
  readonly whom: Person;
}

/** One operator, two users without credentials, presence for both. */
const SMALL_NETWORK = `profile: ts-24.141
operators:
  home1.net:
    elements:
      pcscf1.home1.net: { kind: p-cscf }
      icscf1.home1.net: { kind: i-cscf }
      scscf1.home1.net: { kind: s-cscf }
      hss1.home1.net: { kind: hss }
      ps.home1.net: { kind: ps }
    subscribers:
      user1_private@home1.net:
        publicIdentities: ['sip:user1@home1.net']
      user2_private@home1.net:
        publicIdentities: ['sip:user2@home1.net']
        initialFilterCriteria:
          - priority: 0
            when: { all: [{ method: SUBSCRIBE }, { header: Event, content: '^presence(;|$)' }, { sessionCase: terminating-registered }] }
            applicationServer: sip:ps.home1.net
        presence: { default: allow }
`;

export const smallNetwork: Network = parseNetwork(SMALL_NETWORK, 'new');

/** The key `network` of a scenario that has the small one in itself. */
export function smallNetworkYaml(): string {
  return `network:\n${SMALL_NETWORK.replace(/^(?=.)/gm, '  ')}`;
}

export function usualTitle(kind: Kind): string {
  return {
    subscribe: 'A watcher subscribes to the presence of another user',
    message: 'A message to another user',
    call: 'A call to another user',
  }[kind];
}

/** Who of a network can act: not services, and nobody whose network has no P-CSCF anywhere. */
export function peopleOf({ subscribers, elements }: Network): Person[] {
  const proxies = elements.filter(({ kind }) => kind === 'p-cscf');
  return subscribers.flatMap(({ operator, privateIdentities, implicitSets }): Person[] => {
    const proxy = proxies.find((one) => one.operator === operator) ?? proxies[0];
    const identity = implicitSets
      .flatMap(({ publicIdentities }) => publicIdentities)
      .find(({ identity: its, barred, type }) => !barred && type === undefined && its.startsWith('sip:'));
    return proxy === undefined || identity === undefined
      ? []
      : [
          {
            publicIdentity: identity.identity,
            privateIdentity: privateIdentities[0].identity,
            operator,
            proxy: proxy.name,
          },
        ];
  });
}

/** The scenario: registered users, the actions, and what to write below `flow`. */
export function scenarioText({ kind, title, profile, network, who, whom }: Answers): string {
  const names = NAMES[kind];
  const source = network === undefined ? smallNetworkYaml() : `network: ${JSON.stringify(network)}\n`;
  return `# yaml-language-server: $schema=scenario.schema.json
title: ${JSON.stringify(title)}
profile: ${profile}
${source}
actors:
${actorText(names.who, who)}${actorText(names.whom, whom)}
before:
  - ${names.who} registers
  - ${names.whom} registers

play:
${PLAY[kind](whom.publicIdentity)
  .map((sentence) => `  - ${sentence}\n`)
  .join('')}
# The flow that must come of it: a step for each message, as the text prints it. As long as there is none, the actions decide.
# flow:
#   - step: 1
#     title: the request of ${names.who}
#     from: ${names.who}
#     to: ${who.proxy}
#     message: |
#       ...
others: allowed
`;
}

const NAMES: Readonly<Record<Kind, { readonly who: string; readonly whom: string }>> = {
  subscribe: { who: 'watcher', whom: 'presentity' },
  message: { who: 'sender', whom: 'recipient' },
  call: { who: 'caller', whom: 'callee' },
};

const PLAY: Readonly<Record<Kind, (to: string) => readonly string[]>> = {
  subscribe: (to) => [`watcher subscribes to ${to} for presence, 3600 s`, 'watcher unsubscribes'],
  message: (to) => [`sender sends a message to ${to} saying "hello"`],
  call: (to) => [`caller invites ${to}`, 'callee rings', 'callee answers', 'caller hangs up'],
};

function actorText(name: string, { publicIdentity, privateIdentity, proxy }: Person): string {
  return `  ${name}:
    ue: ${JSON.stringify(publicIdentity)}
    privateIdentity: ${JSON.stringify(privateIdentity)}
    proxy: ${proxy}
`;
}
