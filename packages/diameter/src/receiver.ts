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

/**
 * What happens with all that comes over one connection. `owner`: its peer, where this node opened the connection; where the
 * peer did, its CER tells.
 */
export function receiveFrom(context: ReceiverContext, owner?: Peer): LinkEvents {
  const { host, identity, settings, counters } = context;
  let peer = owner;

  const onMessage = (link: Link, bytes: Buffer): void => {
    const decoding = decodeMessage(bytes, settings.maxAvps);
    if (decoding.kind === 'malformed') return onMalformed(link, decoding);
    const { message } = decoding;
    if (peer === undefined) return onFirst(link, message);
    peer.noteReceived();
    if (message.command <= 282 && message.command >= 257 && message.application === 0) {
      return onBase(link, message, peer);
    }
    if (!peer.isOpen) return peer.input('i-non-cea'); // 5.6.1: I-Rcv-Non-CEA; of no consequence in other states
    if (message.flags & FLAG_REQUEST)
      context.answerRequest(message, peer.host, (answer) => sendAnswer(link, answer));
    else onAnswer(message, peer);
  };

  const onFirst = (link: Link, message: Message): void => {
    const first = receiveFirst(message, identity, settings.accepts);
    if (first.kind === 'cer') {
      peer = context.peerOf(first.host, first.realm);
      if (peer === undefined) {
        counters.refusedConnections++;
        link.destroy();
      } else if (!peer.acceptCer(link, message)) peer = undefined;
      return;
    }
    counters.refusedConnections++;
    if (first.kind === 'refused') {
      host.log.warn('A Diameter connection is refused', { remote: link.remote, why: first.why });
      link.send(first.answer);
    }
    link.end();
  };

  const onBase = (link: Link, message: Message, from: Peer): void => {
    const command = baseCommands.find(({ code }) => code === message.command);
    if (command === undefined) {
      if (message.flags & FLAG_REQUEST)
        context.answerRequest(message, from.host, (answer) => sendAnswer(link, answer));
      return;
    }
    const fault = message.flags & FLAG_REQUEST ? validateRequest(message, command) : undefined;
    if (fault !== undefined) return link.send(encodeRefusal(message, identity.origin, fault));
    from.onBase(link, message, command);
  };

  const onAnswer = (message: Message, from: Peer): void => {
    const request = from.requests.take(message.hopByHop);
    if (request === undefined)
      counters.unmatchedAnswers++; // RFC 6733 6.2: discarded
    else context.onAnswer(request, message, from);
  };

  const onMalformed = (link: Link, { header, fault, avps }: Malformed): void => {
    counters.malformed++;
    if (header.flags & FLAG_REQUEST) {
      link.send(encodeRefusal({ ...header, avps }, identity.origin, faultOfIndex(fault)));
      if (peer === undefined) link.end();
      return;
    }
    const text = 'the answer could not be read';
    peer?.requests.take(header.hopByHop)?.settle({ kind: 'failed', reason: 'malformed-answer', text });
  };

  const sendAnswer = (link: Link, answer: Buffer): void => {
    if (link.bufferedBytes > MAX_BUFFERED_BYTES) link.destroy();
    else link.send(answer);
  };

  return {
    onMessage,
    onBroken: (link, resultCode, bytes) => {
      counters.malformed++;
      const header = bytes.length === HEADER_BYTES ? readHeader(bytes) : undefined;
      // 7.1.5: there is no next message to be found in this stream; the answer is the last that is sent.
      if (header !== undefined && header.flags & FLAG_REQUEST) {
        const text = 'the header of the message cannot be right';
        link.send(
          encodeRefusal({ ...header, avps: [] }, identity.origin, { resultCode, failedAvps: [], text }),
        );
      }
      link.end();
    },
    onClose: (link) => {
      context.onClose(link);
      peer?.onLinkClosed(link);
    },
  };
}
