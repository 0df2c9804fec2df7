import { describe, expect, test } from '@jest/globals';
import { recordingTrace } from '@ims-sim/host';
import type { RecordingTrace } from '@ims-sim/host';
import type { ProvisioningOptions } from '../src/provisioning/start-provisioning.js';
import { alice, K, machine, OPC, plain, provisioned } from './provisioning-kit.js';

const HA1 = 'a0b1c2d3e4f5061728394a5b6c7d8e9f';
const at = '/subscribers/alice%40home1.net';

async function traced(options: Partial<ProvisioningOptions> = {}) {
  const trace = recordingTrace();
  return { trace, running: await provisioned({ ...options, host: { ...machine, trace } }) };
}

const texts = ({ messages }: RecordingTrace): string[] =>
  messages.map(({ bytes }) => Buffer.from(bytes).toString());
const firstLines = (trace: RecordingTrace): string[] =>
  texts(trace).map((text) => text.slice(0, text.indexOf('\r\n')));
const bodyOf = (text: string | undefined): string => text?.slice(text.indexOf('\r\n\r\n') + 4) ?? '';

describe('what the provisioning interface traces', () => {
  test('a change: the request as it came, then the answer, between the same two ends', async () => {
    const { trace, running } = await traced();
    await running.ask('PUT', at, alice);
    await running.close();
    expect(firstLines(trace)).toEqual([`PUT ${at} HTTP/1.1`, 'HTTP/1.1 201 Created']);
    const port = Number(new URL(running.url).port);
    const [asked, answered] = trace.messages;
    expect(asked).toMatchObject({ protocol: 'http', transport: 'tcp', direction: 'received' });
    expect(asked?.local).toEqual({ address: '127.0.0.1', port });
    expect(asked?.remote).toMatchObject({ address: '127.0.0.1' });
    expect(answered).toMatchObject({ protocol: 'http', transport: 'tcp', direction: 'sent' });
    expect([answered?.local, answered?.remote]).toEqual([asked?.local, asked?.remote]);
    const [request = '', answer = ''] = texts(trace);
    expect(request).toContain(`\r\nHost: 127.0.0.1:${String(port)}\r\n`);
    expect(request).toContain('\r\nContent-Type: application/json\r\n');
    expect(JSON.parse(bodyOf(request))).toMatchObject({
      implicitSets: alice.implicitSets,
      privateIdentities: [
        { identity: 'alice@home1.net', aka: { k: '***', opc: '***' } },
        { identity: 'alice_tablet@home1.net', digest: { password: '***' } },
      ],
    });
    expect(JSON.parse(bodyOf(answer))).toMatchObject({ result: 'added' });
    for (const text of [request, answer]) {
      expect(text).toContain(`\r\nContent-Length: ${String(Buffer.byteLength(bodyOf(text)))}\r\n\r\n`);
    }
  });

  test('the request stands before what is done for it', async () => {
    const trace = recordingTrace();
    const before: number[] = [];
    const { store, close, ask } = await provisioned({
      host: { ...machine, trace },
      changes: {
        add: async () => {
          before.push(trace.messages.length);
        },
      } as never,
    });
    await ask('POST', '/subscribers', plain('a'));
    await close();
    expect(await store.count()).toBe(0);
    expect([before, trace.messages.length]).toEqual([[1], 2]);
  });

  test.each([
    ['without the token', 401, 'of-the-file', { authorization: 'Bearer guessed' }],
    ['from a page of elsewhere', 403, undefined, { origin: 'http://evil.example' }],
  ])('a request %s: it and its %i, once each, without its body', async (_who, status, token, headers) => {
    const { trace, running } = await traced({ token });
    await running.ask('PUT', at, alice, headers as Record<string, string>);
    await running.close();
    expect(firstLines(trace)).toEqual([
      `PUT ${at} HTTP/1.1`,
      expect.stringMatching(`^HTTP/1.1 ${String(status)} `),
    ]);
    expect(bodyOf(texts(trace)[0])).toMatch(/^\(\d+ bytes\)$/);
    expect(texts(trace).join('')).not.toContain('guessed');
  });

  test('what leads nowhere or cannot be read has both, too', async () => {
    const { trace, running } = await traced();
    await running.ask('GET', '/nowhere');
    await running.ask('PUT', at, `{"password":hunter2`, { 'content-type': 'application/json' });
    await running.ask('PUT', at, 'x'.repeat(600_000), { 'content-type': 'application/json' });
    await running.close();
    expect(firstLines(trace)).toEqual([
      'GET /nowhere HTTP/1.1',
      'HTTP/1.1 404 Not Found',
      `PUT ${at} HTTP/1.1`,
      'HTTP/1.1 400 Bad Request',
      `PUT ${at} HTTP/1.1`,
      'HTTP/1.1 413 Payload Too Large',
    ]);
    expect(texts(trace).join('')).not.toContain('hunter2');
  });

  test('not /health, which is polled', async () => {
    const { trace, running } = await traced();
    await running.ask('GET', '/health');
    await fetch(`${running.url}/health?now`);
    expect(trace.messages).toEqual([]);
    await running.ask('GET', '/subscribers');
    expect(trace.messages).toHaveLength(2);
    await running.close();
  });

  test('with the trace off: nothing is given to it', async () => {
    const { trace, running } = await traced();
    const off = await provisioned({ host: { ...machine, trace: { ...trace, enabled: false } } });
    await off.ask('PUT', at, alice);
    await Promise.all([off.close(), running.close()]);
    expect(trace.messages).toEqual([]);
  });
});

