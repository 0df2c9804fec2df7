import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImsUserState } from '../src/index.js';
import { readShData, writeShData } from '../src/index.js';
import { data } from './samples.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';

describe('TS 29.328 Annexes C and D', () => {
  test('what is written is read again', () => {
    expect(readShData(writeShData(data))).toEqual({ kind: 'data', data });
    expect(readShData(writeShData({}))).toEqual({ kind: 'data', data: {} });
  });

  test.each<[ImsUserState, number]>([
    ['not-registered', 0],
    ['registered', 1],
    ['registered-unreg-services', 2],
    ['authentication-pending', 3],
  ])('IMSUserState %s is %i', (imsUserState, value) => {
    const xml = `<Sh-Data><Sh-IMS-Data><IMSUserState>${String(value)}</IMSUserState></Sh-IMS-Data></Sh-Data>`;
    expect(writeShData({ imsUserState })).toBe(HEAD.replace('"?>', '"?>') + xml);
    expect(readShData(xml)).toEqual({ kind: 'data', data: { imsUserState } });
  });

  test('the elements stand in the order of the schema', () => {
    const names = [...writeShData(data).matchAll(/<([A-Z][\w-]*)/g)].map(([, name]) => name);
    const order = [
      'PublicIdentifiers',
      'RepositoryData',
      'Sh-IMS-Data',
      'SCSCFName',
      'IFCs',
      'IMSUserState',
      'ChargingInformation',
    ];
    expect(names.filter((name, i) => order.includes(name ?? '') && names.indexOf(name) === i)).toEqual(order);
  });

  test('a stranger’s: another spelling of S-CSCFName, a prefix, extensions, other order', () => {
    const xml = `${HEAD}<h:Sh-Data xmlns:h="urn:x"><h:Extension><h:New/></h:Extension>
      <h:Sh-IMS-Data><h:IMSUserState> 2 </h:IMSUserState><h:S-CSCFName>sip:s</h:S-CSCFName></h:Sh-IMS-Data>
      <h:PublicIdentifiers><h:IMSPublicIdentity>sip:a@b</h:IMSPublicIdentity></h:PublicIdentifiers></h:Sh-Data>`;
    expect(readShData(xml)).toEqual({
      kind: 'data',
      data: {
        publicIdentities: ['sip:a@b'],
        sCscfName: 'sip:s',
        imsUserState: 'registered-unreg-services',
      },
    });
  });

  test('service data that is no XML goes as text', () => {
    const repositoryData = [{ serviceIndication: 'a', sequenceNumber: 1, serviceData: 'a < b' }];
    const read = readShData(writeShData({ repositoryData }));
    expect(read.kind === 'data' && read.data.repositoryData?.[0]?.serviceData).toBe('a &lt; b');
  });

  test.each([
    ['', 'not XML'],
    ['<a/>', 'not Sh-Data'],
    ['<Sh-Data><Sh-IMS-Data><IMSUserState>4</IMSUserState></Sh-IMS-Data></Sh-Data>', 'IMSUserState'],
    [
      '<Sh-Data><Sh-IMS-Data><IFCs><InitialFilterCriteria/></IFCs></Sh-IMS-Data></Sh-Data>',
      'InitialFilterCriteria',
    ],
    [
      '<Sh-Data><RepositoryData><SequenceNumber>1</SequenceNumber></RepositoryData></Sh-Data>',
      'RepositoryData',
    ],
    [
      '<Sh-Data><RepositoryData><ServiceIndication>a</ServiceIndication><SequenceNumber>65536</SequenceNumber></RepositoryData></Sh-Data>',
      'SequenceNumber',
    ],
    ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><Sh-Data/>', 'document type'],
  ])('%s cannot be read', (xml, reason) => {
    const read = readShData(xml);
    expect(read.kind === 'unreadable' && read.reason).toContain(reason);
  });

  test('no text makes it throw, cut or changed', () => {
    const good = writeShData(data);
    fc.assert(
      fc.property(
        fc.string({ maxLength: 20 }),
        fc.nat({ max: good.length }),
        fc.nat({ max: 20 }),
        (noise, at, cut) => {
          readShData(good.slice(0, at) + noise + good.slice(at + cut));
        },
      ),
      { numRuns: 200 },
    );
  });
});
