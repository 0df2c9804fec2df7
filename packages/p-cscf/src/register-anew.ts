import { header, type Forward, type ForwardFailure, type Reply } from '@ims-sim/sip';
import { pathUri } from './path.js';
import type { PCscf } from './p-cscf.js';

/**
 * How long an S-CSCF may be silent, in milliseconds: it says 100 within 4 s (RFC 4320 4.1), and the UE, which gives up after 32 s,
 * is to have time to register and to try again.
 */
const SILENT_AFTER_MS = 8000;

/**
 * TS 24.229 5.2.6.3.2A, TS 23.380 4.4.3: an initial request that the S-CSCF of the Service-Route does not answer with anything, or
 * to which there is no way: the UE gets 504 with what makes it register anew (5.1.2A.1.6), and so has another S-CSCF. By
 * P-Asserted-Identity, the URI that stood in Path, it believes it.
 */
export function orRegisterAnew(pcscf: PCscf): Pick<Forward, 'silenceMs' | 'onFailure'> {
  const sentMs = pcscf.clock.now();
  return {
    silenceMs: SILENT_AFTER_MS,
    onFailure: (failure) =>
      isSilence(failure, pcscf.clock.now() - sentMs) ? registerAnew(pcscf) : undefined,
  };
}

/** Whoever has answered with something, and then takes too long, is there: Timers C and F are far longer. */
function isSilence({ kind }: ForwardFailure, afterMs: number): boolean {
  return kind === 'transport' || (kind === 'timeout' && afterMs < 2 * SILENT_AFTER_MS);
}

function registerAnew(pcscf: PCscf): Reply {
  return {
    kind: 'reply',
    status: 504,
    reason: 'Server Time-out',
    headers: [
      header('P-Asserted-Identity', `<${pathUri(pcscf)}>`),
      header('Content-Type', 'application/3gpp-ims+xml'),
    ],
    body: REGISTER_ANEW,
    because: [
      {
        clause: 'TS 24.229 5.2.6.3.2A',
        text: 'the S-CSCF of the Service-Route does not answer: 504, the UE is to register anew',
      },
    ],
  };
}

/** TS 24.229 7.6. */
const REGISTER_ANEW =
  '<?xml version="1.0" encoding="UTF-8"?>\r\n' +
  '<ims-3gpp version="1"><alternative-service><type>restoration</type>' +
  '<reason>the S-CSCF does not answer</reason><action>initial-registration</action></alternative-service></ims-3gpp>\r\n';
