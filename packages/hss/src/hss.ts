import type { ServerCapabilities } from '@ims-sim/cx';
import {
  cxApplication,
  decodeLocationInfo,
  decodeServerAssignment,
  decodeUserAuthorization,
  encodeLocationInfoAnswer,
  encodeServerAssignmentAnswer,
  encodeUserAuthorizationAnswer,
  locationInfoCommand,
  serverAssignmentCommand,
  userAuthorizationCommand,
} from '@ims-sim/cx';
import type { Avp, IncomingRequest, Message, OutgoingAnswer } from '@ims-sim/diameter';
import { avpOf, base, cx, rawAvp, resultCode, startDiameterNode } from '@ims-sim/diameter';
import type { Endpoint, Host } from '@ims-sim/host';
import { loadXmlBuilder } from '@ims-sim/xml';
import { openDatabase } from './database.js';
import { locationInfo } from './location-info.js';
import { serverAssignment } from './server-assignment.js';
import type { SubscriberConfig } from './subscriber.js';
import type { Outcome } from './subscribers.js';
import { Subscribers } from './subscribers.js';
import { unsupportedFeatures } from './supported-features.js';
import { userAuthorization } from './user-authorization.js';

export interface HssOptions {
  readonly host: Host;
  /** Where CSCFs connect to; port 0: a free one. */
  readonly listen: Endpoint;
  /** The DiameterIdentity; the host's name unless told. */
  readonly originHost?: string;
  readonly originRealm: string;
  readonly subscribers: readonly SubscriberConfig[];
  /** What an S-CSCF must be able to do for subscribers that say nothing of it themselves. */
  readonly serverCapabilities?: Partial<ServerCapabilities>;
  /** The file that registrations are kept in; absent: in memory, gone with the process. */
  readonly databasePath?: string;
  /** DiameterIdentities of the CSCFs, which alone may connect; absent: anybody may, and learn and change what it likes. */
  readonly clients?: readonly string[];
  /** RFC 3539's Tw; 30,000 unless told. */
  readonly watchdogMs?: number;
}

export interface Hss {
  readonly listening: Endpoint;
  close(): Promise<void>;
}

/**
 * Starts an HSS (TS 29.228). An assignment is answered when it is on disk; a question never waits for the disk.
 * Rejects where the database or the subscribers cannot be used, saying which and what to do, and as `Net.listen` does.
 */
export async function startHss(options: HssOptions): Promise<Hss> {
  loadXmlBuilder(); // for the user profiles
  const { host, serverCapabilities } = options;
  const clients = options.clients && new Set(options.clients.map((name) => name.toLowerCase()));
  const subscribers = new Subscribers(
    options.subscribers,
    { mandatory: [], optional: [], serverNames: [], ...serverCapabilities },
    await openDatabase(options.databasePath),
  );
  const node = await startDiameterNode({
    host,
    originHost: options.originHost ?? host.name,
    originRealm: options.originRealm,
    listen: options.listen,
    applications: [cxApplication],
    ...(clients !== undefined && { accepts: (name) => clients.has(name.toLowerCase()) }),
    ...(options.watchdogMs !== undefined && { watchdogMs: options.watchdogMs }),
    onRequest: (request) => answer(request, subscribers, host),
  });
  const { listening } = node;
  if (listening === undefined) throw new Error('a Diameter node that was to listen does not');
  return {
    listening,
    close: async () => {
      await node.close();
      await subscribers.pending;
    },
  };
}

/** One place acts on what the procedures decide: stores, traces, answers. */
function answer(
  { command, message }: IncomingRequest,
  subscribers: Subscribers,
  host: Host,
): OutgoingAnswer | Promise<OutgoingAnswer> {
  const unsupported = unsupportedFeatures(message);
  if (unsupported !== undefined) return { avps: unsupported };
  switch (command) {
    case locationInfoCommand: {
      const request = decodeLocationInfo(message);
      const outcome = locationInfo(request, subscribers);
      if (host.trace.enabled) trace(host, '6.1.4', `LIR for ${request.publicIdentity}`, outcome);
      return { avps: encodeLocationInfoAnswer(outcome.answer) };
    }
    case userAuthorizationCommand: {
      const request = decodeUserAuthorization(message);
      const outcome = userAuthorization(request, subscribers);
      if (host.trace.enabled)
        trace(host, '6.1.1', `UAR (${request.type}) for ${request.publicIdentity}`, outcome);
      return stored(outcome, subscribers, encodeUserAuthorizationAnswer(outcome.answer, request.type));
    }
    case serverAssignmentCommand: {
      const request = decodeServerAssignment(message);
      if (request === undefined) return { avps: invalidAssignmentType(message) };
      const outcome = serverAssignment(request, subscribers);
      const who = request.publicIdentities[0] ?? request.privateIdentity ?? '';
      if (host.trace.enabled) trace(host, '6.1.2', `SAR (${request.type}) for ${who}`, outcome);
      const avps = encodeServerAssignmentAnswer(outcome.answer);
      // What it confirms without a change may be the change of another request that is still being written.
      const { pending } = subscribers;
      if (outcome.change === undefined && pending !== undefined) return pending.then(() => ({ avps }));
      return stored(outcome, subscribers, avps);
    }
    default:
      return { avps: [avpOf(base.resultCode, resultCode.UNABLE_TO_COMPLY)] };
  }
}

/** An assignment type of another reference point (TS 29.273 has those above 11). */
function invalidAssignmentType(message: Message): Avp[] {
  const failed = message.avps.filter(({ code }) => code === cx.serverAssignmentType.code);
  return [avpOf(base.resultCode, resultCode.INVALID_AVP_VALUE), avpOf(base.failedAvp, failed.map(rawAvp))];
}

function stored(
  { change }: Outcome<unknown>,
  subscribers: Subscribers,
  avps: readonly Avp[],
): OutgoingAnswer | Promise<OutgoingAnswer> {
  return change === undefined ? { avps } : subscribers.store(change).then(() => ({ avps }));
}

function trace(host: Host, clause: string, asked: string, outcome: Outcome<{ readonly kind: string }>): void {
  const text = `${asked}: ${outcome.answer.kind}, ${outcome.reason}`;
  host.trace.decision({ clause: `TS 29.228 ${clause}`, text });
}
