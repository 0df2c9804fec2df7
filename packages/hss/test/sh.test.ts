import { describe, expect, test } from '@jest/globals';
import type { RepositoryData, UserData } from '@ims-sim/sh';
import { SCSCF, family, user1 } from './lab.js';
import { identity, shNetwork as network, user } from './sh-lab.js';

describe('TS 29.328 6.1.1 UDR', () => {
  test('IMSUserState and S-CSCFName follow the registration', async () => {
    const { assign, read } = await network();
    const references = ['ims-user-state', 's-cscf-name'] as const;
    expect(await read({ references })).toEqual({ kind: 'data', data: { imsUserState: 'not-registered' } });
    await assign('registration');
    const data = { imsUserState: 'registered', sCscfName: SCSCF };
    expect(await read({ references })).toEqual({ kind: 'data', data });
    expect(await read({ references })).toEqual({ kind: 'data', data });
    // Table 7.6.1 has no MSISDN in the access key of either; it has one in that of the identities.
    const byNumber = { kind: 'msisdn', msisdn: '12125551111' } as const;
    expect(await read({ user: byNumber, references })).toEqual({ kind: 'operation-not-allowed' });
    expect(await read({ user: byNumber, references: ['msisdn'] })).toEqual({
      kind: 'data',
      data: { msisdns: ['12125551111'] },
    });
    expect(await read({ user: { kind: 'public-identity', identity: 'sip:work@home1.net' } })).toEqual({
      kind: 'data',
      data: { imsUserState: 'not-registered' },
    });
  });

  test('PublicIdentifiers by Identity-Set, without the barred', async () => {
    const { assign, read } = await network();
    await assign('registration', 'sip:work@home1.net');
    const references = ['ims-public-identity'] as const;
    const first = [identity, 'tel:+1-212-555-1111'];
    const of = (publicIdentities: string[]) => ({ kind: 'data', data: { publicIdentities } });
    expect(await read({ references })).toEqual(of([...first, 'sip:work@home1.net']));
    expect(await read({ references, identitySets: ['implicit'] })).toEqual(of(first));
    expect(await read({ references, identitySets: ['registered'] })).toEqual(of(['sip:work@home1.net']));
    await assign('user-deregistration', 'sip:work@home1.net');
    expect(await read({ references, identitySets: ['registered'] })).toEqual(of([]));
  });

  test('7.6.2, ALIAS_IDENTITIES: those of the same group of a service profile', async () => {
    const { read, change } = await network();
    const references = ['ims-public-identity'] as const;
    const aliases = async () => read({ references, identitySets: ['alias'] });
    const number = 'tel:+1-212-555-1111';
    expect(await aliases()).toEqual({ kind: 'data', data: { publicIdentities: [identity, number] } });
    const [first, ...others] = user1.implicitSets;
    const [profile] = first.serviceProfiles;
    await change({
      ...user1,
      implicitSets: [
        {
          ...first,
          serviceProfiles: [
            {
              ...profile,
              publicIdentities: [
                { identity, barred: false, aliasIdentityGroupId: 'a' },
                { identity: number, barred: false, aliasIdentityGroupId: 'b' },
                { identity: 'sip:user1@home1.net', barred: false, aliasIdentityGroupId: 'a' },
              ],
            },
          ],
        },
        ...others,
      ],
    });
    expect(await aliases()).toEqual({
      kind: 'data',
      data: { publicIdentities: [identity, 'sip:user1@home1.net'] },
    });
  });

  test('InitialFilterCriteria of the AS that is named, charging functions', async () => {
    const { read } = await network();
    const services = { kind: 'public-identity', identity: 'sip:barred@home1.net' } as const;
    const references = ['initial-filter-criteria'] as const;
    expect(await read({ user: services, references, serverName: 'sip:as' })).toMatchObject({
      data: { initialFilterCriteria: [{ priority: 0, applicationServer: { serverName: 'sip:as' } }] },
    });
    expect(await read({ user: services, references, serverName: 'sip:other' })).toEqual({
      kind: 'data',
      data: { initialFilterCriteria: [] },
    });
    const other = { kind: 'public-identity', identity: 'sip:family@home1.net' } as const;
    expect(await read({ user: other, references: ['charging-information'] })).toEqual({
      kind: 'data',
      data: { charging: family.charging },
    });
  });

  test.each<[string, Partial<UserData>, object]>([
    ['an unknown user', { user: { kind: 'public-identity', identity: 'sip:x@y' } }, { kind: 'unknown-user' }],
    [
      'data that no HSS of this kind has',
      { references: ['location-information'] },
      { kind: 'user-data-not-available' },
    ],
    [
      'repository data of no service',
      { references: ['repository-data'] },
      { kind: 'failed', resultCode: 5005 },
    ],
    [
      'filter criteria of no AS',
      { references: ['initial-filter-criteria'] },
      { kind: 'failed', resultCode: 5005 },
    ],
  ])('%s', async (_, asked, answer) => {
    const { read } = await network();
    expect(await read(asked)).toEqual(answer);
  });

  test('an AS that is not in the permission list reads, changes and learns nothing', async () => {
    const { read, write, sh, until, host, notifications } = await network('as9.home1.net');
    expect(await read({})).toEqual({ kind: 'user-data-cannot-be-read' });
    expect(await write({ serviceIndication: 's', sequenceNumber: 0, serviceData: '<a/>' })).toEqual({
      kind: 'user-data-cannot-be-modified',
    });
    const asked = { user, references: ['ims-user-state'], type: 'subscribe' } as const;
    expect(await until(sh.subscribeNotifications(asked))).toEqual({ kind: 'user-data-cannot-be-notified' });
    expect(await notifications()).toBeUndefined();
    expect(host.trace.decisions.at(-1)).toEqual({
      clause: 'TS 29.328 6.1.3',
      text: `SNR (subscribe) for ${identity}: user-data-cannot-be-notified, as9.home1.net is not in the permission list`,
    });
  });
});

