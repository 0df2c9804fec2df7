import { describe, expect, test } from '@jest/globals';
import { header } from '@ims-sim/sip';
import { REG_AWAIT_AUTH_MS, Registrations, SecurityAssociations } from '../src/index.js';
import { lab, source, UE } from './harness.js';

describe('a table that is full of what is still valid', () => {
  test('of registrations is not walked for each one that it refuses, and is when one has run out', async () => {
    const it = lab();
    it.register();
    const [one] = it.pcscf.registrations.at(UE)?.registrations ?? [];
    if (one === undefined) throw new Error('test');
    let looks = 0;
    const at = (port: number, expiresAtMs: number) => ({
      ...one,
      source: source('5555::aaa', port),
      get expiresAtMs() {
        looks++;
        return expiresAtMs;
      },
    });
    const { clock } = it.host;
    const startMs = clock.now();
    const table = new Registrations(clock, { registrations: 2 });
    expect(table.bind(at(1, startMs + 10_000))).toBe(true);
    expect(table.bind(at(2, startMs + 90_000))).toBe(true);
    expect(table.bind(at(3, startMs + 90_000))).toBe(false);
    looks = 0;
    for (let port = 4; port < 50; port++) {
      expect(table.bind(at(port, startMs + 90_000))).toBe(false);
    }
    expect(looks).toBe(0);
    await clock.advance(10_000);
    expect(table.bind(at(3, startMs + 90_000))).toBe(true);
    expect(table.bind(at(4, startMs + 90_000))).toBe(false);
    expect(table.size).toBe(2);
  });

  test('of associations makes room when one has run out, also one that was let go early', async () => {
    const { clock } = lab().host;
    const table = new SecurityAssociations(clock, 2);
    const of = (port: number) => ({
      source: source('5555::aaa', port),
      privateIdentity: `user${port}@home1.net`,
      offered: '',
      agreed: `${port}`,
      given: header('Security-Server', ''),
      nonce: '',
      keys: undefined,
      offer: { algorithm: 'hmac-sha-1-96', encryption: 'null', clientPort: port, serverPort: port + 1 },
    });
    const first = of(10);
    expect(table.challenge(first)).toBe(true);
    table.establish(first, clock.now() + 600_000, 0);
    expect(table.challenge(of(20))).toBe(true);
    expect(table.challenge(of(30))).toBe(false);
    await clock.advance(2000);
    table.release(first, 1000);
    expect(table.challenge(of(30))).toBe(false);
    await clock.advance(1000);
    expect(table.challenge(of(30))).toBe(true);
    expect(table.challenge(of(40))).toBe(false);
    await clock.advance(REG_AWAIT_AUTH_MS - 3000); // the second's time is up, the third's not
    expect(table.challenge(of(40))).toBe(true);
    expect(table.challenge(of(50))).toBe(false);
    expect(table.size).toBe(2);
  });
});
