import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { noState } from '../src/subscription.js';
import { alice, K, OPC, plain, provisioned, register } from './provisioning-kit.js';

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
    const others = { publicIdentities: ['sip:alice@home1.net', 'sip:mallory@home1.net'] };
    expect(await running.json('POST', path, others)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/publicIdentities/1' }] },
    });
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