describe('TS 29.328 6.1.2 PUR', () => {
  const data = (sequenceNumber: number, serviceData?: string): RepositoryData => ({
    serviceIndication: 'notes',
    sequenceNumber,
    ...(serviceData !== undefined && { serviceData }),
  });
  const asked = { references: ['repository-data'], serviceIndications: ['notes'] } as const;

  test('6.1.2.1: 0 makes it, one more each time changes it, without data it is removed', async () => {
    const { read, write } = await network();
    expect(await read(asked)).toEqual({ kind: 'data', data: {} });
    expect(await write(data(0, '<note>1</note>'))).toEqual({ kind: 'updated' });
    expect(await write(data(1, '<note>2</note>'))).toEqual({ kind: 'updated' });
    expect(await read(asked)).toEqual({
      kind: 'data',
      data: { repositoryData: [data(1, '<note>2</note>')] },
    });
    expect(await write(data(2))).toEqual({ kind: 'updated' });
    expect(await read(asked)).toEqual({ kind: 'data', data: {} });
  });

  test.each([
    ['made with another number', [], data(1, '<a/>'), 'transparent-data-out-of-sync'],
    ['changed with the same number', [data(0, '<a/>')], data(0, '<b/>'), 'transparent-data-out-of-sync'],
    ['changed with one too many', [data(0, '<a/>')], data(2, '<b/>'), 'transparent-data-out-of-sync'],
    ['removed where there is none', [], data(0), 'operation-not-allowed'],
    ['too long', [], data(0, `<a>${'x'.repeat(20_000)}</a>`), 'too-much-data'],
  ])('6.1.2.1: %s: refused, nothing changes', async (_, before, update, kind) => {
    const { read, write } = await network();
    for (const one of before) await write(one);
    const there = await read(asked);
    expect(await write(update)).toEqual({ kind });
    expect(await read(asked)).toEqual(there);
  });

  test('of several the last of which is wrong, none is done; and there is a bound to services', async () => {
    const { read, write } = await network();
    const service = (name: string) => ({ serviceIndication: name, sequenceNumber: 0, serviceData: '<a/>' });
    expect(await write(service('a'), data(7, '<a/>'))).toEqual({ kind: 'transparent-data-out-of-sync' });
    expect(await read({ ...asked, serviceIndications: ['a'] })).toEqual({ kind: 'data', data: {} });
    const many = Array.from({ length: 17 }, (_, i) => service(String(i)));
    expect(await write(...many)).toEqual({ kind: 'too-much-data' });
    expect(await write(...many.slice(0, 16))).toEqual({ kind: 'updated' });
  });

  test('what is no repository data is not the AS’s to change', async () => {
    const { sh, until } = await network();
    const update = { user, references: ['ims-user-state'], data: { imsUserState: 'registered' } } as const;
    expect(await until(sh.profileUpdate(update))).toEqual({ kind: 'operation-not-allowed' });
  });
});
