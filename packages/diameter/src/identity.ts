import type { Host } from '@ims-sim/host';
import { avpOf } from './avp.js';
import type { OriginAvps } from './answer.js';
import type { Capabilities } from './capabilities.js';
import { base } from './dictionary-base.js';
import type { DiameterNodeOptions } from './options.js';

/** Who this node is, and the numbers it gives out. */
export interface Identity {
  readonly host: string;
  readonly realm: string;
  readonly origin: OriginAvps;
  readonly capabilities: Capabilities;
  /** RFC 6733 3: the top 12 bits from the time, unique for at least 4 minutes, also across a restart. */
  nextEndToEnd(): number;
  /** RFC 6733 8.8: globally and eternally unique. */
  nextSessionId(): string;
}

/** A start of a node: its clock and chance make what no earlier start has given out. */
export function createIdentity(options: DiameterNodeOptions): Identity {
  const { host, originHost, originRealm, applications } = options;
  const startedS = Math.floor(host.clock.now() / 1000);
  let endToEnd = (((startedS & 0xfff) << 20) | (host.random.uint32() & 0xfffff)) >>> 0;
  let session = 0;
  // The high part is unique to this start, also where two happen within one second.
  const prefix = `${originHost};${String(startedS >>> 0)};${sessionSeed(host)};`;
  return {
    host: originHost,
    realm: originRealm,
    origin: [avpOf(base.originHost, originHost), avpOf(base.originRealm, originRealm)],
    capabilities: { originStateId: startedS >>> 0, vendorId: 0, productName: 'ims-sim', applications },
    nextEndToEnd: () => (endToEnd = (endToEnd + 1) >>> 0),
    nextSessionId: () => prefix + String(session++),
  };
}

function sessionSeed(host: Host): string {
  return String(host.random.uint32());
}

/** DiameterIdentities are compared as host names are, whatever their case (RFC 6733 4.3.1). */
export function sameIdentity(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}
