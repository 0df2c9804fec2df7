import type { Random } from '@ims-sim/host';
import {
  cseq,
  first,
  has,
  header,
  inserted,
  replace,
  type Dialog,
  type Header,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { Authentication } from './authentication.js';
import type { UeCredentials, UeIdentity } from './ue.js';

/**
 * The UE's answers to challenges of other requests than REGISTER: by a proxy (407; RFC 3261 22.3, TS 24.229 5.1.2A.1.1) or by whom it asks
 * (401; RFC 3261 22.2), with SIP Digest. Deviation: what was challenged once is not sent with credentials of its own accord the next time
 * (RFC 3261 22.3: should), so that each request of a scenario shows its challenge.
 */
export class ChallengeAnswers {
  readonly #authentication: Authentication;

  constructor(identity: UeIdentity, credentials: UeCredentials, random: Random) {
    const { digest } = credentials;
    this.#authentication = new Authentication(identity, digest === undefined ? {} : { digest }, random);
  }

  /**
   * The request as it goes out again: the same but for the credentials and the next CSeq (RFC 3261 22.2). Undefined where the response is
   * no challenge that these credentials can answer, or the request had some already: they were refused.
   */
  answered(request: SipRequest, response: SipResponse): SipRequest | undefined {
    const names = NAMES[response.status];
    const count = cseq(request);
    const at = first(request.headers, 'cseq');
    if (
      names === undefined ||
      count === undefined ||
      at === undefined ||
      has(request.headers, names.answer)
    ) {
      return undefined;
    }
    const { method, uri, body } = request;
    const answer = this.#authentication.answer(response, method, uri, {
      challenge: names.challenge,
      body: Buffer.from(body, 'latin1'),
    });
    if (answer.kind !== 'response') {
      return undefined;
    }
    const counted = replace(request.headers, header('CSeq', `${count.number + 1} ${method}`));
    const behind = counted.findIndex(({ key }) => key === 'cseq') + 1;
    const credentials = header(names.spelled, answer.authorization);
    return { ...request, headers: inserted(counted, behind, credentials) };
  }
}

const NAMES: Readonly<
  Partial<Record<number, { readonly challenge: string; readonly answer: string; readonly spelled: string }>>
> = {
  401: { challenge: 'www-authenticate', answer: 'authorization', spelled: 'Authorization' },
  407: { challenge: 'proxy-authenticate', answer: 'proxy-authorization', spelled: 'Proxy-Authorization' },
};

/** The dialog, which has counted this request of its own. */
export function withCSeqOf(dialog: Dialog, request: SipRequest): Dialog {
  return { ...dialog, localCSeq: Math.max(dialog.localCSeq, cseq(request)?.number ?? 0) };
}

/** RFC 3261 13.2.2.4: the ACK of a 2xx has the credentials of its INVITE, as nobody can challenge it. */
export function credentialsOf({ headers }: SipRequest): Header[] {
  return headers.filter(({ key }) => key === 'authorization' || key === 'proxy-authorization');
}
