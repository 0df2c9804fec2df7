import { describe, expect, test } from '@jest/globals';
import { parseNameAddrList } from '@ims-sim/sip';
import { KeptOnce } from '../src/kept-once.js';
import { registeredIdentity } from '../src/registration.js';

function wildcarded(number: number, once: KeptOnce) {
  const [value] = parseNameAddrList(`<sip:group${number}!.*!@home1.net>`) ?? [];
  if (value === undefined) throw new Error('no address');
  return registeredIdentity(value, once);
}

describe('What registrations have in common', () => {
  test('a wildcarded identity is kept once by a P-CSCF, and by each for itself', () => {
    const [one, other] = [new KeptOnce(), new KeptOnce()];
    const first = wildcarded(1, one);
    expect(wildcarded(1, one)).toBe(first);
    expect(wildcarded(2, one)).not.toBe(first);
    expect(wildcarded(1, other)).not.toBe(first);
    expect(first.matches?.('sip:group1xyz@home1.net')).toBe(true);
    expect(first.matches?.('sip:group2xyz@home1.net')).toBe(false);
  });

  test('what comes when there is no more room is read all the same, and not kept', () => {
    const once = new KeptOnce();
    const first = wildcarded(0, once);
    for (let i = 1; i <= 1000; i++) wildcarded(i, once);
    expect(wildcarded(0, once)).toBe(first);
    expect(wildcarded(1000, once)).not.toBe(wildcarded(1000, once));
    expect(wildcarded(1000, once).text).toBe('sip:group1000!.*!@home1.net');
  });
});
