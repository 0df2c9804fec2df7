import type { Host } from '@ims-sim/host';
import { encodeRefusal } from './answer.js';
import { baseCommands } from './command.js';
import type { Decoding, Message } from './decode.js';
import { decodeMessage } from './decode.js';
import { faultOfIndex } from './fault.js';
import { FLAG_REQUEST, HEADER_BYTES, readHeader } from './header.js';
import type { Identity } from './identity.js';
import type { Link, LinkEvents } from './link.js';
import { MAX_BUFFERED_BYTES } from './link.js';
import type { Counters, Settings } from './options.js';
import type { Peer } from './peer.js';
import type { PendingRequest } from './pending.js';
import { receiveFirst } from './receive-cer.js';
import { validateRequest } from './validate.js';

export interface ReceiverContext {
  readonly host: Host;
  readonly identity: Identity;
  readonly settings: Settings;
  readonly counters: Counters;
  readonly answerRequest: (message: Message, peer: string, send: (bytes: Buffer) => void) => void;
  /** The peer of that identity, made known if there is none; undefined while the node closes. */
  peerOf(host: string, realm: string): Peer | undefined;
  /** The answer to a request that waited for it. */
  onAnswer(request: PendingRequest, answer: Message, from: Peer): void;
  onClose(link: Link): void;
}

type Malformed = Extract<Decoding, { readonly kind: 'malformed' }>;

/** One connection, and whose it is once that is known. */
interface Receiver {
  readonly context: ReceiverContext;
  peer: Peer | undefined;
}

/**
 * What happens with all that comes over one connection. `owner`: its peer, where this node opened the connection; where the
 * peer did, its CER tells.
 */
export function receiveFrom(context: ReceiverContext, owner?: Peer): LinkEvents {
  const receiver: Receiver = { context, peer: owner };
  return {
    onMessage: (link, bytes) => receive(link, bytes, receiver),
    onBroken: (link, resultCode, bytes) => refuseStream(link, resultCode, bytes, context),
    onClose: (link) => {
      context.onClose(link);
      receiver.peer?.onLinkClosed(link);
    },
  };
}

function receive(link: Link, bytes: Buffer, receiver: Receiver): void {
  const { context, peer } = receiver;
  const decoding = decodeMessage(bytes, context.settings.maxAvps);
  if (decoding.kind === 'malformed') return refuseMalformed(link, decoding, receiver);
  const { message } = decoding;
  if (peer === undefined) return receiveFirstMessage(link, message, receiver);
  peer.noteReceived();
  if (message.command <= 282 && message.command >= 257 && message.application === 0) {
    return receiveBase(link, message, peer, context);
  }
  if (!peer.isOpen) return peer.input('i-non-cea'); // 5.6.1: I-Rcv-Non-CEA; of no consequence in other states
  if (message.flags & FLAG_REQUEST) answer(link, message, peer, context);
  else receiveAnswer(message, peer, context);
}

/** 5.3: of a connection that the peer opened, its CER. */
function receiveFirstMessage(link: Link, message: Message, receiver: Receiver): void {
  const { context } = receiver;
  const { host, identity, settings, counters } = context;
  const first = receiveFirst(message, identity, settings.accepts);
  if (first.kind === 'cer') {
    const peer = context.peerOf(first.host, first.realm);
    if (peer === undefined) {
      counters.refusedConnections++;
      link.destroy();
      return;
    }
    // Set before the CER is acted on: what that closes is this peer's.
    receiver.peer = peer;
    if (!peer.acceptCer(link, message)) receiver.peer = undefined;
    return;
  }
  counters.refusedConnections++;
  if (first.kind === 'refused') {
    host.log.warn('A Diameter connection is refused', { remote: link.remote, why: first.why });
    link.send(first.answer);
  }
  link.end();
}

/** A command of the base protocol (RFC 6733 3.1); a request that is none of them is answered like any other. */
function receiveBase(link: Link, message: Message, from: Peer, context: ReceiverContext): void {
  const command = baseCommands.find(({ code }) => code === message.command);
  if (command === undefined) {
    if (message.flags & FLAG_REQUEST) answer(link, message, from, context);
    return;
  }
  const fault = message.flags & FLAG_REQUEST ? validateRequest(message, command) : undefined;
  if (fault !== undefined) return link.send(encodeRefusal(message, context.identity.origin, fault));
  from.onBase(link, message, command);
}

function receiveAnswer(message: Message, from: Peer, context: ReceiverContext): void {
  const request = from.requests.take(message.hopByHop);
  if (request === undefined)
    context.counters.unmatchedAnswers++; // RFC 6733 6.2: discarded
  else context.onAnswer(request, message, from);
}

/** A request is refused (7.1.5); of an answer, the request that it is to has failed. */
function refuseMalformed(link: Link, { header, fault, avps }: Malformed, { context, peer }: Receiver): void {
  context.counters.malformed++;
  if (header.flags & FLAG_REQUEST) {
    link.send(encodeRefusal({ ...header, avps }, context.identity.origin, faultOfIndex(fault)));
    if (peer === undefined) link.end();
    return;
  }
  const text = 'the answer could not be read';
  peer?.requests.take(header.hopByHop)?.settle({ kind: 'failed', reason: 'malformed-answer', text });
}

/** 7.1.5: there is no next message to be found in this stream; the answer is the last that is sent. */
function refuseStream(
  link: Link,
  resultCode: number,
  bytes: Buffer,
  { counters, identity }: ReceiverContext,
): void {
  counters.malformed++;
  const header = bytes.length === HEADER_BYTES ? readHeader(bytes) : undefined;
  if (header !== undefined && header.flags & FLAG_REQUEST) {
    const text = 'the header of the message cannot be right';
    link.send(encodeRefusal({ ...header, avps: [] }, identity.origin, { resultCode, failedAvps: [], text }));
  }
  link.end();
}

function answer(link: Link, request: Message, { host }: Peer, context: ReceiverContext): void {
  context.answerRequest(request, host, (bytes) => {
    if (link.bufferedBytes > MAX_BUFFERED_BYTES) link.destroy();
    else link.send(bytes);
  });
}
