import { addresses, from, parseCredentials, to, type Uri, values } from '@ims-sim/sip';
import type { RecordedActor } from './recorded.js';
import type { SipSeen } from './select.js';

/** Who an actor is, by the first request that says it. `host`: of a server. */
export function actorFrom(name: string, sip: readonly SipSeen[], host?: string): RecordedActor {
  const own = sip.filter(({ record, message }) => record.from === name && message.kind === 'request');
  const registers = own.find(({ cseq }) => cseq.method === 'REGISTER') ?? own[0];
  const credentials = own.flatMap(({ message }) => values(message, 'authorization'))[0];
  const username =
    credentials === undefined ? undefined : parseCredentials(credentials)?.params.get('username');
  const towards = registers ?? sip.find(({ record }) => record.to === name);
  const proxy = towards?.record.from === name ? towards.record.to : towards?.record.from;
  return {
    name,
    ...(host !== undefined && { host }),
    publicIdentity: identityOf(registers && from(registers.message)?.uri) ?? calledAs(name, sip),
    privateIdentity: typeof username === 'string' ? username : undefined,
    proxy: proxy ?? '',
    securityAgreement: own.some(({ message }) => values(message, 'security-client').length > 0),
    accessNetworkInfo: own.flatMap(({ message }) => values(message, 'p-access-network-info'))[0],
    on: new Map(),
  };
}

/** Who only answers is whom the S-CSCF says that the request is for (P-Called-Party-ID, RFC 7315 4.2), or whom it is to. */
function calledAs(name: string, sip: readonly SipSeen[]): string | undefined {
  const called = sip.find(({ record, message }) => record.to === name && message.kind === 'request')?.message;
  const [party] = called === undefined ? [] : addresses(called, 'p-called-party-id');
  return identityOf(party?.uri) ?? identityOf(called && to(called)?.uri);
}

function identityOf(uri: Uri | undefined): string | undefined {
  return uri && 'user' in uri ? `sip:${uri.user ?? ''}@${uri.host}` : undefined;
}
