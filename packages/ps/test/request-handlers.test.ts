import { expect, test } from '@jest/globals';
import { Srf } from '@ims-sim/drachtio';
import { nodeNet, noTrace, seededRandom, silentLog, systemClock } from '@ims-sim/host';
import { parseMessage } from '@ims-sim/sip';
import { startPs } from '../src/index.js';
import { RULES } from './lab.js';

test('what the presence server does not take goes to the application that a request handler names', async () => {
  const heard: string[] = [];
  const srf = new Srf();
  srf.message((req, res) => {
    heard.push(req.method);
    res.send(202, {}, () => srf.endSession(req));
  });
  const server = srf.listen({ host: '127.0.0.1', port: 0, secret: 'cymru' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const at = typeof address === 'object' && address !== null ? address.port : 0;
  const ps = await startPs({
    host: {
      name: 'ps.home2.net',
      net: nodeNet,
      clock: systemClock,
      random: seededRandom(1),
      trace: noTrace,
      log: silentLog,
    },
    profile: 'ts-24.141',
    presentities: [{ identities: ['sip:user2_public1@home2.net'], rules: RULES }],
    endpoint: {
      kind: 'built-in',
      listen: { address: '127.0.0.1', port: 0 },
      resolver: { resolve: () => ({ kind: 'empty' }) },
      requestHandlers: [{ methods: ['MESSAGE'], uri: `tcp://127.0.0.1:${at}` }],
    },
  });
  const to = ps.listening ?? { address: '', port: 0 };
  const ask = async (method: string): Promise<number> => {
    let answered: (status: number) => void = () => undefined;
    const status = new Promise<number>((resolve) => (answered = resolve));
    const socket = await nodeNet.udp(
      { address: '127.0.0.1', port: 0 },
      {
        onDatagram(datagram) {
          const parsed = parseMessage(datagram.toString('latin1'));
          if (parsed.kind === 'message' && parsed.message.kind === 'response')
            answered(parsed.message.status);
        },
      },
    );
    const lines = [
      `${method} sip:user2_public1@home2.net SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${socket.local.port};branch=z9hG4bK-${method};rport`,
      'Max-Forwards: 70',
      'From: <sip:user1_public1@home1.net>;tag=1',
      'To: <sip:user2_public1@home2.net>',
      `Call-ID: ${method}`,
      `CSeq: 1 ${method}`,
      'Content-Length: 0',
    ];
    socket.send(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), to);
    const got = await status;
    socket.close();
    return got;
  };
  try {
    expect([await ask('MESSAGE'), await ask('INFO')]).toEqual([202, 405]);
    expect(heard).toEqual(['MESSAGE']);
  } finally {
    await ps.close();
    server.close();
  }
});
