import type { ShData } from '../src/index.js';

export const user = { kind: 'public-identity', identity: 'sip:user2_public1@home2.net' } as const;

export const data: ShData = {
  publicIdentities: ['sip:user2_public1@home2.net', 'tel:+12125552222'],
  msisdns: ['12125552222'],
  repositoryData: [
    {
      serviceIndication: 'simserv',
      sequenceNumber: 3,
      serviceData: '<s:x xmlns:s="urn:example" s:a="1" b="&lt;2&gt;">t &amp; u<y/></s:x>',
    },
    {
      serviceIndication: 'default',
      sequenceNumber: 1,
      serviceData: '<x xmlns="urn:example"><y xmlns=""/><z/></x>',
    },
    { serviceIndication: 'note', sequenceNumber: 0, serviceData: 'plain' },
    { serviceIndication: 'gone', sequenceNumber: 65_535 },
  ],
  sCscfName: 'sip:scscf2.home2.net',
  initialFilterCriteria: [
    {
      priority: 1,
      triggerPoint: {
        cnf: true,
        servicePointTriggers: [{ negated: false, groups: [0], kind: 'method', method: 'SUBSCRIBE' }],
      },
      applicationServer: { serverName: 'sip:ps.home2.net', defaultHandling: 'session-continued' },
    },
  ],
  imsUserState: 'registered',
  charging: { primaryEcf: 'aaa://ecf1', secondaryCcf: 'aaa://ccf2' },
};
