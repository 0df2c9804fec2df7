import { decode, encode, type Packet } from 'dns-packet';
import { testHost, type Endpoint, type TestHost } from '@ims-sim/host';
import { cachingResolver, type CachingResolverOptions } from '../src/index.js';

export const SERVER: Endpoint = { address: '10.0.0.53', port: 53 };
export const PCSCF1 = { kind: 'records', records: [{ address: '127.0.0.1' }] };

/** A resolver in memory, its server's host beside it. */
export function client(options: Partial<CachingResolverOptions> = {}) {
  const host = testHost({ name: 'scscf1.home1.net', addresses: ['10.0.0.1'] });
  const dns = testHost({ name: 'dns.home1.net', beside: host, addresses: [SERVER.address] });
  const resolver = cachingResolver({ host, server: SERVER, timeoutMs: 1000, attempts: 3, ...options });
  const queries = () => host.trace.messages.filter(({ direction }) => direction === 'sent').length;
  const resolve = (name: string, type: 'A' | 'AAAA' | 'SRV' | 'NAPTR' = 'A') => {
    const answer = resolver.resolve(name, type);
    return answer instanceof Promise ? host.clock.until(answer) : Promise.resolve(answer);
  };
  return { host, dns, resolver, queries, resolve, clock: host.clock };
}

/** A server that answers as the test says. */
export async function scripted(
  dns: TestHost,
  respond: (query: Packet, n: number) => readonly Packet[] | readonly Buffer[],
) {
  let received = 0;
  const socket = await dns.net.udp(SERVER, {
    onDatagram(bytes, from) {
      const query = decode(bytes);
      for (const answer of respond(query, ++received)) {
        const defaults: Packet = { type: 'response', id: query.id, questions: query.questions };
        socket.send(Buffer.isBuffer(answer) ? answer : encode({ ...defaults, ...(answer as Packet) }), from);
      }
    },
  });
  return { received: () => received };
}
export const a = (data: string, ttl = 60, name = 'x.net') => ({ type: 'A' as const, name, ttl, data });
