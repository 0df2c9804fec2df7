import type { Endpoint, Random } from '@ims-sim/host';
import { withTopVia } from '../message/edit.js';
import { withHeaders } from '../message/headers.js';
import type { SipRequest } from '../message/message.js';
import { serialize } from '../message/serialize.js';
import type { SendOptions } from '../stack.js';
import type { Target } from '../transport/types.js';
import { newBranch } from './branch.js';
import type { Outgoing } from './client-transaction.js';
import { clientKey } from './matching.js';

/** What a request needs to be made ready for a target. */
export interface OutgoingContext {
  readonly random: Random;
  readonly sentBy: string;
  /** The sent-by of what leaves from another socket than the first. */
  readonly sentByFrom?: ((from: Endpoint) => string) | undefined;
  readonly tcpAboveBytes: number | undefined;
}

/**
 * The request as it goes to `target`: what the user does to it for this target, a Via with a new branch on top (RFC 3261
 * 18.1.1), and `rport` where it goes by UDP (RFC 3581 3), unless the user wants none. `branchOf` gives another branch for a sent-by.
 */
export function outgoing(
  context: OutgoingContext,
  request: SipRequest,
  target: Target,
  options: SendOptions,
  branchOf = (_sentBy: string): string => newBranch(context.random),
): Outgoing {
  const sentBy =
    options.sentBy ??
    (target.from === undefined ? context.sentBy : (context.sentByFrom?.(target.from) ?? context.sentBy));
  const branch = branchOf(sentBy);
  const prepared = options.prepare === undefined ? request : options.prepare(request, target);
  const via =
    target.transport === 'UDP'
      ? `SIP/2.0/UDP ${sentBy};branch=${branch}${options.rport === false ? '' : ';rport'}`
      : `SIP/2.0/TCP ${sentBy};branch=${branch}`;
  const sent = withHeaders(prepared, withTopVia(prepared.headers, via));
  const bytes = Buffer.from(serialize(sent), 'latin1');
  return { request: sent, bytes, target, key: clientKey(branch, request.method), sentBy };
}

/**
 * As `outgoing`; by TCP instead of UDP where the request is longer than `tcpAboveBytes` (RFC 3261 18.1.1) and
 * `mayChange`: nobody has asked for UDP.
 */
export function outgoingBySize(
  context: OutgoingContext,
  request: SipRequest,
  target: Target,
  options: SendOptions,
  mayChange: boolean,
  branchOf?: (sentBy: string) => string,
): Outgoing {
  const asAsked = outgoing(context, request, target, options, branchOf);
  const { tcpAboveBytes } = context;
  if (
    !mayChange ||
    target.transport !== 'UDP' ||
    tcpAboveBytes === undefined ||
    asAsked.bytes.length <= tcpAboveBytes
  ) {
    return asAsked;
  }
  return outgoing(context, request, { ...target, transport: 'TCP' }, options, branchOf);
}
