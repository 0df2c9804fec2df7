import {
  addresses,
  tagOf,
  to,
  withoutTopValue,
  type Incoming,
  type SipRequest,
  type Source,
} from '../src/index.js';

const LOOPBACK = { address: '127.0.0.1', port: 5060 };
const FROM_LOOPBACK: Source = { transport: 'UDP', remote: LOOPBACK, local: LOOPBACK };

/**
 * A request as the proxy core hands it to the element with these names: an own Route is taken off. No transaction is
 * behind it.
 */
export function incoming(message: SipRequest, names: ReadonlySet<string>, source = FROM_LOOPBACK): Incoming {
  const top = addresses(message, 'route')[0];
  const own = top?.uri.kind === 'sip' && names.has(top.uri.host) ? [top] : [];
  const headers = own.length > 0 ? withoutTopValue(message.headers, 'route') : message.headers;
  return {
    request: { ...message, headers },
    source,
    ownRoutes: own,
    inDialog: tagOf(to(message)) !== undefined,
    transaction: undefined as never,
  };
}
