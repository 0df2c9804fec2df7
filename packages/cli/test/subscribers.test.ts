import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nodeNet, noTrace, prettyEndpoint, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { memoryStore, startHss, type Hss, type SubscriberStore } from '@ims-sim/hss';
import { ims, type Ended } from './ims.js';

const folder = mkdtempSync(join(tmpdir(), 'ims-subscribers-'));
const K = '465b5ce8b199b49faa5f0a2ee238a6bc';
const OPC = 'cd63cb71954a9f4e48a5994e37a02baf';
const name = 'hss1.home1.net';
let hss: Hss;
let store: SubscriberStore;
let url = '';

beforeAll(async () => {
  store = memoryStore();
  hss = await startHss({
    host: { name, net: nodeNet, clock: systemClock, random: systemRandom, trace: noTrace, log: silentLog },
    listen: { address: '127.0.0.1', port: 0 },
    originRealm: 'home1.net',
    store,
    initial: [],
    homeDomain: 'home1.net',
    provisioning: { listen: { address: '127.0.0.1', port: 0 }, token: 'of-the-file' },
  });
  url = `http://${hss.http === undefined ? '' : prettyEndpoint(hss.http)}`;
});
afterAll(() => hss.close());

const file = (fileName: string, content: unknown): string => {
  const path = join(folder, fileName);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
};
const user = (user: string, more: object = {}) => ({
  privateIdentities: [{ identity: `${user}@home1.net`, aka: { k: K, opc: OPC } }],
  implicitSets: [{ serviceProfiles: [{ publicIdentities: [{ identity: `sip:${user}@home1.net` }] }] }],
  ...more,
});
const subscribers = (...args: string[]): Promise<Ended> =>
  ims('subscribers', ...args, '--hss', url, '--token', 'of-the-file').ended;

