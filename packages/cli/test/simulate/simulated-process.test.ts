import { describe, expect, test } from '@jest/globals';
import { MemoryNetwork, recordingTrace, seededRandom, VirtualClock } from '@ims-sim/host';
import { SimulatedProcess } from '../../src/simulate/simulated-process.js';

const HERE = { address: '10.0.0.1', port: 5060 };

function started() {
  const clock = new VirtualClock(0);
  const network = new MemoryNetwork({ clock, random: seededRandom(1) });
  const machine = network.host(HERE.address);
  const trace = recordingTrace();
  const begin = () =>
    new SimulatedProcess({ machine, clock, random: seededRandom(2), trace, hssStore: undefined });
  return { clock, trace, begin };
}

describe('a simulated process', () => {
  test('counts the timers that it waits for', async () => {
    const { clock, begin } = started();
    const process = begin();
    const fired: string[] = [];
    process.clock.timer(10, () => fired.push('a'));
    const b = process.clock.timer(20, () => fired.push('b'));
    expect(process.pendingTimers).toBe(2);
    b.cancel();
    b.cancel();
    expect(process.pendingTimers).toBe(1);
    await clock.advance(30);
    b.cancel();
    expect(process.pendingTimers).toBe(0);
    expect(fired).toEqual(['a']);
  });

  test('once killed, does nothing and hears nothing; the next one has its place', async () => {
    const { clock, trace, begin } = started();
    const dead = begin();
    const heard: string[] = [];
    const onDatagram = () => heard.push('datagram');
    const socket = await dead.net.udp(HERE, { onDatagram });
    dead.clock.timer(10, () => heard.push('timer'));
    const connecting = dead.net.connect({ address: HERE.address, port: 1 }, 1000, () => {
      heard.push('connected');
      return { onData: () => undefined, onClose: () => heard.push('closed') };
    });
    connecting.then(
      () => heard.push('resolved'),
      () => heard.push('refused'),
    );
    dead.kill();
    dead.sayReady();
    socket.send(Buffer.from('x'), HERE);
    for (const attempt of [dead.net.udp(HERE, { onDatagram }), dead.net.listen(HERE, () => NOBODY)]) {
      attempt.then(
        () => heard.push('bound'),
        () => heard.push('not bound'),
      );
    }
    const next = begin();
    const received: string[] = [];
    await next.net.udp(HERE, { onDatagram: (bytes) => received.push(bytes.toString()) });
    await clock.advance(2000);
    expect(heard).toEqual(['refused']); // by the network: to a promise that nobody of the dead one is left to hear
    expect(received).toEqual([]);
    expect(trace.decisions).toEqual([]);
    expect(dead.isKilled).toBe(true);
    expect(next.isKilled).toBe(false);
  });
});

const NOBODY = { onData: () => undefined, onClose: () => undefined };
