import { addresses, contactExpires, expires, publicIdentityOf } from '@ims-sim/sip';
import type { BrokenProperty, Evidence } from './property.js';
import { isAltered } from './property.js';
import type { SipSeen } from './sip-seen.js';

const PROPERTY = 'no identity past the P-CSCF that is not registered';
/** A request that is on its way as the registration ends, in microseconds. */
const GRACE_US = 32_000_000;

/** What a UE has registered: its identities (`publicIdentityOf`), and until when. */
interface Registered {
  readonly identities: ReadonlySet<string>;
  readonly untilUs: number;
}

/**
 * RFC 3325, TS 24.229 5.2.6.3 and 5.4.3.2: what a UE's request asserts once it is past its P-CSCF is of the set that this UE has registered,
 * as the 200 to its REGISTER said. A registration that the network takes back counts until it would have expired.
 */
export function unregisteredIdentities(evidence: Evidence): BrokenProperty[] {
  const { sip, network, actors } = evidence;
  const proxies = new Set(network.elements.filter(({ kind }) => kind === 'p-cscf').map(({ name }) => name));
  const ues = new Map<string, Registered>();
  /** By request: the UE that it came from. */
  const origins = new Map<string, string>();
  return sip.flatMap((seen) => {
    const { record, message } = seen;
    if (message.kind === 'response') {
      if (
        proxies.has(record.from) &&
        actors.has(record.to) &&
        seen.method === 'REGISTER' &&
        message.status === 200
      ) {
        noteRegistration(seen, ues);
      }
      return [];
    }
    if (actors.has(record.from)) {
      if (proxies.has(record.to)) {
        origins.set(seen.request, record.from);
      }
      return []; // what a UE writes to its P-CSCF is a hint (RFC 3325 9.2)
    }
    const ue = origins.get(seen.request);
    if (ue === undefined || isAltered(evidence, record.from)) {
      return [];
    }
    return asserted(seen).flatMap((identity) => {
      const why = flawOf(identity, ues.get(ue), record.atUs);
      return why === undefined
        ? []
        : [
            {
              property: PROPERTY,
              clause: 'TS 24.229 5.2.6.3',
              text: `${record.from} asserts ${identity} of ${ue}, ${why}`,
              records: [record],
            },
          ];
    });
  });
}

function noteRegistration({ message, record }: SipSeen, ues: Map<string, Registered>): void {
  const identities = addresses(message, 'p-associated-uri').flatMap(
    ({ uriText }) => publicIdentityOf(uriText) ?? [],
  );
  const lifetimes = addresses(message, 'contact').map(
    (contact) => contactExpires(contact, message) ?? expires(message) ?? 0,
  );
  const untilUs = record.atUs + Math.max(0, ...lifetimes) * 1_000_000;
  const before = ues.get(record.to);
  ues.set(record.to, {
    identities: new Set([...(before?.identities ?? []), ...identities]),
    untilUs: lifetimes.length === 0 ? record.atUs : untilUs,
  });
}

/** P-Asserted-Identity, and the served user of whom an AS is told that it is registered (RFC 5502). */
function asserted({ message }: SipSeen): string[] {
  const served = addresses(message, 'p-served-user').filter(
    ({ params }) => params.get('sescase') === 'orig' && params.get('regstate') === 'reg',
  );
  return [...addresses(message, 'p-asserted-identity'), ...served].map(({ uriText }) => uriText);
}

function flawOf(identity: string, registered: Registered | undefined, atUs: number): string | undefined {
  if (registered === undefined) {
    return 'which has registered nothing';
  }
  if (atUs > registered.untilUs + GRACE_US) {
    return 'whose registration has expired';
  }
  const key = publicIdentityOf(identity);
  return key !== undefined && registered.identities.has(key) ? undefined : 'which has not registered it';
}
