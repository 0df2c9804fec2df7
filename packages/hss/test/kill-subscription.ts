import type { Subscription } from '../src/subscription.js';

/** Away from the tests' own, which need jest: a process without it makes them. */
export function subscriptionOf(i: number): Subscription {
  const name = `user${String(i)}`;
  return {
    privateIdentities: [{ identity: `${name}_private@home1.net` }],
    implicitSets: [
      {
        serviceProfiles: [
          {
            publicIdentities: [{ identity: `sip:${name}@home1.net`, barred: false }],
            initialFilterCriteria: [],
          },
        ],
      },
    ],
  };
}
