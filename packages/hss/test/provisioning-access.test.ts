import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import type { Endpoint } from '@ims-sim/host';
import { startProvisioning } from '../src/provisioning/start-provisioning.js';
import { memoryStore } from '../src/store/memory-store.js';
import { machine, provisioned } from './provisioning-kit.js';

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

  test.each([
    ['http://evil.example', 403],
    ['https://127.0.0.1.evil.example', 403],
    ['null', 403],
    ['http://localhost:3000', 404],
    ['http://[::1]:3000', 404],
  ])('without a token: a form of a page of %s that a browser shows here: %i', async (origin, expected) => {
    const running = await provisioned();
    const { status } = await running.ask('POST', '/subscribers/nobody@home1.net/deregister', undefined, {
      origin,
    });
    expect(status).toBe(expected);
    await running.close();
  });

  test('a port that is taken: an error that says where', async () => {
    const running = await provisioned();
    const listen = { address: '127.0.0.1', port: Number(new URL(running.url).port) };
    await expect(provisioned({ listen })).rejects.toThrow(
      `127.0.0.1:${String(listen.port)} (EADDRINUSE): stop`,
    );
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
  type Operation = {
    operationId: string;
    summary: string;
    responses: Record<string, unknown>;
    security?: object[];
  };
  const operations = Object.values(body['paths'] as Record<string, Record<string, Operation>>).flatMap(
    (one) => Object.values(one),
  );
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(10);
  for (const { operationId, responses, security } of operations) {
    const refusals = ['401', '403', '500'].filter((status) => status in responses);
    expect([operationId, refusals, security]).toEqual(
      operationId === 'health' ? ['health', [], []] : [operationId, ['401', '403', '500'], undefined],
    );
  }
  expect(body['servers']).toMatchObject([{ url: '/' }]);
  await running.close();
});

test.each([
  ['GET', '/subscribers'],
  ['GET', '/subscribers/a'],
  ['GET', '/export'],
  ['PUT', '/subscribers/a'],
  ['POST', '/subscribers/a/deregister'],
  ['DELETE', '/subscribers/a'],
  ['POST', '/import'],
  ['GET', '/openapi.json'],
])('%s %s: what may come back is described, also where it is refused or wrong', async (method, path) => {
  // The kit holds every answer against the description.
  const open = await provisioned();
  const closed = await provisioned({ token: 't' });
  const statuses = [
    (await open.ask(method, path, undefined, { origin: 'http://evil.example' })).status,
    (await closed.ask(method, path)).status,
  ];
  if (method !== 'GET') {
    for (const type of [
      'application/json',
      'application/xml',
      'text/plain',
      'application/x-www-form-urlencoded',
    ]) {
      for (const body of ['{', 'x'.repeat(600_000)]) {
        statuses.push((await open.ask(method, path, body, { 'content-type': type })).status);
      }
    }
  }
  expect(statuses.slice(0, 2)).toEqual([403, 401]);
  await Promise.all([open.close(), closed.close()]);
});
