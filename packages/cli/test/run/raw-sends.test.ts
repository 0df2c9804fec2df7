import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';

const LONG_MS = 120_000;

/** What the watcher writes itself: an OPTIONS past its own P-CSCF, and bytes that are no SIP. */
const SCENARIO = `title: Bytes as they stand
profile: tr-24.841
network: ${join(SCENARIOS, 'network.yaml')}
actors:
  watcher: { ue: 'sip:user1_public1@home1.net', privateIdentity: user1_private@home1.net, proxy: pcscf1.home1.net }
play:
  - watcher sends to icscf2.home2.net and gets 4xx:
      message: |
        OPTIONS sip:nobody@home2.net SIP/2.0
        Via: SIP/2.0/UDP \${watcher.address}:\${watcher.port};branch=z9hG4bKmine;rport
        Max-Forwards: 70
        From: <sip:user1_public1@home1.net>;tag=mine
        To: <sip:nobody@home2.net>
        Call-ID: mine@home1.net
        CSeq: 1 OPTIONS
        x-Mine:   two  spaces
      take: { theirs: { header: To, pattern: 'tag=(\\S+)' } }
  - "watcher sends to icscf2.home2.net and gets no answer": SPAM \${theirs}
flow:
  - step: 1
    title: what the watcher wrote
    from: watcher
    to: icscf2.home2.net
    message: |
      OPTIONS sip:nobody@home2.net SIP/2.0
      Max-Forwards: 70
      From: <sip:user1_public1@home1.net>;tag=mine
      To: <sip:nobody@home2.net>
      Call-ID: mine@home1.net
      CSeq: 1 OPTIONS
      x-Mine: two  spaces
      Content-Length: 0
    headers: { Via: any }
others: allowed
`;

async function sent(...args: string[]): Promise<string[]> {
  const folder = newFolder();
  const file = join(folder, 'raw.yaml');
  writeFileSync(file, SCENARIO);
  const { status, stdout, stderr } = await ims('run', file, '--out', join(folder, 'out'), ...args).ended;
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('passed: 1 of 1 step right');
  return readFileSync(join(folder, 'out', 'trace.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { from?: string; to?: string; text?: string })
    .flatMap(({ from, to, text }) =>
      from === 'watcher' && to === 'icscf2.home2.net' && text?.startsWith('OPTIONS') === true ? [text] : [],
    );
}

describe('what `sends` has goes out as it stands, line ends and a missing Content-Length apart', () => {
  test.each([
    ['simulated', ['--simulate']],
    ['on processes', []],
  ])(
    '%s',
    async (_, args) => {
      const texts = await sent(...args);
      expect(texts).toHaveLength(1);
      const lines = texts[0]?.split('\r\n') ?? [];
      expect(lines[1]).toMatch(/^Via: SIP\/2\.0\/UDP [^\s$]+:\d+;branch=z9hG4bKmine;rport$/);
      expect(lines.filter((_line, index) => index !== 1)).toEqual([
        'OPTIONS sip:nobody@home2.net SIP/2.0',
        'Max-Forwards: 70',
        'From: <sip:user1_public1@home1.net>;tag=mine',
        'To: <sip:nobody@home2.net>',
        'Call-ID: mine@home1.net',
        'CSeq: 1 OPTIONS',
        'x-Mine:   two  spaces',
        'Content-Length: 0',
        '',
        '',
      ]);
    },
    LONG_MS,
  );
});
