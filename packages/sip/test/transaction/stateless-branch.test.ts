import { describe, expect, test } from '@jest/globals';
import { parseMessage, type SipRequest } from '../../src/index.js';
import { statelessBranch } from '../../src/transaction/branch.js';

const ack = (changes: Readonly<Record<string, string>> = {}): SipRequest => {
  const lines = {
    Via: 'SIP/2.0/UDP ue.home1.net;branch=z9hG4bKack1',
    From: '<sip:alice@home1.net>;tag=a',
    To: '<sip:bob@home2.net>;tag=b',
    'Call-ID': 'call-1',
    CSeq: '1 ACK',
    ...changes,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  const parsed = parseMessage(`ACK sip:bob@ue2.home2.net SIP/2.0\r\n${head.join('')}\r\n`);
  if (parsed.kind !== 'message' || parsed.message.kind !== 'request') {
    throw new Error('not a request');
  }
  return parsed.message;
};
const OWN = 'scscf1.home1.net';

describe('RFC 3261 16.11: the branch of what is sent without a transaction', () => {
  test('what comes again gets the same one', () => {
    expect(statelessBranch(ack(), OWN)).toBe(statelessBranch(ack(), OWN));
    expect(statelessBranch(ack(), OWN)).toMatch(/^z9hG4bK[\w-]{22}$/);
  });

  test.each([
    ['of another hop before', { Via: 'SIP/2.0/UDP ue.home1.net;branch=z9hG4bKack2' }],
    ['of another branch of a fork', { To: '<sip:bob@home2.net>;tag=c' }],
    ['of a re-INVITE', { CSeq: '2 ACK' }],
    ['of another call', { 'Call-ID': 'call-2' }],
  ])('one %s gets another', (_, changes) => {
    expect(statelessBranch(ack(changes), OWN)).not.toBe(statelessBranch(ack(), OWN));
  });

  test('two elements on its way have different ones', () => {
    expect(statelessBranch(ack(), 'scscf2.home2.net')).not.toBe(statelessBranch(ack(), OWN));
  });
});
