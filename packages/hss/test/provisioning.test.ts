import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Endpoint } from '@ims-sim/host';
import { alice, K, machine, OPC, plain, provisioned, register } from './provisioning-kit.js';
import { startProvisioning } from '../src/provisioning/start-provisioning.js';
import { memoryStore } from '../src/store/memory-store.js';
import { noState } from '../src/subscription.js';

type Running = Awaited<ReturnType<typeof provisioned>>;

const at = '/subscribers/alice%40home1.net';

describe('one subscriber', () => {
  let running: Running;
  beforeAll(async () => {
    running = await provisioned();
  });
  afterAll(() => running.close());

  test('is added, shown without its secrets, and with them where they are asked for', async () => {
    const added = await running.ask('POST', '/subscribers', alice);
    expect([added.status, added.headers.get('location')]).toEqual([201, at]);
    expect(await running.store.byPrivateIdentity('alice@home1.net')).toEqual({
      subscription: alice,
      state: noState,
    });
    for (const path of [at, '/subscribers', '/export', '/subscribers/alice_tablet%40home1.net']) {
      const { status, text } = await running.ask('GET', path);
      expect(status).toBe(200);
      expect(text).toContain('sip:alice@home1.net');
      for (const secret of [K, OPC, 'wonderland']) expect(text).not.toContain(secret);
    }
    const { body } = await running.json('GET', `${at}?secrets=true`);
    expect(body).toEqual({ ...alice, state: noState });
  });

  test('what was read can be written back, with its state', async () => {
    const { body } = await running.json('GET', `${at}?secrets=true`);
    expect(await running.json('PUT', at, body)).toEqual({
      status: 200,
      body: { privateIdentity: 'alice@home1.net', result: 'changed', done: 'nobody to tell' },
    });
  });

  test('what was read without secrets is refused: they would be lost', async () => {
    const { body } = await running.json('GET', at);
    const { status, body: problem } = await running.json('PUT', at, body);
    expect(status).toBe(400);
    const pointers = (problem['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers).toEqual([
      '#/privateIdentities/0/aka/k',
      '#/privateIdentities/0/aka/opc',
      '#/privateIdentities/1/digest/password',
    ]);
    expect(problem['detail']).toContain('?secrets=true');
    expect((await running.json('GET', `${at}?secrets=true`)).body).toMatchObject({ ...alice });
  });

  test('one that is there is not added again', async () => {
    const { status, body } = await running.json('POST', '/subscribers', alice);
    expect(status).toBe(409);
    expect(body['detail']).toContain('PUT /subscribers/alice%40home1.net');
  });

  test.each([
    ['POST', '/subscribers', 'sip:alice@home1.net'],
    ['PUT', '/subscribers/bob%40home1.net', 'SIP:alice.work@HOME1.net'],
  ])('409 %s: an identity of another, and whose it is', async (method, path, identity) => {
    const bob = plain('bob');
    const thief = {
      ...bob,
      implicitSets: [{ serviceProfiles: [{ publicIdentities: [{ identity }] }] }],
    };
    const { status, body } = await running.json(method, path, thief);
    expect(status).toBe(409);
    expect(body['detail']).toContain(`${identity} belongs to alice@home1.net`);
    expect(await running.store.byPrivateIdentity('bob@home1.net')).toBeUndefined();
  });

  test('PUT adds one that is not there; another key is refused', async () => {
    expect((await running.json('PUT', '/subscribers/carol%40home1.net', plain('carol'))).status).toBe(201);
    const { status, body } = await running.json('PUT', '/subscribers/carol%40home1.net', plain('dave'));
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ pointer: '#/privateIdentities/0/identity' }]);
  });

  test('a change of one in use is told to its S-CSCF, and what was done in the answer', async () => {
    await running.json('PUT', '/subscribers/erin%40home1.net', plain('erin'));
    await register(running.store, 'erin@home1.net');
    running.told.length = 0;
    const change = { ...plain('erin'), charging: { primaryCcf: 'aaa://ccf.home1.net' } };
    const { body } = await running.json('PUT', '/subscribers/erin%40home1.net', change);
    expect(body['done']).toBe('PPR for erin@home1.net');
    expect((await running.json('GET', '/subscribers/erin%40home1.net')).body['state']).toMatchObject({
      server: { name: 'sip:scscf1.home1.net' },
    });
    const removed = await running.json('DELETE', '/subscribers/erin%40home1.net');
    expect(removed.body).toMatchObject({ result: 'removed', done: 'RTR sent' });
    expect(running.told).toEqual(['PPR for erin@home1.net', 'RTR for erin@home1.net']);
    expect((await running.json('DELETE', '/subscribers/erin%40home1.net')).status).toBe(404);
  });

  test('TS 29.228 6.1.3: its registration is taken back', async () => {
    running.told.length = 0;
    const path = `/subscribers/alice_tablet%40home1.net/deregister`;
    const asked = { reason: 'server-change', publicIdentities: ['sip:alice@home1.net'], reasonInfo: 'moved' };
    expect(await running.json('POST', path, asked)).toMatchObject({
      status: 200,
      body: { done: 'RTR sent' },
    });
    expect(await running.json('POST', path)).toMatchObject({ status: 200 });
    expect(running.told).toEqual([
      'RTR server-change for alice@home1.net sip:alice@home1.net moved',
      'RTR permanent-termination for alice@home1.net',
    ]);
    expect((await running.json('POST', path, { reason: 'because' })).status).toBe(400);
    expect((await running.json('POST', '/subscribers/nobody/deregister', {})).status).toBe(404);
    expect(running.told).toHaveLength(2);
  });

  test('a page at a time', async () => {
    const { body } = await running.json('GET', '/subscribers?limit=1');
    expect(body).toMatchObject({ total: 2, next: 'alice@home1.net' });
    const { body: rest } = await running.json('GET', '/subscribers?limit=5&after=alice%40home1.net');
    expect(rest['subscribers']).toMatchObject([{ ...plain('carol') }]);
    expect(rest['next']).toBeUndefined();
    for (const limit of ['0', '1001', 'x', '-1']) {
      expect((await running.json('GET', `/subscribers?limit=${limit}`)).status).toBe(400);
    }
  });
});