async function passes(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await subscribers(...args);
  expect([status, stderr]).toEqual([0, '']);
  for (const line of stdout.split('\n')) {
    if (!/^[{<]/.test(line)) expect(line.length).toBeLessThanOrEqual(100);
  }
  return stdout;
}

async function endsWith(status: number, ...args: string[]): Promise<string> {
  const ended = await subscribers(...args);
  expect([ended.status, ended.stderr]).toEqual([status, expect.stringMatching(/^ims: /)]);
  return ended.stderr;
}

describe('ims subscribers', () => {
  test('add, show, change, list, remove', async () => {
    const added = await passes('add', file('alice.json', user('alice')));
    expect(added).toMatch(/^alice@home1\.net: added; /);
    const shown = await passes('show', 'alice@home1.net');
    expect(shown).toContain('private   alice@home1.net  (AKAv1-MD5)');
    expect(shown).toContain('sip:alice@home1.net');
    expect(shown).not.toContain(K);

    await passes(
      'change',
      'alice@home1.net',
      'charging.primaryCcf=aaa://ccf.home1.net',
      'k=00112233445566778899001122334455',
      'password=secret',
      'serverNames=["sip:scscf1.home1.net"]',
    );
    const changed = JSON.parse(await passes('show', 'alice@home1.net', '--json', '--secrets')) as object;
    expect(changed).toMatchObject({
      privateIdentities: [
        { aka: { k: '00112233445566778899001122334455', opc: OPC }, digest: { password: 'secret' } },
      ],
      charging: { primaryCcf: 'aaa://ccf.home1.net' },
      serverNames: ['sip:scscf1.home1.net'],
    });
    await passes('change', 'alice@home1.net', 'charging=', 'privateIdentities.0.digest=');
    await passes('change', 'alice@home1.net', file('again.json', changed));
    await passes('change', 'alice@home1.net', 'charging=');
    const now = await store.byPrivateIdentity('alice@home1.net');
    expect(now?.subscription).toMatchObject({ privateIdentities: [{ digest: { password: 'secret' } }] });
    expect(now?.subscription.charging).toBeUndefined();

    const list = await passes('list');
    expect(list.split('\n')[0]).toMatch(/^PRIVATE IDENTITY +PUBLIC IDENTITIES +REGISTERED$/);
    expect(list).toMatch(/^alice@home1\.net +sip:alice@home1\.net +-$/m);
    expect(list).toContain('1 of 1 subscriber\n');
    expect(await passes('deregister', 'alice@home1.net')).toMatch(/^alice@home1\.net: deregistered; /);
    expect(await passes('remove', 'alice@home1.net', '--json')).toContain('"result":"removed"');
    expect(await store.count()).toBe(0);
  }, 180_000);

  test('what is exported is imported, as JSON and as XML', async () => {
    await passes(
      'import',
      file(
        'many.json',
        ['a', 'b', 'c'].map((one) => user(one)),
      ),
    );
    const lines = await passes('export', '--secrets');
    const xml = await passes('export', '--format', 'xml');
    expect(lines.trim().split('\n')).toHaveLength(3);
    expect(xml.match(/<IMSSubscription>/g)).toHaveLength(3);
    expect(xml).not.toContain(K);
    const before = await store.list(undefined, 10);
    expect(await passes('import', file('many.xml', xml))).toBe('3 stored\n');
    expect(await store.list(undefined, 10)).toEqual(before);
    for (const key of ['a', 'b', 'c']) await store.remove(`${key}@home1.net`);
    expect(await passes('import', file('many.jsonl', lines))).toBe('3 stored\n');
    expect(await store.list(undefined, 10)).toEqual(before);
    expect(await passes('list', '--limit', '2')).toContain(
      '2 of 3 subscribers; the next ones: --after b@home1.net',
    );
    expect(await passes('show', 'b@home1.net', '--xml')).toContain('<PrivateID>b@home1.net</PrivateID>');
  }, 180_000);

  test('1: what the HSS refuses, and why', async () => {
    await store.load([{ ...user('owner'), implicitSets: user('owner').implicitSets } as never]);
    expect(await endsWith(1, 'show', 'nobody@home1.net')).toContain(
      'no subscriber has the private identity nobody@home1.net',
    );
    const thief = user('thief', { implicitSets: user('owner').implicitSets });
    expect(await endsWith(1, 'add', file('thief.json', thief))).toContain('belongs to owner@home1.net');
    const wrong = user('w', { privateIdentities: [{ identity: 'w@home1.net', aka: { k: '1', opc: '2' } }] });
    const said = await endsWith(1, 'add', file('wrong.json', wrong));
    expect(said).toContain('#/privateIdentities/0/aka/k: expected 32 hexadecimal digits');
    expect(said).toContain('#/privateIdentities/0/aka/opc: expected 32 hexadecimal digits');
    const mixed = file('mixed.jsonl', `${JSON.stringify(user('good'))}\n${JSON.stringify(thief)}\n`);
    expect(await endsWith(1, 'import', mixed)).toContain(`${mixed}:2: sip:owner@home1.net belongs to owner`);
    expect(await endsWith(1, 'deregister', 'owner@home1.net', 'sip:good@home1.net')).toContain(
      'sip:good@home1.net is no public identity of owner@home1.net',
    );
    expect(await store.byPrivateIdentity('good@home1.net')).toBeDefined();
    expect(await store.byPrivateIdentity('thief@home1.net')).toBeUndefined();
  }, 180_000);

  test.each([
    ['a file that is not there', ['add', 'none.json'], 'none.json: there is no such file'],
    ['a list that is not there', ['import', 'none.jsonl'], 'none.jsonl: no such file'],
    ['an empty file', ['add', file('empty.json', '')], 'there is nothing in it'],
    [
      'a cut file',
      ['add', file('cut.json', '{"privateIdentities": [')],
      `${join(folder, 'cut.json')}: not JSON`,
    ],
    ['a broken list', ['import', file('broken.json', '[{')], 'not JSON'],
    ['nobody in it', ['import', file('nobody.xml', '<a/>')], 'no subscriber is in it'],
    ['a field of nothing', ['change', 'owner@home1.net', 'implicitSets.x.y=1'], 'not x'],
    ['no field', ['change', 'owner@home1.net', 'charging=', 'k'], 'expected field=value, not k'],
  ])('2: %s', async (_, args, says) => {
    await store.put({ ...user('owner'), implicitSets: user('owner').implicitSets } as never);
    expect(await endsWith(2, ...args)).toContain(says);
  });
});

describe('which HSS', () => {
  const readyFile = (elements: object): string => file('ready.json', { elements });
  const list = (...args: string[]): Promise<Ended> => ims('subscribers', 'list', ...args).ended;

  test('by the file of ims up, and by its name where there are several', async () => {
    const one = { 'hss1.home1.net': { http: url }, 'pcscf1.home1.net': { sip: 'udp:127.0.0.1:5060' } };
    const token = ['--token', 'of-the-file'];
    expect((await list('--ready-file', readyFile(one), ...token)).status).toBe(0);
    const two = readyFile({ ...one, 'hss2.home2.net': { http: 'http://127.0.0.1:1' } });
    const unsaid = await list('--ready-file', two, ...token);
    expect([unsaid.status, unsaid.stderr]).toEqual([
      2,
      expect.stringContaining('hss1.home1.net, hss2.home2.net'),
    ]);
    expect((await list('--ready-file', two, '--name', 'hss1.home1.net', ...token)).status).toBe(0);
    const none = await list('--ready-file', two, '--name', 'hss3');
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('no hss3 in it')]);
  }, 180_000);

  test.each([
    ['none', [], 'say which HSS'],
    ['two', ['--hss', 'http://127.0.0.1:1', '--ready-file', 'x'], 'say which HSS'],
    ['no URL', ['--hss', 'hss1'], 'expected a URL such as http://127.0.0.1:8080'],
    ['nobody there', ['--hss', 'http://127.0.0.1:9'], 'no HSS answers at http://127.0.0.1:9'],
    ['no such file', ['--ready-file', '/none/ready.json'], '/none/ready.json: there is no such file'],
  ])('2: %s', async (_, args, says) => {
    const { status, stderr, stdout } = await list(...args);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  });

  test('2: the wrong token, and what to do', async () => {
    const { status, stderr } = await list('--hss', url, '--token', 'guessed');
    expect([status, stderr]).toEqual([2, expect.stringContaining('--token, or in IMS_TOKEN')]);
  });

  test('2: something else that answers', async () => {
    const other = createServer((_, response) => response.writeHead(404).end('<html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { status, stderr } = await list('--hss', `http://127.0.0.1:${String(port)}`);
    expect([status, stderr]).toEqual([2, expect.stringContaining('is no HSS')]);
    other.close();
  });
});
