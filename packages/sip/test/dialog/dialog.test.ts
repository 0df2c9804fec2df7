import { describe, expect, test } from '@jest/globals';
import {
  completedBy,
  createRequest,
  forStrictRouter,
  header,
  inDialogRequest,
  isOfDialog,
  nextHopUri,
  receive,
  receiveResponse,
  responseTo,
  serialize,
  uacDialog,
  uacDialogFromNotify,
  uasDialog,
  valueOf,
  type Dialog,
  type SipRequest,
} from '../../src/index.js';

const VIA = header('Via', 'SIP/2.0/UDP h.example;branch=z9hG4bK1');

function subscribe(...more: [string, string][]): SipRequest {
  return createRequest({
    method: 'SUBSCRIBE',
    uri: 'sip:bob@example.com',
    headers: [
      VIA,
      header('From', 'Alice <sip:alice@example.com>;tag=a1'),
      header('To', '<sip:bob@example.com>'),
      header('Call-ID', 'c1@example.com'),
      header('CSeq', '61 SUBSCRIBE'),
      header('Contact', '<sip:alice@192.0.2.1:5070>'),
      ...more.map(([name, value]) => header(name, value)),
    ],
  });
}

const RECORDED: [string, string] = ['Record-Route', '<sip:p2.example;lr>, <sip:p1.example;lr>'];
const answered = (request: SipRequest, ...headers: [string, string][]) =>
  responseTo(request, 200, 'OK', {
    toTag: 'b1',
    recordRoute: true,
    headers: headers.map(([name, value]) => header(name, value)),
  });
const ok = answered(subscribe(RECORDED), ['Contact', '<sip:bob@192.0.2.9>']);
const uris = (dialog: Dialog | undefined) => dialog?.routeSet.map(({ uriText }) => uriText);

function notify(cseq: string, ...more: [string, string][]): SipRequest {
  return createRequest({
    method: cseq.split(' ')[1] ?? '',
    uri: 'sip:alice@192.0.2.1:5070',
    headers: [
      VIA,
      header('From', '<sip:bob@example.com>;tag=b1'),
      header('To', '<sip:alice@example.com>;tag=a1'),
      header('Call-ID', 'c1@example.com'),
      header('CSeq', cseq),
      ...more.map(([name, value]) => header(name, value)),
    ],
  });
}

describe('RFC 3261 12.1: both ends of one dialog', () => {
  const uac = uacDialog(subscribe(), ok);
  const uas = uasDialog(subscribe(RECORDED), ok);

  test('12.1.1: the end that answered has the routes in their order', () => {
    expect(uris(uas)).toEqual(['sip:p2.example;lr', 'sip:p1.example;lr']);
    expect(uas).toMatchObject({
      localTag: 'b1',
      remoteTag: 'a1',
      remoteTarget: 'sip:alice@192.0.2.1:5070',
      remoteCSeq: 61,
    });
  });

  test('12.1.2: the end that asked has them the other way round', () => {
    expect(uris(uac)).toEqual(['sip:p1.example;lr', 'sip:p2.example;lr']);
    expect(uac).toMatchObject({
      localTag: 'a1',
      remoteTag: 'b1',
      remoteTarget: 'sip:bob@192.0.2.9',
      localCSeq: 61,
    });
    expect(uac?.remoteCSeq).toBeUndefined();
  });

  test('no Contact, no To tag: no dialog', () => {
    expect(uacDialog(subscribe(), answered(subscribe()))).toBeUndefined();
    expect(uasDialog(subscribe(), responseTo(subscribe(), 200))).toBeUndefined();
    expect(uacDialog(subscribe(), answered(subscribe(), ['Contact', 'what is <this']))).toBeUndefined();
  });

  test('a route keeps its display name and its parameters', () => {
    const odd = answered(subscribe(['Record-Route', '"P, 1" <sip:p1.example;lr;x=%41>;y="a,b"']), [
      'Contact',
      '<sip:b@h>',
    ]);
    const made = uacDialog(subscribe(), odd);
    if (made === undefined) throw new Error('no dialog');
    const { request } = inDialogRequest(made, 'BYE');
    expect(valueOf(request.headers, 'route')).toBe('"P, 1" <sip:p1.example;lr;x=%41>;y="a,b"');
  });
});

