import { describe, expect, test } from '@jest/globals';
import type { Decision, Fork } from '@ims-sim/sip';
import {
  backFromAs,
  criterion,
  forwarded,
  lab,
  lines,
  method,
  profileOf,
  request,
  texts,
  valuesOf,
} from './harness.js';

const user = profileOf(criterion(0, 'ps.home1.net'));
const MESSAGE: [string, string][] = [
  ['SUBSCRIBE sip', 'MESSAGE sip'],
  ['61 SUBSCRIBE', '61 MESSAGE'],
];

describe('TS 24.229 5.4.3.3: an initial request for the served user', () => {
  test('TR 24.841 steps 10 and 11: to the presence server, with a second Route back that has a token', async () => {
    const it = lab({ user });
    await it.register();
    const message = request('terminating');
    const forward = forwarded(it.askAtOnce(message));
    expect(texts(forward)).toEqual([
      'criterion with priority 0 matches: Method = SUBSCRIBE AND Event = presence -> ps.home1.net',
    ]);
    const [route] = valuesOf(forward.request, 'route');
    expect(route).toMatch(/^<sip:ps\.home1\.net;lr>, <sip:scscf1\.home1\.net;lr;tag=z9hG4bK[\w-]{11}>$/);
    expect(lines(forward.request)).toEqual(
      lines(message).map((line) => (line.startsWith('Route') ? `Route: ${route}` : line)),
    );
    expect(forward.request.uri).toBe('sip:user1_public1@home1.net');
    expect(forward.recordRoute).toBe('sip:scscf1.home1.net;lr');
  });

  test('ts-24.141: the S-CSCF of the presentity stays out of the dialog', async () => {
    const it = lab({ user, profile: 'ts-24.141' });
    await it.register();
    expect(forwarded(it.askAtOnce(request('terminating'))).recordRoute).toBeUndefined();
  });

  test('what no criterion takes goes to the contact along its Path, with P-Called-Party-ID', async () => {
    const it = lab({ user });
    await it.register();
    const forward = forwarded(it.askAtOnce(request('terminating', ...MESSAGE)));
    expect(forward.request.uri).toBe('sip:[5555::aaa]');
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:pcscf1.home1.net;lr>']);
    expect(valuesOf(forward.request, 'p-called-party-id')).toEqual(['<sip:user1_public1@home1.net>']);
    expect(forward.recordRoute).toBeUndefined(); // it makes no dialog
  });

  test('after the AS sends it on it goes to the user', async () => {
    const it = lab({ user });
    await it.register();
    const first = forwarded(it.askAtOnce(request('terminating')));
    const forward = forwarded(it.askAtOnce(backFromAs(first.request, ['Call-ID', 'Call-ID: other'])));
    expect(forward.request.uri).toBe('sip:[5555::aaa]');
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:pcscf1.home1.net;lr>']);
  });

  test('an AS that changes the Request-URI sends it to somebody else: no further criteria of this user', async () => {
    const two = profileOf(criterion(0, 'ps.home1.net'), criterion(1, 'second.home1.net'));
    const it = lab({ user: two });
    await it.register();
    const first = forwarded(it.askAtOnce(request('terminating')));
    const same = forwarded(it.askAtOnce(backFromAs(first.request, ['uri', 'sip:user1_public1@HOME1.net'])));
    expect(valuesOf(same.request, 'route')[0]).toMatch(/^<sip:second/);
    const diverted = lab({
      user: profileOf(
        criterion(0, 'ps.home1.net', {
          triggerPoint: {
            cnf: false,
            servicePointTriggers: [
              { kind: 'session-case', sessionCase: 'terminating-registered', negated: false, groups: [0] },
            ],
          },
        }),
      ),
    });
    await diverted.register();
    const sent = forwarded(diverted.askAtOnce(request('terminating')));
    const elsewhere = forwarded(
      diverted.askAtOnce(backFromAs(sent.request, ['uri', 'sip:user2_public1@home2.net'])),
    );
    expect(valuesOf(elsewhere.request, 'route')).toEqual(['<sip:icscf2.home2.net;lr>']);
    expect(texts(elsewhere)[0]).toContain('changed the Request-URI');
  });

  describe('of several contacts', () => {
    const A = 'sip:[5555::aaa]';
    const B = 'sip:[5555::bbb]';
    const C = 'sip:[5555::ccc]';

    async function threeContacts() {
      const it = lab();
      await it.register([';expires', ';q=0.5;expires']);
      await it.register(['CSeq: 1', 'CSeq: 2'], ['[5555::aaa]>;', '[5555::bbb]>;q=0.9;']);
      await it.register(['CSeq: 1', 'CSeq: 3'], ['[5555::aaa]>;', '[5555::ccc]>;q=0.5;']);
      return it;
    }

    function forked(decision: Decision): Fork {
      if (decision.kind !== 'fork') throw new Error(`no fork: ${decision.kind}`);
      return decision;
    }
    const uris = ({ groups }: Fork) => groups.map((group) => group.map(({ request: { uri } }) => uri));

    test.each([
      ['RFC 3261 16.6: by q from the highest down, those with one q at once', '', [[B], [C, A]]],
      ['RFC 3841 9.1: sequential', 'Request-Disposition: sequential', [[B], [C], [A]]],
      ['RFC 3841 9.1: parallel', 'Request-Disposition: proxy, Parallel', [[B, C, A]]],
      [
        'RFC 3841 9.1: the first of two that contradict',
        'Request-Disposition: parallel, sequential',
        [[B, C, A]],
      ],
      ['RFC 3841 9.1: compact, unknown directives', 'd: queue, x', [[B], [C, A]]],
      ['Accept-Contact is not looked at', 'Accept-Contact: *;audio;require', [[B], [C, A]]],
    ])('%s', async (_title, line, groups) => {
      const it = await threeContacts();
      const message = request('terminating', ['Event: presence', `Event: presence${line && `\n${line}`}`]);
      const fork = forked(it.askAtOnce(message));
      expect(uris(fork)).toEqual(groups);
      for (const branch of fork.groups.flat()) {
        expect(valuesOf(branch.request, 'route')).toEqual(['<sip:pcscf1.home1.net;lr>']);
        expect(valuesOf(branch.request, 'p-called-party-id')).toEqual(['<sip:user1_public1@home1.net>']);
        expect(branch.recordRoute).toBe('sip:scscf1.home1.net;lr');
      }
    });

    test('RFC 3841 9.1: no-fork: the best one alone', async () => {
      const it = await threeContacts();
      const message = request('terminating', [
        'Event: presence',
        'Event: presence\nRequest-Disposition: no-fork',
      ]);
      const forward = forwarded(it.askAtOnce(message));
      expect(forward.request.uri).toBe(B);
      expect(forward.onFailure).toBeUndefined();
    });

    test('each makes room for the next in time; a contact of an INVITE may ring', async () => {
      const it = await threeContacts();
      const times = (fork: Fork) => fork.groups.map((group) => group.map(({ timeoutMs }) => timeoutMs));
      expect(times(forked(it.askAtOnce(request('terminating'))))).toEqual([[4000], [12_000, 12_000]]);
      const invite = request('terminating', ['SUBSCRIBE sip', 'INVITE sip'], ['61 SUBSCRIBE', '61 INVITE']);
      expect(times(forked(it.askAtOnce(invite)))).toEqual([[undefined], [undefined, undefined]]);
    });

    test('after an application server, too', async () => {
      const it = lab({ user });
      await it.register();
      await it.register(['CSeq: 1', 'CSeq: 2'], ['[5555::aaa]>;', '[5555::bbb]>;']);
      const first = forwarded(it.askAtOnce(request('terminating')));
      expect(uris(forked(it.askAtOnce(backFromAs(first.request))))).toEqual([[B, A]]);
    });
  });

  test('a wildcarded identity: its own name is in P-Called-Party-ID', async () => {
    const [part] = user.serviceProfiles;
    const publicIdentities = [
      { identity: 'sip:user1_public1@home1.net', barred: false },
      { identity: 'sip:pbx!.*!@home1.net', barred: false },
    ];
    const it = lab({
      user: { ...user, serviceProfiles: part === undefined ? [] : [{ ...part, publicIdentities }] },
    });
    await it.register();
    const message = request('terminating', ...MESSAGE, [
      'sip:user1_public1@home1.net SIP',
      'sip:pbx42@home1.net SIP',
    ]);
    const forward = forwarded(it.askAtOnce(message));
    expect(valuesOf(forward.request, 'p-called-party-id')).toEqual(['<sip:pbx42@home1.net>']);
  });

  test.each([
    ['sip:user1_barred@home1.net', 404],
    ['sip:somebody@elsewhere.net', 404],
    ['http://x/', 404],
  ])('%s: %i', async (uri, status) => {
    const it = lab();
    await it.register();
    expect(
      await it.ask(request('terminating', ['SUBSCRIBE sip:user1_public1@home1.net', `SUBSCRIBE ${uri}`])),
    ).toMatchObject({
      kind: 'reply',
      status,
    });
    expect(it.asked).toHaveLength(1);
  });

  test('a tel URI means the same user', async () => {
    const it = lab();
    await it.register();
    const forward = forwarded(
      it.askAtOnce(
        request('terminating', ['SUBSCRIBE sip:user1_public1@home1.net', 'SUBSCRIBE tel:+12125551111']),
      ),
    );
    expect(valuesOf(forward.request, 'p-called-party-id')).toEqual(['<tel:+12125551111>']);
  });
});

