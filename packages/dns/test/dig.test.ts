import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nodeNet, noTrace, silentLog, systemClock, systemRandom, type Host } from '@ims-sim/host';
import { cachingResolver, resolveEnum, startDnsServer, type DnsServer } from '../src/index.js';
import { LAB_ZONES } from './lab.js';

const host: Host = {
  name: 'dns.home1.net',
  net: nodeNet,
  clock: systemClock,
  random: systemRandom,
  trace: noTrace,
  log: silentLog,
};

function has(program: string): boolean {
  if (process.env['IMS_PEERS_REQUIRED'] !== undefined) return true; // CI: what is missing fails
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let server: DnsServer;
beforeAll(async () => {
  server = await startDnsServer({ host, listen: { address: '127.0.0.1', port: 0 }, zones: LAB_ZONES });
});
afterAll(() => server.close());

describe('on real sockets', () => {
  const dig = async (...args: string[]) => {
    const at = ['@127.0.0.1', '-p', String(server.listening.port), '+tries=1', '+time=5'];
    const { stdout } = await promisify(execFile)('dig', [...at, ...args], { timeout: 20_000 });
    return stdout;
  };

  (has('dig') ? test : test.skip).each([
    [['pcscf1.home1.net', 'A', '+short'], /^127\.0\.0\.1\n$/],
    [['pcscf1.home1.net', 'AAAA', '+short', '+tcp'], /^::1\n$/],
    [['_sip._udp.home2.net', 'SRV', '+short'], /^0 0 5071 icscf2\.home2\.net\.\n$/],
    [
      ['_sip._udp.home2.net', 'SRV'],
      /ADDITIONAL SECTION:\nicscf2\.home2\.net\.\s+60\s+IN\s+A\s+127\.0\.0\.1/,
    ],
    [
      ['home2.net', 'NAPTR', '+short'],
      /^10 10 "s" "SIP\+D2U" "" _sip\._udp\.home2\.net\.\n10 20 "s" "SIP\+D2T" ""/,
    ],
    [
      ['2.2.2.2.5.5.5.2.1.2.1.e164.arpa', 'NAPTR', '+short'],
      /^100 10 "u" "E2U\+sip" "!\^\.\*\$!sip:user2_public1@home2\.net!" \.\n$/,
    ],
    [
      ['1.2.2.2.5.5.5.2.1.2.1.e164.arpa', 'NAPTR', '+tcp'],
      /^1\.2\.2\.2\.5\.5\.5\.2\.1\.2\.1\.e164\.arpa\.\s+60\s+IN\s+NAPTR/m,
    ],
    [
      ['PCSCF1.home1.NET', '+edns=0', '+bufsize=512'],
      /EDNS: version: 0, flags:; udp: 1232[^]*\nPCSCF1\.home1\.NET\.\s+60/,
    ],
    [
      ['home1.net', 'SOA', '+short', '+noedns'],
      /^dns\.home1\.net\. hostmaster\.home1\.net\. 1 3600 600 86400 5\n$/,
    ],
    [
      ['nobody.home1.net'],
      /status: NXDOMAIN[^]*flags: qr aa rd[^]*AUTHORITY SECTION:\nhome1\.net\.\s+5\s+IN\s+SOA/,
    ],
    [['_udp.pcscf1.home1.net'], /status: NOERROR[^]*ANSWER: 0, AUTHORITY: 1/],
    [['home1.net', 'ANY', '+notcp'], /status: NOERROR[^]*ANSWER: 1,/],
    [['example.com'], /status: REFUSED/],
    [['home1.net', 'AXFR'], /Transfer failed/],
    [['pcscf1.home1.net', '-c', 'CH'], /status: REFUSED/],
    [['pcscf1.home1.net', '+edns=1', '+noednsnegotiation'], /status: BADVERS/],
    [['pcscf1.home1.net', '+opcode=update'], /status: NOTIMP/],
    [['a\\.b.home1.net'], /status: NXDOMAIN[^]*;a\\\.b\.home1\.net\./],
    [['+tcp', '+keepopen', 'pcscf1.home1.net', 'hss1.home1.net', '+short'], /^(127\.0\.0\.1\n){2}$/],
  ])('dig %j [needs dig]', async (args, expected) => {
    const output = await dig(...args);
    expect(output).toMatch(expected);
    expect(output).not.toMatch(/malformed|bad packet|mismatch|extra bytes/i);
  });

  test('the resolver and ENUM, UDP', async () => {
    const resolver = cachingResolver({ host, server: server.listening });
    expect(await resolveEnum(resolver, 'tel:+1-212-555-2222')).toMatchObject({
      kind: 'uri',
      uri: 'sip:user2_public1@home2.net',
    });
    expect(await resolver.resolve('nobody.home1.net', 'A')).toEqual({ kind: 'empty' });
    resolver.close();
  });
});