describe('no secret is in it', () => {
  test('of requests and answers of each kind', async () => {
    const { trace, running } = await traced({ token: 'of-the-file' });
    const headers = { authorization: 'Bearer of-the-file' };
    const as = (type: string) => ({ ...headers, 'content-type': type });
    const bob = {
      ...plain('bob'),
      privateIdentities: [{ identity: 'bob@home1.net', digest: { ha1: HA1 } }],
    };
    const wrong = {
      ...alice,
      privateIdentities: [{ identity: 'x', aka: { K, OPc: OPC, ki: K, op: [{ is: 'an-operator' }] } }],
    };
    const lines = [JSON.stringify(alice), '{"password":wonderland}', 'wonderland'].join('\n');
    const xml = '<IMSSubscription><Password>wonderland</Password></IMSSubscription>';
    const statuses = [];
    for (const [method, path, body, type] of [
      ['POST', '/subscribers', alice, 'application/json'],
      ['POST', '/subscribers', bob, 'application/json'],
      ['PUT', at, wrong, 'application/json'],
      ['PUT', at, xml, 'application/xml'],
      ['GET', `${at}?secrets=true`, undefined, 'application/json'],
      ['GET', '/subscribers?secrets=true', undefined, 'application/json'],
      ['POST', '/import', lines, 'application/jsonl'],
      ['GET', '/export?secrets=true', undefined, 'application/json'],
    ] as const) {
      const asking = body === undefined ? headers : as(type);
      const { status, text } = await running.ask(method, path, body, asking);
      statuses.push(status);
      // What the client gets is not changed by it.
      if (path.includes('secrets=true')) expect(text).toContain(K);
    }
    await running.close();
    expect(statuses).toEqual([201, 201, 400, 400, 200, 200, 200, 200]);
    expect(trace.messages).toHaveLength(16);
    const all = texts(trace).join('\n');
    expect(all).toContain('\r\nAuthorization: ***\r\n');
    for (const secret of [K, OPC, HA1, 'wonderland', 'wonder', 'an-operator', 'of-the-file']) {
      expect(all).not.toContain(secret);
    }
  });

  test('what is streamed is named, not shown; XML is, its first 2,000 characters', async () => {
    const { trace, running } = await traced();
    await running.store.load([
      alice,
      ...Array.from({ length: 40 }, (_, i) => plain(`someone.of.many.${String(i)}`)),
    ]);
    const { text: exported } = await running.ask('GET', '/export');
    const { text: xml } = await running.ask('GET', at, undefined, { accept: 'application/xml' });
    const long = xml.replace('?>', `?><!--${'-x'.repeat(5000)}-->`);
    await running.ask('PUT', at, long, { 'content-type': 'application/xml' });
    await running.ask('POST', '/import', exported, { 'content-type': 'application/jsonl' });
    await running.close();
    const bodies = texts(trace).map(bodyOf);
    expect(bodies[1]).toBe('(streamed)');
    expect(bodies[3]).toBe(xml.slice(0, 2000));
    expect(bodies[4]).toBe(long.slice(0, 2000));
    expect(bodies[6]).toMatch(/^\((?:\d+ bytes|streamed)\)$/);
  });

  test.each([
    ['long', 'x'.repeat(100_000), /^\(\d+ bytes\)$/],
    ['deep', undefined, /"state":\[.*\.\.\./],
  ])('a body that is %s is bounded, and answered as without a trace', async (_how, state, expected) => {
    const { trace, running } = await traced();
    const nested = state === undefined ? '['.repeat(100_000) + ']'.repeat(100_000) : JSON.stringify(state);
    const body = `{"state":${nested},${JSON.stringify(plain('a')).slice(1)}`;
    const { status } = await running.ask('POST', '/subscribers', body, {
      'content-type': 'application/json',
    });
    await running.close();
    expect(status).toBe(201);
    expect(bodyOf(texts(trace)[0])).toMatch(expected);
    expect(Math.max(...texts(trace).map((text) => text.length))).toBeLessThan(20_000);
  });
});
