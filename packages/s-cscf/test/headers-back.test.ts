import { describe, expect, test } from '@jest/globals';
import { header, responseTo, valueOf, type SipResponse } from '@ims-sim/sip';
import { forwarded, lab, profileOf, request } from './harness.js';

const CHARGING = { primaryCcf: 'aaa://ccf1.home1.net' };
const OURS = 'ccf="aaa://ccf1.home1.net"';
const VECTOR = 'P-Charging-Vector: icid-value=1;orig-ioi=';

/** What becomes of a response to a request of that method, whose sender's Via has `asker`. */
async function back(
  { method, asker, file = 'terminating' }: { method: string; asker: string; file?: string },
  status: number,
  ...added: [string, string][]
) {
  const it = lab({ profile: 'ts-24.141', user: profileOf() });
  it.answers.push({ kind: 'assigned', profile: profileOf(), charging: CHARGING });
  await it.register();
  const changes: [string, string][] =
    file === 'terminating'
      ? [['UDP icscf1.home1.net', `UDP ${asker}`]]
      : [
          ['UDP pcscf1.home1.net', `UDP ${asker}`],
          ['<sip:scscf1.home1.net;lr>', '<sip:orig@scscf1.home1.net;lr>'],
          ['tel:+1-212-555-2222', 'sip:user2_public1@home2.net'],
        ];
  const message = request(
    file,
    ['SUBSCRIBE ', `${method} `],
    [' SUBSCRIBE\n', ` ${method}\n`],
    ['Privacy: none', `Privacy: none\n${VECTOR}home2.net`],
    ...changes,
  );
  const { onResponse, request: sent } = forwarded(it.askAtOnce(message));
  const response = responseTo(sent, status, undefined, {
    headers: added.map(([name, value]) => header(name, value)),
  });
  const shown = onResponse?.(response) ?? response;
  return { addresses: of(shown, 'p-charging-function-addresses'), vector: of(shown, 'p-charging-vector') };
}

const of = ({ headers }: SipResponse, key: string) => valueOf(headers, key);

describe('what goes back to who asked (TS 24.229 4.5.4, 4.5.5, 5.4.4)', () => {
  test.each([
    ['INVITE', 'icscf1.home1.net', 183, OURS],
    ['INVITE', 'icscf1.home1.net', 200, OURS],
    ['INVITE', 'icscf1.home1.net', 486, undefined],
    ['INVITE', 'icscf9.home9.net', 200, undefined],
    ['MESSAGE', 'icscf1.home1.net', 200, undefined],
  ])('%s from %s, %i: %s', async (method, asker, status, addresses) => {
    expect((await back({ method, asker }, status)).addresses).toBe(addresses);
    const theirs = await back({ method, asker, file: 'originating' }, status);
    expect(theirs.addresses).toBe(addresses);
  });

  test('those of this network do not leave it, whoever put them there', async () => {
    const leaked: [string, string] = ['P-Charging-Function-Addresses', 'ccf=1'];
    for (const status of [200, 486]) {
      expect(
        (await back({ method: 'INVITE', asker: 'icscf9.home9.net' }, status, leaked)).addresses,
      ).toBeUndefined();
    }
    expect((await back({ method: 'INVITE', asker: 'icscf1.home1.net' }, 200, leaked)).addresses).toBe(
      'ccf=1',
    );
  });

  test('a type 1 IOI ends at the S-CSCF, in a refusal too; a refusal without one gets none', async () => {
    const theirs: [string, string] = [
      'P-Charging-Vector',
      'icid-value=1;orig-ioi="Type 1home1.net";term-ioi="Type 1home1.net"',
    ];
    const asked = { method: 'INVITE', asker: 'icscf1.home1.net' };
    expect((await back(asked, 486, theirs)).vector).toBe(
      'icid-value=1;orig-ioi=home2.net;term-ioi=home1.net',
    );
    expect((await back(asked, 200, theirs)).vector).toBe(
      'icid-value=1;orig-ioi=home2.net;term-ioi=home1.net',
    );
    expect((await back(asked, 486)).vector).toBeUndefined();
    expect((await back(asked, 180)).vector).toBe('icid-value=1;orig-ioi=home2.net;term-ioi=home1.net');
  });
});
