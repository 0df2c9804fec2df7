import { describe, expect, test } from '@jest/globals';
import type { ApplicationServer, InitialFilterCriteria, ServicePointTrigger } from '@ims-sim/cx';
import { parseMessage, responseTo, valueOf, type SipRequest } from '@ims-sim/sip';
import { parseXml, textOf } from '@ims-sim/xml';
import { criterion, profileOf } from './harness.js';
import { network, register, type NetworkOptions } from './network.js';

type Types = NonNullable<(ServicePointTrigger & { kind: 'method' })['registrationTypes']>;

function registration(
  server: string,
  more: Partial<ApplicationServer> = {},
  registrationTypes?: Types,
  priority = 0,
): InitialFilterCriteria {
  const method: ServicePointTrigger = { kind: 'method', method: 'REGISTER', negated: false, groups: [0] };
  return criterion(priority, server, {
    triggerPoint: {
      cnf: true,
      servicePointTriggers: [registrationTypes === undefined ? method : { ...method, registrationTypes }],
    },
    applicationServer: { serverName: `sip:${server}`, defaultHandling: 'session-continued', ...more },
  });
}

async function registered(options: NetworkOptions, ...headers: [string, string][]) {
  const it = await network(options);
  const pcscf = await it.agent('pcscf1.home1.net');
  const as = await it.agent('as1.home1.net');
  const response = await pcscf.ask(register(...headers));
  expect(response.status).toBe(200);
  await it.host.clock.advance(10);
  return { ...it, pcscf, as };
}

const values = (request: SipRequest | undefined, key: string) => valueOf(request?.headers ?? [], key);
const GONE: [string, string] = ['Contact', '<sip:[5555::aaa]>;expires=0'];

describe('TS 24.229 5.4.1.7: third-party REGISTER', () => {
  test('at an initial registration: for the user, by the S-CSCF, as long as the 200 said', async () => {
    const { as } = await registered({ criteria: [registration('as1.home1.net')] });
    expect(as.requests).toHaveLength(1);
    const [request] = as.requests;
    expect(request).toMatchObject({ method: 'REGISTER', uri: 'sip:as1.home1.net', body: '' });
    expect(values(request, 'from')).toMatch(/^<sip:scscf1\.home1\.net>;tag=/);
    expect(values(request, 'to')).toBe('<sip:user1_public1@home1.net>');
    expect(values(request, 'contact')).toBe('<sip:scscf1.home1.net>');
    expect(values(request, 'expires')).toBe('3600');
    expect(values(request, 'p-access-network-info')).toContain('utran-cell-id-3gpp');
    expect(values(request, 'p-visited-network-id')).toBe('"Visited Network Number 1"');
    expect(values(request, 'p-charging-vector')).toBe('icid-value=icid1;orig-ioi="Type 3home1.net"');
    expect(values(request, 'p-charging-function-addresses')).toBe(
      'ccf="aaa://ccf1.home1.net"; ecf="aaa://ecf1.home1.net"',
    );
    expect(values(request, 'authorization')).toBeUndefined();
    expect(values(request, 'path')).toBeUndefined();
  });

  test('re-registration and de-registration are of the same Call-ID, with Expires 0 at the end', async () => {
    const { as, pcscf } = await registered({ criteria: [registration('as1.home1.net')] });
    await pcscf.ask(register());
    await pcscf.ask(register(GONE));
    expect(as.requests.map((request) => [values(request, 'cseq'), values(request, 'expires')])).toEqual([
      ['1 REGISTER', '3600'],
      ['2 REGISTER', '3600'],
      ['3 REGISTER', '0'],
    ]);
    expect(new Set(as.requests.map((request) => values(request, 'call-id'))).size).toBe(1);
  });

  test.each([
    ['initial', 1],
    ['re-registration', 2],
    ['de-registration', 3],
  ] as [Types[number], number][])('a criterion for %s is told of that alone', async (type, cseq) => {
    const all = [registration('as1.home1.net', {}, [type])];
    const { as, pcscf } = await registered({ criteria: all });
    const told = [as.requests.length];
    await pcscf.ask(register());
    told.push(as.requests.length);
    await pcscf.ask(register(GONE));
    told.push(as.requests.length);
    expect(told).toEqual([1, 2, 3].map((n) => (n >= cseq ? 1 : 0)));
  });

  test('the registration expires: Expires 0, and nothing of a REGISTER that is long gone', async () => {
    const { as, host } = await registered({ criteria: [registration('as1.home1.net')] });
    await host.clock.advance(3_602_000);
    expect(as.requests.map((request) => values(request, 'expires'))).toEqual(['3600', '0']);
    expect(values(as.requests[1], 'p-access-network-info')).toBeUndefined();
  });

  test('a criterion that does not match the REGISTER, or is for other requests, is not told', async () => {
    const { as } = await registered({
      criteria: [criterion(0, 'as1.home1.net'), registration('as1.home1.net', {}, ['de-registration'], 1)],
    });
    expect(as.requests).toEqual([]);
  });

  test('two criteria of one AS: one REGISTER; an identity that is barred: the default one', async () => {
    const { as } = await registered(
      { criteria: [registration('as1.home1.net'), registration('as1.home1.net', {}, undefined, 1)] },
      ['To', '<sip:user1_barred@home1.net>'],
    );
    expect(as.requests.map((request) => values(request, 'to'))).toEqual(['<sip:user1_public1@home1.net>']);
  });

  test('4.4: an AS of another domain hears nothing of the access, nor of the charging functions', async () => {
    const it = await network({
      user: profileOf(registration('as1.home1.net')),
      scscf: { domain: 'elsewhere.net', otherDomains: [] },
    });
    const pcscf = await it.agent('pcscf1.home1.net');
    const as = await it.agent('as1.home1.net');
    await pcscf.ask(register());
    expect(as.requests).toHaveLength(1);
    for (const key of ['p-access-network-info', 'p-visited-network-id', 'p-charging-function-addresses']) {
      expect(values(as.requests[0], key)).toBeUndefined();
    }
  });
});

