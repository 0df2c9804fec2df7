import { header, values, type Reply, type SipRequest } from '@ims-sim/sip';

/** What a UE may insist on at this registrar (RFC 3327; RFC 3329, which ends at the P-CSCF). */
const KNOWN: ReadonlySet<string> = new Set(['path', 'sec-agree']);

/** RFC 3261 8.2.2.3: 420 to a REGISTER that requires what is not known here, e.g. GRUUs (RFC 5627); undefined: it does not. */
export function unknownExtension(request: SipRequest): Reply | undefined {
  let unknown: string[] | undefined;
  for (const tag of values(request, 'require')) {
    if (!KNOWN.has(tag.toLowerCase())) {
      (unknown ??= []).push(tag);
    }
  }
  return unknown === undefined
    ? undefined
    : {
        kind: 'reply',
        status: 420,
        reason: 'Bad Extension',
        headers: [header('Unsupported', unknown.join(', '))],
        because: [
          { clause: 'RFC 3261 8.2.2.3', text: `requires ${unknown.join(', ')}, not known here: 420` },
        ],
      };
}
