import { uriEquals, type Because, type Decision, type Maybe } from '@ims-sim/sip';
import type { AskedContact, RegistrationRequest } from './registration-request.js';
import { registered } from './registration-response.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';

/**
 * TS 24.229 5.4.1.4.1: the user takes contacts back. With the last one of a private identity the HSS is told; with
 * the last one of all the user is not served any more. Where nothing was registered there is nothing to do, and the
 * answer is 200 all the same (RFC 3261 10.2.2).
 */
export function deregister(
  asked: RegistrationRequest,
  user: ServedUser | undefined,
  contacts: 'all' | readonly AskedContact[],
  scscf: SCscf,
): Maybe<Decision> {
  if (user === undefined) {
    return registered(asked, undefined, scscf, NOT_REGISTERED);
  }
  const { set } = user;
  const { privateIdentity, publicIdentity } = asked;
  const isToGo = (binding: (typeof set.bindings)[number]) =>
    binding.privateIdentity === privateIdentity &&
    (contacts === 'all' || contacts.some(({ contact }) => uriEquals(contact.uri, binding.contact.uri)));
  const left = set.bindings.filter((binding) => !isToGo(binding));
  const hadAny = set.bindings.some((binding) => binding.privateIdentity === privateIdentity);
  const changes = set.bindings.filter(isToGo).map((binding) => ({ binding, event: 'unregistered' as const }));
  scscf.registrar.bind(set, left, { changes, request: asked.request });
  if (!hadAny || left.some((binding) => binding.privateIdentity === privateIdentity)) {
    return registered(asked, user, scscf, hadAny ? SOME_GONE : NOT_REGISTERED);
  }
  return scscf.cx
    .serverAssignment({
      privateIdentity,
      publicIdentities: [publicIdentity],
      serverName: scscf.serverName,
      type: 'user-deregistration',
      userDataAlreadyAvailable: true,
    })
    .then((answer) =>
      registered(asked, left.length === 0 ? undefined : user, scscf, toldTheHss(answer.kind)),
    );
}

const CLAUSE = 'TS 24.229 5.4.1.4.1';
const NOT_REGISTERED: Because = [{ clause: CLAUSE, text: 'nothing of it is registered here' }];
const SOME_GONE: Because = [{ clause: CLAUSE, text: 'contacts removed, others are left' }];

/** The user is gone either way; an HSS that does not know yet learns it with the next assignment. */
function toldTheHss(answer: string): Because {
  return answer === 'assigned'
    ? [{ clause: CLAUSE, text: 'deregistered, and the HSS knows' }]
    : [{ clause: 'TS 24.229 5.4.1.4.2', text: `deregistered here; the HSS answers: ${answer}` }];
}
