import { from, parseCredentials, values } from '@ims-sim/sip';
import type { RecordedActor } from './recorded.js';
import type { SipSeen } from './select.js';

/** Who an actor is, by the first request that says it. */
export function actorFrom(name: string, sip: readonly SipSeen[]): RecordedActor {
  const own = sip.filter(({ record, message }) => record.from === name && message.kind === 'request');
  const registers = own.find(({ cseq }) => cseq.method === 'REGISTER') ?? own[0];
  const publicIdentity = registers && from(registers.message)?.uri;
  const credentials = own.flatMap(({ message }) => values(message, 'authorization'))[0];
  const username =
    credentials === undefined ? undefined : parseCredentials(credentials)?.params.get('username');
  const towards = registers ?? sip.find(({ record }) => record.to === name);
  const proxy = towards?.record.from === name ? towards.record.to : towards?.record.from;
  return {
    name,
    publicIdentity:
      publicIdentity && 'user' in publicIdentity
        ? `sip:${publicIdentity.user ?? ''}@${publicIdentity.host}`
        : undefined,
    privateIdentity: typeof username === 'string' ? username : undefined,
    proxy: proxy ?? '',
    securityAgreement: own.some(({ message }) => values(message, 'security-client').length > 0),
    accessNetworkInfo: own.flatMap(({ message }) => values(message, 'p-access-network-info'))[0],
    on: new Map(),
  };
}
