import { expect, test } from '@jest/globals';
import { seededRandom } from '@ims-sim/host';
import { parseUri, serversOf, type Uri } from '../../src/index.js';
import { naptr, srv, zone, type ZoneRecords } from './zone.js';

const SERVERS: ZoneRecords = {
  'p.example NAPTR': [naptr(20, 0, 'SIP+D2U', 'u.p.example'), naptr(10, 0, 'SIP+D2T', 't.p.example')],
  'u.p.example SRV': [srv(0, 0, 5071, 'a.p.example')],
  't.p.example SRV': [srv(1, 0, 5072, 'c.p.example'), srv(0, 0, 5072, 'b.p.example')],
  '_sip._udp.q.example SRV': [srv(0, 0, 5073, 'd.q.example')],
  '_sip._udp.none.example SRV': [srv(0, 0, 0, '.')],
};

test.each([
  ['by NAPTR, in the order of SRV', 'sip:p.example', ['TCP b.p.example 5072', 'TCP c.p.example 5072']],
  ['by SRV where there is no NAPTR', 'sip:u@q.example', ['UDP d.q.example 5073']],
  ['by the SRV of the transport that is asked for', 'sip:q.example;transport=tcp', []],
  ['none in the DNS', 'sip:r.example', []],
  ['the domain says that it has none', 'sip:none.example', []],
  ['an address', 'sip:10.0.0.1', []],
  ['a port', 'sip:p.example:5060', []],
  ['maddr', 'sip:p.example;maddr=10.0.0.1', []],
  ['a scheme that is not spoken here', 'sips:p.example', []],
  ['no SIP URI', 'tel:+1', []],
])('RFC 3263 4.1, servers by name: %s', (_, uri, expected) => {
  const resolver = zone(SERVERS);
  const found = serversOf(parseUri(uri) as Uri, { resolver, random: seededRandom(1) });
  if (found instanceof Promise)
    throw new Error('a resolver that answers at once was answered with a promise');
  expect(found.map(({ transport, host, port }) => `${transport} ${host} ${port}`)).toEqual(expected);
});