describe('TS 24.229 5.4.1.7: the body of a third-party REGISTER', () => {
  test('7.6: the service information', async () => {
    const { as, pcscf } = await registered({
      criteria: [registration('as1.home1.net', { serviceInfo: 'a <b> & &c; é' })],
    });
    const [request] = as.requests;
    expect(values(request, 'content-type')).toBe('application/3gpp-ims+xml');
    const parsed = parseXml(Buffer.from(request?.body ?? '', 'latin1').toString('utf8'));
    if (parsed.kind === 'error') throw new Error(parsed.reason);
    const { root } = parsed;
    expect(root).toMatchObject({ name: 'ims-3gpp', attributes: [{ name: 'version', value: '1' }] });
    const [info] = root.children;
    if (info === undefined || typeof info === 'string') throw new Error('no service-info');
    expect([info.name, textOf(info)]).toEqual(['service-info', 'a <b> & &c; é']);
    await pcscf.ask(register(GONE));
    expect(as.requests[1]?.body).toBe('');
  });

  test('the REGISTER of the UE, as it came', async () => {
    const { as } = await registered({
      criteria: [registration('as1.home1.net', { includeRegisterRequest: true })],
    });
    expect(values(as.requests[0], 'content-type')).toBe('message/sip');
    const inner = parseMessage(as.requests[0]?.body ?? '');
    if (inner.kind !== 'message') throw new Error(inner.kind);
    expect(inner.message).toMatchObject({ kind: 'request', method: 'REGISTER' });
    expect(valueOf(inner.message.headers, 'call-id')).toBe('registration');
  });

  test('all three, in a multipart', async () => {
    const { as } = await registered({
      criteria: [
        registration('as1.home1.net', {
          serviceInfo: 'x',
          includeRegisterRequest: true,
          includeRegisterResponse: true,
        }),
      ],
    });
    const [request] = as.requests;
    const boundary = /^multipart\/mixed;boundary="([\w-]{22})"$/.exec(
      values(request, 'content-type') ?? '',
    )?.[1];
    const parts = (request?.body ?? '').split(`--${boundary}`);
    expect(parts).toHaveLength(5);
    expect(parts[0]).toBe('');
    expect(parts[4]).toBe('--\r\n');
    const types = parts.slice(1, 4).map((part) => /^\r\nContent-Type: (\S+)\r\n\r\n/.exec(part)?.[1]);
    expect(types).toEqual(['application/3gpp-ims+xml', 'message/sip', 'message/sip']);
    expect(parts[2]).toContain('REGISTER sip:scscf1.home1.net SIP/2.0');
    expect(parts[3]).toContain('SIP/2.0 200 OK');
    expect(parts[3]).toContain('P-Associated-URI: <sip:user1_public1@home1.net>');
  });
});

type Failing = [ApplicationServer['defaultHandling'], number | undefined];

describe('TS 24.229 5.4.1.7: an AS that fails', () => {
  async function failing(defaultHandling: ApplicationServer['defaultHandling'], status: number | undefined) {
    const it = await network({ criteria: [registration('as1.home1.net', { defaultHandling })] });
    const pcscf = await it.agent('pcscf1.home1.net');
    const as = await it.agent('as1.home1.net', (transaction) => {
      if (status !== undefined) transaction.respond(responseTo(transaction.request, status));
    });
    expect((await pcscf.ask(register())).status).toBe(200);
    await it.host.clock.advance(40_000);
    return { ...it, as, types: it.asked.map(({ type }) => type) };
  }

  test.each([
    ['session-terminated', 500],
    ['session-terminated', 408],
    ['session-terminated', undefined],
  ] as Failing[])('%s, %p: the registration is taken back (5.4.1.5)', async (handling, status) => {
    const { types, logged, scscf } = await failing(handling, status);
    expect(types).toEqual(['registration', 'administrative-deregistration']);
    expect(scscf.registrar.size).toBe(0);
    expect(logged.length).toBeGreaterThan(0);
  });

  test.each([
    ['session-continued', 500],
    ['session-continued', undefined],
    ['session-terminated', 403],
  ] as Failing[])('%s, %p: it stays', async (handling, status) => {
    const { types, logged, scscf } = await failing(handling, status);
    expect(types).toEqual(['registration']);
    expect(scscf.registrar.size).toBe(1);
    expect(logged.length).toBeGreaterThan(0);
  });
});

test('an AS that is told subscribes to the registration state (5.4.2.1.1)', async () => {
  const { as, pcscf } = await registered({ criteria: [registration('as1.home1.net')] });
  const subscribe = {
    ...register(
      ['P-Asserted-Identity', '<sip:as1.home1.net>'],
      ['Event', 'reg'],
      ['From', '<sip:as1.home1.net>;tag=as'],
      ['CSeq', '1 SUBSCRIBE'],
      ['Contact', '<sip:as1.home1.net>'],
    ),
    method: 'SUBSCRIBE',
    uri: 'sip:user1_public1@home1.net',
  };
  expect((await as.ask(subscribe)).status).toBe(200);
  await pcscf.ask(register(GONE));
  expect(as.requests.map(({ method }) => method).sort()).toEqual([
    'NOTIFY',
    'NOTIFY',
    'REGISTER',
    'REGISTER',
  ]);
});
