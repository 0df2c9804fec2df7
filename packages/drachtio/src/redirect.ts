import {
  addresses,
  locate,
  withHeaders,
  without,
  type ForkBranch,
  type Forward,
  type Maybe,
  type NameAddr,
  type SipResponse,
  type Target,
} from '@ims-sim/sip';
import type { Endpoint } from './endpoint.js';

/** Contacts that one request follows, at most, whoever named them. */
const MAX_CONTACTS = 5;

/** RFC 3261 16.5, 8.1.3.4: the contacts of a 3xx, the highest q first, one after the other; undefined: none is left. */
export function redirected(
  endpoint: Endpoint,
  branch: ForkBranch,
  response: SipResponse,
): Maybe<Forward | undefined> {
  return next(endpoint, branch, contactsOf(response), new Set([branch.request.uri]));
}

function contactsOf(response: SipResponse): readonly NameAddr[] {
  const q = ({ params }: NameAddr) => {
    const value = params.get('q');
    return typeof value === 'string' ? Number(value) : 1;
  };
  return addresses(response, 'contact')
    .filter(({ uri }) => uri.kind === 'sip')
    .toSorted((a, b) => q(b) - q(a));
}

function next(
  endpoint: Endpoint,
  branch: ForkBranch,
  contacts: readonly NameAddr[],
  tried: Set<string>,
): Maybe<Forward | undefined> {
  // 16.5: a target is tried once.
  const at = contacts.findIndex(({ uriText }) => !tried.has(uriText));
  const contact = contacts[at];
  if (contact === undefined || tried.size > MAX_CONTACTS) return undefined;
  tried.add(contact.uriText);
  const left = contacts.slice(at + 1);
  const forwardTo = (targets: readonly Target[]): Forward => ({
    ...branch,
    kind: 'forward',
    request: withHeaders(branch.request, without(branch.request.headers, 'route'), contact.uriText),
    targets: targets.length > 0 ? targets : undefined,
    onFailure(failure) {
      const further =
        failure.kind === 'response' && failure.response.status < 400 ? contactsOf(failure.response) : [];
      const isDeclined = failure.kind === 'response' && failure.response.status >= 600;
      return isDeclined ? undefined : next(endpoint, branch, [...further, ...left], tried);
    },
  });
  const found = locate(contact.uri, { resolver: endpoint.resolver, random: endpoint.host.random });
  return found instanceof Promise ? found.then(forwardTo) : forwardTo(found);
}