describe('TS 24.229 5.4.3.3: a user who is not registered', () => {
  test('services for unregistered users; the profile is kept for a minute', async () => {
    const it = lab({
      user: profileOf(
        criterion(0, 'registered.home1.net', {
          triggerPoint: {
            cnf: false,
            servicePointTriggers: [
              { kind: 'session-case', sessionCase: 'terminating-registered', negated: false, groups: [0] },
            ],
          },
        }),
        criterion(1, 'mailbox.home1.net', {
          triggerPoint: {
            cnf: false,
            servicePointTriggers: [
              { kind: 'session-case', sessionCase: 'terminating-unregistered', negated: false, groups: [0] },
            ],
          },
        }),
      ),
    });
    const forward = forwarded(await it.ask(request('terminating')));
    expect(valuesOf(forward.request, 'route')[0]).toMatch(/^<sip:mailbox/);
    expect(it.asked).toEqual([
      {
        publicIdentities: ['sip:user1_public1@home1.net'],
        serverName: 'sip:scscf1.home1.net',
        type: 'unregistered-user',
        userDataAlreadyAvailable: false,
      },
    ]);
    it.askAtOnce(request('terminating'));
    await it.host.clock.advance(62_000);
    expect(it.scscf.registrar.size).toBe(0);
    expect(it.host.clock.pendingTimers).toBe(0);
  });

  test('480 where no service takes it', async () => {
    const it = lab({
      user: profileOf(
        criterion(0, 'x', { triggerPoint: { cnf: false, servicePointTriggers: [method('INVITE')] } }),
      ),
    });
    expect(await it.ask(request('terminating'))).toMatchObject({ kind: 'reply', status: 480 });
  });

  test.each([
    [{ kind: 'unknown-user' } as const, 404],
    [{ kind: 'identity-not-registered' } as const, 480],
    [{ kind: 'failed', resultCode: 5012 } as const, 480],
    [{ kind: 'unreachable', reason: 'x' } as const, 480],
    [{ kind: 'assigned' } as const, 480],
  ])('the HSS says %j: %i', async (answer, status) => {
    const it = lab();
    it.answers.push(answer);
    expect(await it.ask(request('terminating'))).toMatchObject({ kind: 'reply', status });
  });

  test('a registration takes the place of the kept profile', async () => {
    const it = lab();
    await it.ask(request('terminating'));
    expect((await it.register()).status).toBe(200);
    expect(forwarded(it.askAtOnce(request('terminating'))).request.uri).toBe('sip:[5555::aaa]');
    await it.host.clock.advance(120_000);
    expect(forwarded(it.askAtOnce(request('terminating'))).request.uri).toBe('sip:[5555::aaa]');
  });
});

