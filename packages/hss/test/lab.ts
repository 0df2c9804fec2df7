import type { ServerCapabilities } from '@ims-sim/cx';
import type { Requester } from '../src/outcome.js';
import type { StoredSubscription, Subscription, SubscriptionState } from '../src/subscription.js';
import { noState } from '../src/subscription.js';

export const SCSCF = 'sip:scscf1.home1.net';
export const OTHER = 'sip:scscf9.home1.net';
export const none: ServerCapabilities = { mandatory: [], optional: [], serverNames: [] };

/** K and OPc of TS 35.208 test set 1. */
export const aka = { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' };

/** The user of the main flow, with a second implicit set of its own. */
export const user1: Subscription = {
  privateIdentities: [{ identity: 'user1_private@home1.net', aka }],
  implicitSets: [
    {
      serviceProfiles: [
        {
          publicIdentities: [
            { identity: 'sip:user1_public1@home1.net', barred: false },
            { identity: 'tel:+1-212-555-1111', barred: false },
            { identity: 'sip:hidden@home1.net', barred: true },
          ],
          initialFilterCriteria: [],
        },
      ],
      visitedNetworks: ['Visited2.net'],
    },
    {
      serviceProfiles: [
        {
          publicIdentities: [{ identity: 'sip:work@home1.net', barred: false }],
          initialFilterCriteria: [],
          sharedIfcSetIds: [7],
        },
      ],
    },
  ],
  capabilities: { mandatory: [1], optional: [2] },
  serverNames: [SCSCF],
};

/** With a service for when nobody is registered, anywhere to roam, and nothing but barred identities. */
export const barred: Subscription = {
  privateIdentities: [{ identity: 'barred_private@home1.net' }],
  implicitSets: [
    {
      serviceProfiles: [
        {
          publicIdentities: [{ identity: 'sip:barred@home1.net', barred: true }],
          initialFilterCriteria: [
            {
              priority: 0,
              applicationServer: { serverName: 'sip:as', defaultHandling: 'session-continued' },
            },
          ],
        },
      ],
    },
  ],
};

/** Two devices, SIP Digest, charging, a wildcarded identity. */
export const family: Subscription = {
  privateIdentities: [
    { identity: 'phone@home1.net', digest: { password: 'secret' } },
    {
      identity: 'tablet@home1.net',
      aka: { ...aka, algorithm: 'AKAv2-MD5' },
      digest: { ha1: '00', realm: 'r' },
    },
  ],
  implicitSets: [
    {
      serviceProfiles: [
        {
          publicIdentities: [
            { identity: 'sip:family@home1.net', barred: false },
            { identity: 'sip:family-!.*!@home1.net', barred: false },
          ],
          initialFilterCriteria: [],
        },
      ],
    },
  ],
  charging: { primaryCcf: 'aaa://ccf.home1.net' },
};

/** Public service identities: one at an AS, many through an S-CSCF. */
export const services: Subscription = {
  privateIdentities: [{ identity: 'services_private@home1.net' }],
  implicitSets: [
    {
      serviceProfiles: [
        {
          publicIdentities: [{ identity: 'sip:conference@home1.net', barred: false, type: 'distinct-psi' }],
          initialFilterCriteria: [],
        },
      ],
      applicationServer: 'sip:as1.home1.net',
    },
    {
      serviceProfiles: [
        {
          publicIdentities: [
            { identity: 'sip:chatlist!.*!@home1.net', barred: false, type: 'wildcarded-psi' },
          ],
          initialFilterCriteria: [
            {
              priority: 0,
              applicationServer: { serverName: 'sip:as', defaultHandling: 'session-continued' },
            },
          ],
        },
      ],
    },
  ],
};

export const all = [user1, barred, family, services];

/** An S-CSCF that can all that ours can. */
export const requester: Requester = {
  host: 'scscf1.home1.net',
  realm: 'home1.net',
  restores: true,
  sharesFilterCriteria: true,
};

export const server = { name: SCSCF, host: 'scscf1.home1.net', realm: 'home1.net' };
const user1Private = 'user1_private@home1.net';
export const notRegistered = noState;
export const registered: SubscriptionState = {
  ...noState,
  server,
  sets: { '0': { registeredBy: [user1Private] } },
};
export const unregistered: SubscriptionState = { ...noState, server, sets: { '0': 'unregistered' } };
export const pending: SubscriptionState = { ...registered, reassignmentPending: true };
/** Authentication has begun, nothing is registered yet. */
export const authenticating: SubscriptionState = {
  ...noState,
  server,
  authenticationPending: [user1Private],
};

export const stored = (subscription: Subscription, state = noState): StoredSubscription => ({
  subscription,
  state,
});
