import type { CxRefusal } from '@ims-sim/cx';
import type { Decision } from '@ims-sim/sip';
import type { SCscf } from './s-cscf.js';

const ABNORMAL = 'TS 24.229 5.4.1.2.3';

/**
 * TS 24.229 5.4.1.2.3: a REGISTER whose MAR or SAR the HSS refuses. What it forbids is 403; where it cannot say, the
 * I-CSCF may try another S-CSCF (5.3.1.3).
 */
export function refusedByHss(
  answer: CxRefusal,
  what: 'assignment' | 'authentication',
  scscf: SCscf,
): Decision {
  const [status, reason, text] = inSip(answer, what);
  const because = scscf.trace.enabled ? [{ clause: ABNORMAL, text: `${text}: ${status}` }] : undefined;
  return { kind: 'reply', status, reason, because };
}

function inSip(answer: CxRefusal, what: string): readonly [number, string, string] {
  switch (answer.kind) {
    case 'unknown-user':
    case 'identities-dont-match':
    case 'identity-not-registered':
    case 'identity-already-registered':
    case 'roaming-not-allowed':
    case 'auth-scheme-not-supported':
      return [403, 'Forbidden', `the HSS refuses the ${what} (${answer.kind})`];
    case 'in-assignment-type':
    case 'too-much-data':
    case 'not-supported-user-data':
      return [
        500,
        'Server Internal Error',
        `the HSS and this S-CSCF do not agree on the ${what} (${answer.kind})`,
      ];
    case 'failed':
      return [500, 'Server Internal Error', `the HSS answers ${answer.resultCode}`];
    case 'unreachable':
      return [480, 'Temporarily Unavailable', `the HSS cannot be asked (${answer.reason})`];
  }
}