describe('TS 24.229 5.4.3: within a dialog', () => {
  test('TR 24.841 step 19: the telephone number of the asserted user on a line of its own', async () => {
    const it = lab();
    await it.register();
    const message = request('notify');
    const forward = forwarded(it.askAtOnce(message));
    expect(lines(forward.request)).toEqual([
      ...lines(message).slice(0, 3),
      'P-Asserted-Identity: <tel:+1-212-555-1111>',
      'Privacy: none',
      'Route: <sip:scscf2.home2.net;lr>, <sip:pcscf2.home2.net;lr>',
      ...lines(message).slice(5),
    ]);
    expect(forward.recordRoute).toBeUndefined();
  });

  const TOWARDS_USER1: [string, string][] = [
    [
      '<sip:user1_public1@home1.net>',
      '<sip:user2_public1@home2.net>\nP-Asserted-Identity: <tel:+1-212-555-2222>',
    ],
    [
      '<sip:scscf1.home1.net;lr>, <sip:scscf2.home2.net;lr>, <sip:pcscf2.home2.net;lr>',
      '<sip:scscf1.home1.net;lr>, <sip:pcscf1.home1.net;lr>',
    ],
  ];

  test('TR 24.841 step 20: P-Called-Party-ID behind Event, towards the own P-CSCF', async () => {
    const it = lab();
    await it.register();
    const forward = forwarded(it.askAtOnce(request('notify', ...TOWARDS_USER1)));
    expect(valuesOf(forward.request, 'p-asserted-identity')).toHaveLength(2);
    const sent = lines(forward.request);
    expect(sent[sent.indexOf('Event: presence') + 1]).toBe(
      'P-Called-Party-ID: <sip:user2_public1@home2.net>',
    );
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:pcscf1.home1.net;lr>']);
  });

  test('ts-24.141: a request within a dialog is not touched', async () => {
    const it = lab({ profile: 'ts-24.141' });
    await it.register();
    const message = request('notify', ...TOWARDS_USER1);
    const forward = forwarded(it.askAtOnce(message));
    expect(lines(forward.request).filter((line) => !line.startsWith('Route'))).toEqual(
      lines(message).filter((line) => !line.startsWith('Route')),
    );
  });

  test('403 where the S-CSCF is not in the Route, and from outside of the trust domain', async () => {
    const it = lab();
    expect(it.askAtOnce(request('notify', ['<sip:scscf1.home1.net;lr>, ', '']))).toMatchObject({
      kind: 'reply',
      status: 403,
    });
    const strict = lab({ scscf: { trusted: () => false } });
    expect(strict.askAtOnce(request('notify'))).toMatchObject({ kind: 'reply', status: 403 });
  });
});
