import { describe, expect, test } from '@jest/globals';
import { header, responseTo, type ServerTransaction } from '@ims-sim/sip';
import { network, PCSCF_ADDRESS } from '../network.js';

const ROUTES = '<sip:scscf1.home1.net;lr>, <sip:pcscf1.home1.net;lr>';

/** A response of one of the branches that a proxy behind the P-CSCF forks into. */
function branch(
  transaction: ServerTransaction,
  status: number,
  tag: string,
  ...more: [string, string][]
): void {
  transaction.respond(
    responseTo(transaction.request, status, undefined, {
      toTag: tag,
      headers: [
        header('Record-Route', ROUTES),
        header('Contact', `<sip:${tag}@[${PCSCF_ADDRESS}]>`),
        ...more.map(([name, value]) => header(name, value)),
      ],
    }),
  );
}

describe('an INVITE that forks (RFC 3261 12.1.2, 13.2.2.4; RFC 3262 4)', () => {
  test('early dialogs are kept apart: RSeq, CSeq, target and route set of each', async () => {
    let invite: ServerTransaction | undefined;
    const { ue, clock, requests } = await network((transaction) => {
      const { method } = transaction.request;
      if (method === 'INVITE') {
        invite = transaction;
        branch(transaction, 183, 'one', ['Require', '100rel'], ['RSeq', '7']);
        branch(transaction, 183, 'two', ['Require', '100rel'], ['RSeq', '90']);
        branch(transaction, 183, 'two', ['Require', '100rel'], ['RSeq', '90']); // again
        branch(transaction, 180, 'one', ['Require', '100rel'], ['RSeq', '9']); // 8 is missing
      } else if (method !== 'ACK') {
        transaction.respond(responseTo(transaction.request, 200));
      }
    }, 'ts-24.141');
    const call = ue.peer.invite({ uri: 'sip:b@home2.net', reliable: true });
    await clock.advance(1000);
    expect(call.provisional.map(({ status }) => status)).toEqual([183, 183]);
    const shown = requests
      .slice(1)
      .map(({ method, uri, headers }) => [
        method,
        uri,
        ...['rack', 'cseq', 'route'].map((key) => headers.find((h) => h.key === key)?.value),
      ]);
    const routes = '<sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>';
    expect(shown).toEqual([
      ['PRACK', `sip:one@[${PCSCF_ADDRESS}]`, '7 1 INVITE', '2 PRACK', routes],
      ['PRACK', `sip:two@[${PCSCF_ADDRESS}]`, '90 1 INVITE', '2 PRACK', routes],
    ]);
    if (invite === undefined) throw new Error('no INVITE');
    branch(invite, 200, 'two');
    branch(invite, 200, 'one');
    branch(invite, 200, 'two');
    await clock.advance(1000);
    expect(call.leg?.dialog.remoteTag).toBe('two');
    expect([...call.legs.values()].map(({ phase }) => phase)).toEqual(['ended', 'confirmed']);
    const after = requests.slice(3).map(({ method, uri }) => `${method} ${uri.slice(4, 7)}`);
    expect(after.sort()).toEqual(['ACK one', 'ACK two', 'ACK two', 'BYE one']);
    await ue.close();
  });

  test('a refusal ends all of them; nothing is sent in them any more', async () => {
    let invite: ServerTransaction | undefined;
    const { ue, clock, requests } = await network((transaction) => {
      invite = transaction;
      branch(transaction, 180, 'one');
      branch(transaction, 180, 'two');
    }, 'ts-24.141');
    const call = ue.peer.invite({ uri: 'sip:b@home2.net' });
    await clock.advance(100);
    if (invite === undefined) throw new Error('no INVITE');
    branch(invite, 603, 'one');
    await clock.advance(100);
    expect([...call.legs.values()].map(({ phase }) => phase)).toEqual(['ended', 'ended']);
    const outcome = await clock.until(call.leg?.request('BYE') ?? Promise.reject(new Error('no leg')));
    expect(outcome).toEqual({ kind: 'failure', failure: 'no-dialog' });
    expect(requests.map(({ method }) => method)).toEqual(['INVITE']);
    await ue.close();
  });
});
