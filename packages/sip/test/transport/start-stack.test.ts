import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { nodeNet, noTrace, silentLog, systemClock, systemRandom, type Host } from '@ims-sim/host';
import { startSipStack, type SendOptions, type SipStack } from '../../src/index.js';
import { answer, hosts, NO_DNS, stackAt, toSend } from '../transaction/kit.js';

const machine: Host = {
  name: 'test.home1.net',
  net: nodeNet,
  clock: systemClock,
  random: systemRandom,
  trace: noTrace,
  log: silentLog,
};

/** A stack on this machine's loopback that answers everything with 200. */
function answering(host = machine, address = '127.0.0.1'): Promise<SipStack> {
  return startSipStack({
    host,
    listen: { address, port: 0 },
    resolver: NO_DNS,
    trying: 'never',
    onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
  });
}

function ask(client: SipStack, options: SendOptions): Promise<number | string> {
  return new Promise((resolve) => {
    client.send(
      toSend(),
      { onResponse: ({ status }) => resolve(status), onFailure: (failure) => resolve(failure) },
      options,
    );
  });
}

function has(command: string): boolean {
  if (process.env['IMS_PEERS_REQUIRED'] !== undefined) return true; // CI: what is missing fails
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('startSipStack', () => {
  test('binds UDP and TCP at one port, another where TCP has that taken', async () => {
    const { alice } = hosts();
    const address = '10.0.0.1';
    await alice.net.listen({ address, port: 49_152 }, () => ({
      onData: () => undefined,
      onClose: () => undefined,
    }));
    const stack = await stackAt(alice, address, { listen: { address, port: 0 } });
    expect(stack.listening).toEqual({ address, port: 49_153 });
    expect(stack.sentBy).toBe('10.0.0.1:49153');
  });

  test('the same on this machine, whose errors are of another realm than this file', async () => {
    const address = '127.0.0.1';
    const nothing = { onData: () => undefined, onClose: () => undefined };
    const taken = await nodeNet.listen({ address, port: 0 }, () => nothing);
    let asked = 0;
    const udp: typeof nodeNet.udp = ({ port }, receiver) =>
      nodeNet.udp({ address, port: asked++ === 0 ? taken.local.port : port }, receiver);
    const stack = await answering({ ...machine, net: { ...nodeNet, udp } });
    expect(asked).toBe(2);
    expect(stack.listening.port).not.toBe(taken.local.port);
    await stack.close();
    taken.close();
  });

  test('rejects where the port is taken, and leaves nothing bound', async () => {
    const { alice } = hosts();
    const address = '10.0.0.1';
    const listener = await alice.net.listen({ address, port: 5060 }, () => ({
      onData: () => undefined,
      onClose: () => undefined,
    }));
    await expect(stackAt(alice, address)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    listener.close();
    await expect(stackAt(alice, address)).resolves.toBeDefined();
  });

  test('wants a sentBy where it listens at every address', async () => {
    const { alice } = hosts();
    await expect(stackAt(alice, '0.0.0.0')).rejects.toThrow('needs a sentBy');
    await expect(stackAt(alice, '0.0.0.0', { sentBy: 'alice.home1.net' })).resolves.toBeDefined();
  });

  test.each<[string, 'UDP' | 'TCP']>([
    ['127.0.0.1', 'UDP'],
    ['127.0.0.1', 'TCP'],
    ['::1', 'UDP'],
    ['::1', 'TCP'],
  ])('on real sockets: %s, %s', async (address, transport) => {
    const server = await answering(machine, address);
    const client = await answering(machine, address);
    const { port } = server.listening;
    expect(await ask(client, { targets: [{ transport, address, port }] })).toBe(200);
    await server.close();
    expect(await ask(client, { targets: [{ transport: 'TCP', address, port }] })).toBe('transport');
    await client.close();
  });
});

interface SippResult {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs SIPp's OPTIONS scenario: 500 calls, at most 500 a second and 20 at a time. Nothing is sent again, for which we might be too
 * late on a busy machine; and 20 datagrams have room in a socket that nobody reads for a while.
 */
function sipp(to: string, transport: 'u1' | 't1'): Promise<SippResult> {
  const scenario = fileURLToPath(new URL('../../../test/sipp/options.xml', import.meta.url));
  const bounds = [
    '-m',
    '500',
    '-r',
    '500',
    '-l',
    '20',
    '-timeout',
    '60',
    '-timeout_error',
    '-recv_timeout',
    '20000',
  ];
  const rest = ['-sf', scenario, '-t', transport, '-i', '127.0.0.1', '-nostdin', '-nr'];
  const child = spawn('sipp', [to, ...rest, ...bounds], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

describe('SIPp as the client', () => {
  (has('sipp') ? test : test.skip).each(['u1', 't1'] as const)(
    '500 OPTIONS over %s: no failure, one answer each [needs sipp]',
    async (transport) => {
      const server = await answering();
      const { code, output } = await sipp(`127.0.0.1:${server.listening.port}`, transport);
      expect(output.slice(-2000)).toMatch(/Failed call +\| +0 +\| +0/);
      expect(code).toBe(0);
      expect(server.counters.received).toBe(500);
      expect(server.counters.sent).toBe(500);
      expect(server.counters.retransmissionsReceived).toBe(0);
      await server.close();
    },
    180_000,
  );
});