describe('what is wrong is said: where, and what would be right (RFC 9457)', () => {
  let running: Running;
  beforeAll(async () => {
    running = await provisioned();
  });
  afterAll(() => running.close());

  const services = (change: object) => ({
    ...plain('x'),
    implicitSets: [{ serviceProfiles: [{ publicIdentities: [{ identity: 'sip:x@home1.net' }], ...change }] }],
  });
  const credentials = (change: object) => ({
    ...plain('x'),
    privateIdentities: [{ identity: 'x@home1.net', ...change }],
  });
  const profile = '#/implicitSets/0/serviceProfiles/0';
  test.each([
    ['nothing', undefined, '#', 'expected object'],
    ['a list', [], '#', 'expected object'],
    ['no identity', { ...plain('x'), privateIdentities: [] }, '#/privateIdentities', '>=1'],
    ['an unknown field', { ...plain('x'), name: 'X' }, '#', '"name"'],
    [
      'a short key',
      credentials({ aka: { k: 'ab', opc: OPC } }),
      '#/privateIdentities/0/aka/k',
      '32 hexadecimal',
    ],
    [
      'a digest without a secret',
      credentials({ digest: {} }),
      '#/privateIdentities/0/digest',
      'either password',
    ],
    [
      'an HA1 of another algorithm',
      credentials({ digest: { ha1: K, algorithm: 'SHA-256' } }),
      '#/privateIdentities/0/digest/ha1',
      '64 for SHA-256',
    ],
    [
      'a space',
      { ...plain('x'), privateIdentities: [{ identity: 'a b' }] },
      '#/privateIdentities/0/identity',
      '@',
    ],
    [
      'a number for an identity',
      services({ publicIdentities: [{ identity: '+1212' }] }),
      `${profile}/publicIdentities/0/identity`,
      'sip or tel URI',
    ],
    [
      'an expression that is none',
      services({ publicIdentities: [{ identity: 'sip:a!(!@home1.net' }] }),
      `${profile}/publicIdentities/0/identity`,
      '23.003 13.5',
    ],
    [
      'a criterion without a server',
      services({ initialFilterCriteria: [{ priority: 0 }] }),
      `${profile}/initialFilterCriteria/0/applicationServer`,
      'expected object',
    ],
    [
      'an unknown trigger',
      services({
        initialFilterCriteria: [
          {
            priority: 0,
            triggerPoint: { cnf: true, servicePointTriggers: [{ kind: 'moon' }] },
            applicationServer: { serverName: 'sip:as' },
          },
        ],
      }),
      `${profile}/initialFilterCriteria/0/triggerPoint/servicePointTriggers/0/kind`,
      'session-case',
    ],
  ])('%s', async (_, body, pointer, detail) => {
    const { status, type, text } = await running.ask('POST', '/subscribers', body, {
      'content-type': 'application/json',
    });
    expect([status, type]).toEqual([400, expect.stringContaining('application/problem+json')]);
    const problem = JSON.parse(text) as { errors?: { pointer: string; detail: string }[]; detail: string };
    if (body !== undefined) {
      expect(problem.errors?.[0]?.pointer).toBe(pointer);
      expect(problem.errors?.[0]?.detail).toContain(detail);
      expect(problem.detail).toContain(pointer);
    }
    expect(await running.store.count()).toBe(0);
  });

  test.each([
    ['no JSON', 'POST', '/subscribers', '{', 'application/json', 400],
    ['a form', 'POST', '/subscribers', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['too large', 'POST', '/subscribers', ' '.repeat(600_000), 'application/json', 413],
    ['no such place', 'GET', '/users', undefined, 'application/json', 404],
    ['JSON as an import', 'POST', '/import', '{}', 'application/json', 415],
  ])('%s: %s %s', async (_, method, path, body, type, status) => {
    const answer = await running.ask(method, path, body, { 'content-type': type });
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json']);
    expect(JSON.parse(answer.text)).toMatchObject({ status, title: expect.any(String) });
  });

  test('a store that fails is 500, with what it says, and logged', async () => {
    const logged: string[] = [];
    const broken = await provisioned({
      host: { ...machine, log: { ...machine.log, error: (text) => void logged.push(text) } },
      store: { ...memoryStore(), put: () => Promise.reject(new Error('disk full')) },
    });
    const { status, body } = await broken.json('POST', '/subscribers', alice);
    expect([status, body['detail'], logged]).toEqual([500, 'disk full', ['provisioning failed']]);
    await broken.close();
  });
});

describe('many', () => {
  const lines = { 'content-type': 'application/jsonl' };
  const xml = { 'content-type': 'application/xml' };

  test('an export is an import elsewhere', async () => {
    const [here, there] = [await provisioned(), await provisioned()];
    await here.store.load([alice, ...Array.from({ length: 1200 }, (_, i) => plain(`u${String(i)}`))]);
    const { text, type } = await here.ask('GET', '/export?secrets=true');
    expect(type).toContain('application/jsonl');
    expect((await there.json('POST', '/import', text, lines)).body).toEqual({
      stored: 1201,
      refused: 0,
      problems: [],
      done: [],
    });
    expect(await there.store.list(undefined, 2000)).toEqual(await here.store.list(undefined, 2000));
    await Promise.all([here.close(), there.close()]);
  });

  test('what is wrong is left out, by its line; those in use are told', async () => {
    const running = await provisioned();
    await running.store.load([alice, plain('a'), plain('b')]);
    await register(running.store, 'a@home1.net');
    const body = [
      JSON.stringify(plain('a')),
      '',
      '{"privateIdentities":',
      JSON.stringify({ ...plain('c'), privateIdentities: [{ identity: 'c' }], capabilities: 7 }),
      JSON.stringify({ ...plain('alice'), privateIdentities: [{ identity: 'thief' }] }),
      JSON.stringify(plain('d')),
    ].join('\r\n');
    const { status, body: report } = await running.json('POST', '/import', body, lines);
    expect(status).toBe(200);
    expect(report).toMatchObject({ stored: 2, refused: 3, done: ['a@home1.net: PPR for a@home1.net'] });
    expect(report['problems']).toMatchObject([
      { line: 3, pointer: '#' },
      { line: 4, pointer: '#/capabilities' },
      { line: 5, detail: 'sip:alice@home1.net belongs to alice@home1.net: take it from there first' },
    ]);
    expect(await running.store.count()).toBe(4);
    await running.close();
  });

  test('a line without end is refused', async () => {
    const running = await provisioned();
    const body = `${JSON.stringify(plain('a'))}\n${'x'.repeat(600_000)}`;
    const { status, body: problem } = await running.json('POST', '/import', body, lines);
    expect([status, problem['detail']]).toEqual([413, expect.stringContaining('line 2')]);
    await running.close();
  });

  test('TS 29.228 Annex E: out and in again, what it has no place for stays', async () => {
    const running = await provisioned();
    await running.store.load([alice, plain('b')]);
    const { text, type } = await running.ask('GET', '/export', undefined, { accept: 'application/xml' });
    expect(type).toContain('application/xml');
    expect(text).not.toContain(K);
    expect((await running.json('POST', '/import', text, xml)).body).toMatchObject({ stored: 2, refused: 0 });
    expect(await running.store.byPrivateIdentity('alice@home1.net')).toEqual({
      subscription: alice,
      state: noState,
    });

    const one = await running.ask('GET', at, undefined, { accept: 'application/xml' });
    expect(one.text).toContain('<PrivateID>alice@home1.net</PrivateID>');
    const changed = one.text.replace('sip:ps.home1.net', 'sip:other.home1.net');
    expect((await running.ask('PUT', at, changed, xml)).status).toBe(200);
    expect((await running.json('GET', `${at}?secrets=true`)).body).toMatchObject({
      privateIdentities: alice.privateIdentities,
      implicitSets: [
        {
          serviceProfiles: [
            { initialFilterCriteria: [{ applicationServer: { serverName: 'sip:other.home1.net' } }] },
          ],
        },
        alice.implicitSets[1] as object,
      ],
    });
    await running.close();
  });

  test('a profile that somebody else wrote is added by its private identity', async () => {
    const running = await provisioned();
    const profile = readFileSync(new URL('../../../cx/test/user-profile.xml', import.meta.url), 'utf8');
    const { status } = await running.ask('POST', '/subscribers', profile, xml);
    expect(status).toBe(201);
    const bad = await running.json('POST', '/subscribers', '<IMSSubscription/>', xml);
    expect([bad.status, bad.body['detail']]).toEqual([400, expect.stringContaining('PrivateID')]);
    const imported = `<IMSSubscriptions>\n<IMSSubscription/>\n<IMSSubscription>\n</IMSSubscription></IMSSubscriptions>`;
    const { body } = await running.json('POST', '/import', imported, xml);
    expect(body).toMatchObject({ stored: 0, refused: 1, problems: [{ line: 2 }] });
    await running.close();
  });
});

describe('who may', () => {
  test.each([
    ['0.0.0.0', undefined],
    ['::', ''],
    ['192.0.2.1', undefined],
  ])('at %s without a token it does not start', async (address, token) => {
    const listen: Endpoint = { address, port: 0 };
    const started = startProvisioning({
      store: memoryStore(),
      host: machine,
      listen,
      token,
      hssName: 'hss1.home1.net',
      changed: {} as never,
    });
    await expect(started).rejects.toThrow(/hss1\.home1\.net.*without a token.*127\.0\.0\.1/);
  });

  test('with a token: whoever has it, and nobody else', async () => {
    const running = await provisioned({ token: 'of-the-file', listen: { address: '0.0.0.0', port: 0 } });
    for (const authorization of [
      undefined,
      'Bearer',
      'Bearer of-the-fil',
      'Basic of-the-file',
      'Bearer of-the-file x',
    ]) {
      const { status, type, headers } = await running.ask('GET', '/subscribers', undefined, {
        ...(authorization !== undefined && { authorization }),
      });
      expect([status, type]).toEqual([401, 'application/problem+json']);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="hss1.home1.net"');
    }
    const given = await running.ask('GET', '/subscribers', undefined, {
      authorization: 'Bearer of-the-file',
    });
    expect(given.status).toBe(200);
    expect((await running.ask('GET', '/health')).status).toBe(200);
    await running.close();
  });

  test('without a token: a name that leads here from a page of the Internet is refused', async () => {
    const running = await provisioned();
    const statusOf = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = request(`${running.url}/subscribers`, { headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asked.on('error', reject).end();
      });
    expect(await statusOf('evil.example:8080')).toBe(403);
    expect(await statusOf('127.0.0.1.evil.example')).toBe(403);
    expect(await statusOf('localhost:8080')).toBe(200);
    expect(await statusOf('[::1]:8080')).toBe(200);
    await running.close();
  });

  test('a port that is taken: an error that says where', async () => {
    const running = await provisioned();
    const listen = { address: '127.0.0.1', port: Number(new URL(running.url).port) };
    await expect(provisioned({ listen })).rejects.toThrow(`127.0.0.1:${String(listen.port)} (EADDRINUSE)`);
    await running.close();
  });
});

test('the OpenAPI description names every route, with what it takes', async () => {
  const running = await provisioned();
  const { body } = await running.json('GET', '/openapi.json');
  expect(body).toMatchObject({ openapi: '3.1.0' });
  const paths = Object.entries(body['paths'] as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(paths.sort()).toEqual([
    'delete /subscribers/{privateIdentity}',
    'get /export',
    'get /health',
    'get /openapi.json',
    'get /subscribers',
    'get /subscribers/{privateIdentity}',
    'post /import',
    'post /subscribers',
    'post /subscribers/{privateIdentity}/deregister',
    'put /subscribers/{privateIdentity}',
  ]);
  const { schemas } = body['components'] as { schemas: Record<string, { properties?: object }> };
  expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['Subscription', 'Deregistration', 'Problem']));
  expect(Object.keys(schemas['Subscription']?.properties ?? {})).toContain('privateIdentities');
  const references = JSON.stringify(body).match(/"\$ref":"[^"]+"/g) ?? [];
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) {
    const name = /#\/components\/schemas\/(\w+)"$/.exec(reference)?.[1] ?? '';
    expect(Object.keys(schemas)).toContain(name);
  }
  await running.close();
});
