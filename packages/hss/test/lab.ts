import type { ServerCapabilities } from '@ims-sim/cx';
import type { Database } from '../src/database.js';
import { openDatabase } from '../src/database.js';
import type { Registration, SubscriberConfig } from '../src/subscriber.js';
import { Subscribers } from '../src/subscribers.js';

export const SCSCF = 'sip:scscf1.home1.net';
export const OTHER = 'sip:scscf9.home1.net';
export const none: ServerCapabilities = { mandatory: [], optional: [], serverNames: [] };

export const user1: SubscriberConfig = {
  privateIdentity: 'user1_private@home1.net',
  publicIdentities: [
    { identity: 'sip:user1_public1@home1.net' },
    { identity: 'tel:+1-212-555-1111' },
    { identity: 'sip:hidden@home1.net', barred: true },
  ],
  visitedNetworks: ['home1.net', 'Visited2.net'],
  capabilities: { mandatory: [1], optional: [2] },
  serverNames: [SCSCF],
  initialFilterCriteria: [],
};

/** With a service for when nobody is registered, anywhere to roam, and nothing but barred identities. */
export const barred: SubscriberConfig = {
  privateIdentity: 'barred_private@home1.net',
  publicIdentities: [{ identity: 'sip:barred@home1.net', barred: true }],
  initialFilterCriteria: [
    { priority: 0, applicationServer: { serverName: 'sip:as', defaultHandling: 'session-continued' } },
  ],
};

/** The subscribers with user1 registered as said. */
export async function subscribersWith(registration?: Registration): Promise<Subscribers> {
  const memory = await openDatabase(undefined);
  const registrations = new Map(registration ? [[user1.privateIdentity, registration]] : []);
  const database: Database = { registrations, write: (current) => memory.write(current), pending: undefined };
  return new Subscribers([user1, barred], none, database);
}

export const registered: Registration = { state: 'registered', serverName: SCSCF };
export const unregistered: Registration = { state: 'unregistered', serverName: SCSCF };
