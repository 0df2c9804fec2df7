import type { Avp, Message } from '@ims-sim/diameter';
import { avpOf, base, experimentalResult3gpp, get, resultCode } from '@ims-sim/diameter';
import type { ShError, ShRefusal } from './types.js';

/** Experimental-Result-Code values, TS 29.329 6.2; the first ones are those of TS 29.229. */
const codes: Readonly<Record<ShError, number>> = {
  'user-data-not-available': 4100,
  'prior-update-in-progress': 4101,
  'unknown-user': 5001,
  'identities-dont-match': 5002,
  'too-much-data': 5008,
  'user-data-not-recognized': 5100,
  'operation-not-allowed': 5101,
  'user-data-cannot-be-read': 5102,
  'user-data-cannot-be-modified': 5103,
  'user-data-cannot-be-notified': 5104,
  'transparent-data-out-of-sync': 5105,
  'subscribed-data-absent': 5106,
  'no-subscription-to-data': 5107,
  'dsai-not-available': 5108,
};
const errors = new Map<number, ShError>(Object.entries(codes).map(([kind, code]) => [code, kind as ShError]));

export const success: Avp = avpOf(base.resultCode, resultCode.SUCCESS);

/** The result AVP of an answer that is no success. */
export function refusalAvp(refusal: ShRefusal): Avp {
  switch (refusal.kind) {
    case 'failed':
      return refusal.experimental
        ? experimentalResult3gpp(refusal.resultCode)
        : avpOf(base.resultCode, refusal.resultCode);
    case 'unreachable':
      return avpOf(base.resultCode, resultCode.UNABLE_TO_DELIVER);
    default:
      return experimentalResult3gpp(codes[refusal.kind]);
  }
}

/** What an answer refuses with; undefined where it is a success. */
export function refusalOf(answer: Message): ShRefusal | undefined {
  const code = get(answer, base.resultCode);
  if (code !== undefined) {
    return code === resultCode.SUCCESS ? undefined : { kind: 'failed', resultCode: code };
  }
  const result = get(answer, base.experimentalResult);
  const special = result && get(result, base.experimentalResultCode);
  if (special === undefined) return { kind: 'failed', resultCode: resultCode.MISSING_AVP };
  const kind = errors.get(special);
  return kind === undefined ? { kind: 'failed', resultCode: special, experimental: true } : { kind };
}
