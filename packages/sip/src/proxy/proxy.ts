import type { StackOptions, SipStack } from '../stack.js';
import type { Decide } from './decision.js';

export interface ProxyOptions extends Omit<StackOptions, 'onRequest'> {
  /** Every host name (lower case) by which a Route or a Request-URI means this element; its socket addresses are added. */
  readonly names: readonly string[];
  /** Extensions in Proxy-Require that it has (RFC 3261 16.3 step 5); others get 420. */
  readonly proxyRequire?: readonly string[];
  /**
   * Schemes of a Request-URI that `decide` understands beyond sip, sips and tel (16.3 step 2), lower case; others get
   * 416.
   */
  readonly schemes?: readonly string[];
  readonly decide: Decide;
}

/** A stateful proxy (RFC 3261 16) that asks `decide` what to do with each request. */
export interface Proxy {
  readonly stack: SipStack;
  close(): Promise<void>;
}
