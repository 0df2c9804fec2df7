import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { memoryStore } from '../src/store/memory-store.js';
import { alice, K, machine, OPC, plain, provisioned } from './provisioning-kit.js';

type Running = Awaited<ReturnType<typeof provisioned>>;

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
