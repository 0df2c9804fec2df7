import type { ServerAssignment } from '@ims-sim/cx';
import { chain, uriEquals, type Because, type Decision, type Maybe } from '@ims-sim/sip';
import type { AskedContact, RegistrationRequest } from './registration-request.js';
import { registered } from './registration-response.js';
import { restorationInfo, restoredUser } from './restoration.js';
import type { SCscf } from './s-cscf.js';
import type { Binding, ServedUser } from './served-user.js';
import { tellHss as tellOfAuthentication } from './tell-hss.js';

const CLAUSE = 'TS 24.229 5.4.1.4.1';

/**
 * TS 24.229 5.4.1.4.1: the user takes contacts back. With the last one of a private identity the HSS is told; with
 * the last one of all the user is not served any more. Where nothing was registered, not even before a restart, there is
 * nothing to do, and the answer is 200 all the same (RFC 3261 10.2.2).
 */
export function deregister(
  asked: RegistrationRequest,
  user: ServedUser | undefined,
  contacts: 'all' | readonly AskedContact[],
  scscf: SCscf,
): Maybe<Decision> {
  return chain(user ?? restoredUser(asked.publicIdentity, scscf), (known) =>
    known === undefined ? nothingToTake(asked, undefined, scscf) : takeBack(asked, known, contacts, scscf),
  );
}

function takeBack(
  asked: RegistrationRequest,
  user: ServedUser,
  contacts: 'all' | readonly AskedContact[],
  scscf: SCscf,
): Maybe<Decision> {
  const { set } = user;
  const { privateIdentity } = asked;
  const isOwn = (binding: Binding) => binding.privateIdentity === privateIdentity;
  const isToGo = (binding: Binding) =>
    isOwn(binding) &&
    (contacts === 'all' || contacts.some(({ contact }) => uriEquals(contact.uri, binding.contact.uri)));
  const gone = set.bindings.filter(isToGo);
  if (gone.length === 0) {
    return nothingToTake(asked, user, scscf);
  }
  const left = set.bindings.filter((binding) => !isToGo(binding));
  const changes = gone.map((binding) => ({ binding, event: 'unregistered' as const }));
  scscf.registrar.bind(set, left, { changes, request: asked.request });
  const isLast = !left.some(isOwn);
  return tellHss(asked, user, isLast, scscf).then((answer) =>
    registered(asked, left.length === 0 ? undefined : user, scscf, toldTheHss(answer, isLast)),
  );
}

/** The HSS waits for the end of the authentication that it gave a vector for (TS 29.228 6.3.1): no registration comes of it. */
function nothingToTake(
  asked: RegistrationRequest,
  user: ServedUser | undefined,
  scscf: SCscf,
): Maybe<Decision> {
  if (scscf.auth === 'required') {
    tellOfAuthentication('authentication-timeout', asked, scscf);
  }
  return registered(asked, user, scscf, NOT_REGISTERED);
}

const NOT_REGISTERED: Because = [{ clause: CLAUSE, text: 'nothing of it is registered here' }];

/** TS 23.380 4.2: also of contacts that stay, so that one which is gone is not restored. */
async function tellHss(
  { privateIdentity, publicIdentity }: RegistrationRequest,
  { set, wildcarded }: ServedUser,
  isLast: boolean,
  { cx, serverName, clock, untold }: SCscf,
): Promise<string> {
  const told: ServerAssignment = {
    privateIdentity,
    publicIdentities: [publicIdentity],
    ...(wildcarded !== undefined && { wildcardedIdentity: wildcarded }),
    serverName,
    type: isLast ? 'user-deregistration' : 're-registration',
    userDataAlreadyAvailable: true,
    ...(!isLast && {
      restoration: restorationInfo(privateIdentity, set.bindings, set.subscriptions, clock.now()),
    }),
  };
  const { kind } = await cx.serverAssignment(told);
  if (kind === 'unreachable' && isLast) {
    untold?.keep(told);
  }
  return kind;
}

/** The user is gone either way; an HSS that does not know yet learns it when it is back. */
function toldTheHss(answer: string, isLast: boolean): Because {
  const what = isLast ? 'deregistered' : 'contacts removed, others are left';
  return answer === 'assigned'
    ? [{ clause: CLAUSE, text: `${what}, and the HSS knows` }]
    : [{ clause: 'TS 24.229 5.4.1.4.2', text: `${what}; the HSS answers: ${answer}` }];
}
