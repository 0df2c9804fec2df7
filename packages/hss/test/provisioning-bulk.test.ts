import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { noState } from '../src/subscription.js';
import { alice, K, plain, provisioned, register } from './provisioning-kit.js';

const at = '/subscribers/alice%40home1.net';

describe('many', () => {
  const lines = { 'content-type': 'application/jsonl' };
  const xml = { 'content-type': 'application/xml' };

  test('an export is an import elsewhere', async () => {
    const [here, there] = [await provisioned(), await provisioned()];
    await here.store.load([alice, ...Array.from({ length: 1200 }, (_, i) => plain(`u${String(i)}`))]);
    const { text, type } = await here.ask('GET', '/export?secrets=true');
    expect(type).toContain('application/jsonl');
    expect((await there.json('POST', '/import', text, lines)).body).toEqual({
      stored: 1201,
      refused: 0,
      problems: [],
      done: [],
    });
    expect(await there.store.list(undefined, 2000)).toEqual(await here.store.list(undefined, 2000));
    await Promise.all([here.close(), there.close()]);
  });

  test('what is wrong is left out, by its line; those in use are told', async () => {
    const running = await provisioned();
    await running.store.load([alice, plain('a'), plain('b')]);
    await register(running.store, 'a@home1.net');
    const body = [
      JSON.stringify(plain('a')),
      '',
      '{"privateIdentities":',
      JSON.stringify({ ...plain('c'), privateIdentities: [{ identity: 'c' }], capabilities: 7 }),
      JSON.stringify({ ...plain('alice'), privateIdentities: [{ identity: 'thief' }] }),
      JSON.stringify(plain('d')),
    ].join('\r\n');
    const { status, body: report } = await running.json('POST', '/import', body, lines);
    expect(status).toBe(200);
    expect(report).toMatchObject({ stored: 2, refused: 3, done: ['a@home1.net: PPR for a@home1.net'] });
    expect(report['problems']).toMatchObject([
      { line: 3, pointer: '#' },
      { line: 4, pointer: '#/capabilities' },
      { line: 5, detail: 'sip:alice@home1.net belongs to alice@home1.net: take it from there first' },
    ]);
    expect(await running.store.count()).toBe(4);
    await running.close();
  });

  test('a line without end is refused', async () => {
    const running = await provisioned();
    const body = `${JSON.stringify(plain('a'))}\n${'x'.repeat(600_000)}`;
    const { status, body: problem } = await running.json('POST', '/import', body, lines);
    expect([status, problem['detail']]).toEqual([413, expect.stringContaining('line 2')]);
    // The connection that it came by is good for the next one.
    expect((await running.json('POST', '/import', JSON.stringify(plain('a')), lines)).status).toBe(200);
    await running.close();
  });

  test('TS 29.228 Annex E: out and in again, what it has no place for stays', async () => {
    const running = await provisioned();
    await running.store.load([alice, plain('b')]);
    const { text, type } = await running.ask('GET', '/export', undefined, { accept: 'application/xml' });
    expect(type).toContain('application/xml');
    expect(text).not.toContain(K);
    expect((await running.json('POST', '/import', text, xml)).body).toMatchObject({ stored: 2, refused: 0 });
    expect(await running.store.byPrivateIdentity('alice@home1.net')).toEqual({
      subscription: alice,
      state: noState,
    });

    const one = await running.ask('GET', at, undefined, { accept: 'application/xml' });
    expect(one.text).toContain('<PrivateID>alice@home1.net</PrivateID>');
    const changed = one.text.replace('sip:ps.home1.net', 'sip:other.home1.net');
    expect((await running.ask('PUT', at, changed, xml)).status).toBe(200);
    expect((await running.json('GET', `${at}?secrets=true`)).body).toMatchObject({
      privateIdentities: alice.privateIdentities,
      implicitSets: [
        {
          serviceProfiles: [
            { initialFilterCriteria: [{ applicationServer: { serverName: 'sip:other.home1.net' } }] },
          ],
        },
        alice.implicitSets[1] as object,
      ],
    });
    await running.close();
  });

  test('TS 29.228 Annex E with all that it has is kept: in as XML, out as XML and JSON, and changed', async () => {
    const running = await provisioned();
    const profile = readFileSync(new URL('../../../cx/test/extended-profile.xml', import.meta.url), 'utf8');
    const added = await running.json('POST', '/subscribers', profile, xml);
    expect([added.status, added.body['done']]).toEqual([201, 'nobody to tell: it was not registered']);
    const out = await running.ask('GET', '/subscribers/a', undefined, { accept: 'application/xml' });
    expect(out.text).toBe(profile.replace(/>\s+</g, '><').trim());
    const asJson = (await running.json('GET', '/subscribers/a?secrets=true')).body;
    expect(asJson).toMatchObject({
      privateIdentities: [{ identity: 'a', imsi: '001010000000001' }],
      implicitSets: [{ serviceProfiles: [{ coreNetworkServicesAuthorization: { serviceIds: ['urn:x'] } }] }],
    });
    const lineOut = (await running.ask('GET', '/export?secrets=true')).text;
    const elsewhere = await provisioned();
    expect((await elsewhere.json('POST', '/import', lineOut, lines)).body).toMatchObject({ stored: 1 });
    expect(await elsewhere.store.byPrivateIdentity('a')).toEqual(await running.store.byPrivateIdentity('a'));
    const without = profile.replace(/<Extension>\s*<IMSI>.*<\/Extension>\s*<\/IMSSub/s, '</IMSSub');
    expect((await running.ask('PUT', '/subscribers/a', without, xml)).status).toBe(200);
    expect(await running.store.byPrivateIdentity('a')).toMatchObject({
      subscription: { privateIdentities: [{ identity: 'a' }] },
    });
    const again = await running.ask('GET', '/subscribers/a', undefined, { accept: 'application/xml' });
    expect(again.text).not.toContain('IMSI');
    await Promise.all([running.close(), elsewhere.close()]);
  });

  test('a profile that somebody else wrote is added by its private identity', async () => {
    const running = await provisioned();
    const profile = readFileSync(new URL('../../../cx/test/user-profile.xml', import.meta.url), 'utf8');
    const { status } = await running.ask('POST', '/subscribers', profile, xml);
    expect(status).toBe(201);
    const bad = await running.json('POST', '/subscribers', '<IMSSubscription/>', xml);
    expect([bad.status, bad.body['detail']]).toEqual([400, expect.stringContaining('PrivateID')]);
    const imported = `<IMSSubscriptions>\n<IMSSubscription/>\n<IMSSubscription>\n</IMSSubscription></IMSSubscriptions>`;
    const { body } = await running.json('POST', '/import', imported, xml);
    expect(body).toMatchObject({ stored: 0, refused: 1, problems: [{ line: 2 }] });
    await running.close();
  });

  test('what of Annex E has no place in a subscription is told', async () => {
    const running = await provisioned();
    const one = (more: string): string =>
      `<IMSSubscription><PrivateID>x@home1.net</PrivateID><ServiceProfile><PublicIdentity><Identity>sip:x@home1.net</Identity></PublicIdentity>${more}</ServiceProfile></IMSSubscription>`;
    const full = one('<VendorProfile/>');
    const told = 'not kept: ServiceProfile/VendorProfile';
    const added = await running.json('POST', '/subscribers', full, xml);
    expect(added.body['done']).toBe(`nobody to tell: it was not registered; ${told}`);
    const changed = await running.json('PUT', '/subscribers/x%40home1.net', full, xml);
    expect(changed.body['done']).toBe(`nobody to tell; ${told}`);
    const many = await running.json('POST', '/import', full, xml);
    expect(many.body).toMatchObject({ stored: 1, refused: 0, done: [`x@home1.net: ${told}`] });
    const plain = await running.json('POST', '/import', one(''), xml);
    expect(plain.body).toMatchObject({ stored: 1, done: [] });
    await running.close();
  });
});
