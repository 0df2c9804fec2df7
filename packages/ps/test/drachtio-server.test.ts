import { expect, test } from '@jest/globals';
import { startDrachtio } from '@ims-sim/drachtio';
import { nodeNet, noTrace, seededRandom, silentLog, systemClock, type Host } from '@ims-sim/host';
import { parseMessage, responseTo, serialize, valueOf, type SipMessage } from '@ims-sim/sip';
import { startPs, type PsOptions } from '../src/index.js';
import { RULES } from './lab.js';

const host: Host = {
  name: 'ps.home2.net',
  net: nodeNet,
  clock: systemClock,
  random: seededRandom(1),
  trace: noTrace,
  log: silentLog,
};

const options = (port: number, secret: string): PsOptions => ({
  host,
  profile: 'ts-24.141',
  presentities: [{ identities: ['sip:user2_public1@home2.net'], rules: RULES }],
  endpoint: { kind: 'drachtio-server', host: '127.0.0.1', port, secret },
});

test('The presence server runs on a drachtio-server elsewhere, by TCP', async () => {
  const drachtio = await startDrachtio({
    host,
    sip: {
      listen: { address: '127.0.0.1', port: 0 },
      resolver: { resolve: () => ({ kind: 'empty' }) },
      trying: 'never',
    },
    listen: { address: '127.0.0.1', port: 0 },
    secret: 'sesame',
  });
  const port = drachtio.listening?.port ?? 0;
  await expect(startPs(options(port, 'wrong'))).rejects.toThrow('refused the secret');
  const ps = await startPs(options(port, 'sesame'));
  const got: SipMessage[] = [];
  let done: () => void = () => undefined;
  const notified = new Promise<void>((resolve) => (done = resolve));
  const to = drachtio.stack.listening;
  const watcher = await nodeNet.udp(
    { address: '127.0.0.1', port: 0 },
    {
      onDatagram(datagram) {
        const parsed = parseMessage(datagram.toString('latin1'));
        if (parsed.kind !== 'message') return;
        got.push(parsed.message);
        if (parsed.message.kind !== 'request') return;
        watcher.send(Buffer.from(serialize(responseTo(parsed.message, 200))), to);
        done();
      },
    },
  );
  const { port: own } = watcher.local;
  const subscribe = [
    'SUBSCRIBE sip:user2_public1@home2.net SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bK-1;rport`,
    'Max-Forwards: 70',
    'P-Asserted-Identity: <sip:user1_public1@home1.net>',
    'From: <sip:user1_public1@home1.net>;tag=1',
    'To: <sip:user2_public1@home2.net>',
    'Call-ID: c1',
    'CSeq: 1 SUBSCRIBE',
    'Event: presence',
    `Contact: <sip:127.0.0.1:${own}>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  // At once: the server has acknowledged the methods that it wants.
  watcher.send(Buffer.from(subscribe), to);
  await notified;
  expect(got[0]).toMatchObject({ kind: 'response', status: 200 });
  expect(valueOf(got[0]?.headers ?? [], 'event')).toBeUndefined();
  expect(got[1]).toMatchObject({ kind: 'request', method: 'NOTIFY', uri: `sip:127.0.0.1:${own}` });
  expect(valueOf(got[1]?.headers ?? [], 'content-type')).toBe('application/pidf+xml');
  expect(valueOf(got[1]?.headers ?? [], 'subscription-state')).toBe('active;expires=3600');
  await ps.close();
  watcher.close();
  await drachtio.close();
});