describe('RFC 6665 4.4.1: a NOTIFY overtakes the 2xx', () => {
  const early = notify('42 NOTIFY', ['Contact', '<sip:ps.example:5080>']);
  const made = uacDialogFromNotify(subscribe(), early);

  test('it makes the dialog', () => {
    expect(made).toMatchObject({
      remoteTag: 'b1',
      remoteTarget: 'sip:ps.example:5080',
      localCSeq: 61,
      remoteCSeq: 42,
      routeSet: [],
    });
  });

  test('the 2xx completes the route set and leaves the target', () => {
    if (made === undefined) throw new Error('no dialog');
    const complete = completedBy(made, ok);
    expect(uris(complete)).toEqual(['sip:p1.example;lr', 'sip:p2.example;lr']);
    expect(complete.remoteTarget).toBe('sip:ps.example:5080');
    expect(
      completedBy(made, responseTo(subscribe(RECORDED), 200, 'OK', { toTag: 'other', recordRoute: true })),
    ).toBe(made);
  });

  test('the 2xx to a SUBSCRIBE of another dialog is no other route set', () => {
    expect(made && isOfDialog(made, early)).toBe(true);
    expect(made && isOfDialog(made, notify('43 NOTIFY', ['X', '1']))).toBe(true);
  });
});

describe('RFC 3261 12.2.1.1: a request within the dialog', () => {
  const dialog = uacDialog(subscribe(), ok) as Dialog;

  test('is whole but for its Via', () => {
    const { request, dialog: after } = inDialogRequest(dialog, 'SUBSCRIBE', {
      headers: [header('Expires', '0')],
    });
    expect(serialize(request)).toBe(
      [
        'SUBSCRIBE sip:bob@192.0.2.9 SIP/2.0',
        'Max-Forwards: 70',
        'Route: <sip:p1.example;lr>, <sip:p2.example;lr>',
        'From: Alice <sip:alice@example.com>;tag=a1',
        'To: <sip:bob@example.com>;tag=b1',
        'Call-ID: c1@example.com',
        'CSeq: 62 SUBSCRIBE',
        'Expires: 0',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    expect(after.localCSeq).toBe(62);
  });

  test('an ACK has the number of its INVITE, and counts nothing', () => {
    const { request, dialog: after } = inDialogRequest({ ...dialog, localCSeq: 70 }, 'ACK', { cseq: 61 });
    expect(valueOf(request.headers, 'cseq')).toBe('61 ACK');
    expect(after.localCSeq).toBe(70);
  });

  test('a strict router first: its URI in the request line, the target last', () => {
    const strict = uacDialog(
      subscribe(),
      answered(subscribe(['Record-Route', '<sip:p2.example;lr>, <sip:p1.example;x=1>']), [
        'Contact',
        '<sip:bob@h>',
      ]),
    );
    if (strict === undefined) throw new Error('no dialog');
    const { request } = inDialogRequest(strict, 'BYE');
    expect(nextHopUri(request)).toMatchObject({ host: 'p1.example' });
    const sent = forStrictRouter(request);
    expect(sent.uri).toBe('sip:p1.example;x=1');
    expect(valueOf(sent.headers, 'route')).toBe('<sip:p2.example;lr>');
    expect(sent.headers.filter(({ key }) => key === 'route').map(({ value }) => value)).toEqual([
      '<sip:p2.example;lr>',
      '<sip:bob@h>',
    ]);
  });
});

describe('RFC 3261 12.2.2: a request of the dialog comes in', () => {
  const dialog = { ...(uacDialog(subscribe(), ok) as Dialog), remoteCSeq: 42 };

  test.each([
    ['the next', '43 NOTIFY', 43],
    ['a gap', '50 NOTIFY', 50],
    ['an ACK of an earlier INVITE', '41 ACK', 42],
  ])('%s: in order', (_title, cseq, after) => {
    expect(receive(dialog, notify(cseq))).toMatchObject({ kind: 'ok', dialog: { remoteCSeq: after } });
  });

  test('overtaken: 500', () => {
    expect(receive(dialog, notify('41 NOTIFY'))).toMatchObject({ kind: 'reply', status: 500 });
  });

  test.each([
    ['NOTIFY', 'sip:new@h'],
    ['UPDATE', 'sip:new@h'],
    ['INVITE', 'sip:new@h'],
    ['MESSAGE', 'sip:bob@192.0.2.9'],
  ])('a Contact in %s: the target is then %s', (method, target) => {
    const received = receive(dialog, notify(`43 ${method}`, ['Contact', '<sip:new@h>']));
    expect(received).toMatchObject({ kind: 'ok', dialog: { remoteTarget: target } });
  });

  test('12.2.1.2: the 2xx to a refresh moves the target, a failure does not', () => {
    const refresh = inDialogRequest(dialog, 'SUBSCRIBE').request;
    const contact = [header('Contact', '<sip:new@h>')];
    expect(receiveResponse(dialog, responseTo(refresh, 200, 'OK', { headers: contact })).remoteTarget).toBe(
      'sip:new@h',
    );
    expect(receiveResponse(dialog, responseTo(refresh, 302, 'x', { headers: contact })).remoteTarget).toBe(
      'sip:bob@192.0.2.9',
    );
  });
});
