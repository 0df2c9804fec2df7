import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@ims-sim/host';
import { frame, FrameSplitter } from '../src/frame.js';
import { connectToServer, disconnect, Srf } from '../src/index.js';

interface FakeServer {
  readonly port: number;
  /** Commands that came, in their order, without those that were answered. */
  readonly waiting: string[];
  /** Once so many wait. */
  until(count: number): Promise<void>;
  answer(result: string): void;
  close(): void;
}

/** A drachtio-server that accepts any secret at once, and answers `route` when it is told to. */
async function fakeServer(): Promise<FakeServer> {
  const waiting: string[] = [];
  let socket: Socket | undefined;
  let onCommand: () => void = () => undefined;
  const respond = (id: string, result: string): void => {
    socket?.write(frame(`1|response|${id}|${result}`, undefined));
  };
  const server = createServer((its) => {
    socket = its;
    const splitter = new FrameSplitter();
    its.on('data', (bytes) => {
      for (const payload of splitter.push(bytes)) {
        const [id = '', command] = payload.split('|');
        if (command === 'authenticate') respond(id, 'OK|udp/127.0.0.1:5060');
        else waiting.push(id);
      }
      onCommand();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    waiting,
    until: (count) =>
      new Promise((resolve) => {
        onCommand = () => {
          if (waiting.length >= count) resolve();
        };
        onCommand();
      }),
    answer: (result) => respond(waiting.shift() ?? '', result),
    close: () => {
      socket?.destroy();
      server.close();
    },
  };
}

function application(): Srf {
  const srf = new Srf();
  srf.subscribe(() => undefined);
  srf.publish(() => undefined);
  srf.on('error', () => undefined);
  return srf;
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('an application on a drachtio-server elsewhere', () => {
  test('is connected once each of its methods has been acknowledged, not before', async () => {
    const server = await fakeServer();
    const srf = application();
    let isConnected = false;
    const at = { host: '127.0.0.1', port: server.port, secret: 's' };
    const connected = connectToServer(srf, at, { clock: systemClock, withinMs: 10_000 }).then(() => {
      isConnected = true;
    });
    await server.until(2);
    await turns();
    expect(isConnected).toBe(false);
    server.answer('OK');
    await turns();
    expect(isConnected).toBe(false);
    server.answer('OK');
    await connected;
    disconnect(srf);
    server.close();
  });

  test('a method that the server refuses is an error that says so', async () => {
    const server = await fakeServer();
    const at = { host: '127.0.0.1', port: server.port, secret: 's' };
    const connected = connectToServer(application(), at, { clock: systemClock, withinMs: 10_000 });
    const refused = expect(connected).rejects.toThrow('refused to route requests: NOK not that one');
    await server.until(2);
    server.answer('NOK|not that one');
    await refused;
    server.close();
  });

  test('nobody who answers in time is an error', async () => {
    const server = await fakeServer();
    const at = { host: '127.0.0.1', port: server.port, secret: 's' };
    const connected = connectToServer(application(), at, { clock: systemClock, withinMs: 50 });
    await expect(connected).rejects.toThrow('No drachtio-server answered');
    server.close();
  });
});
