import type {
  AuthenticationItem,
  DigestItem,
  MultimediaAuth,
  PushProfile,
  RegistrationTermination,
  RestorationInfo,
  ServerAssignment,
  ServerAssignmentAnswer,
  UserProfile,
} from '../src/index.js';

const octets = (byte: number, length: number): Buffer => Buffer.alloc(length, byte);

export const vector = (byte: number): AuthenticationItem => ({
  scheme: 'Digest-AKAv1-MD5',
  rand: octets(byte, 16),
  autn: octets(byte + 1, 16),
  xres: octets(byte + 2, 8),
  ck: octets(byte + 3, 16),
  ik: octets(byte + 4, 16),
});

export const digestItem: DigestItem = {
  scheme: 'SIP Digest',
  realm: 'home1.net',
  algorithm: 'SHA-256',
  qop: 'auth',
  ha1: '0123456789abcdef'.repeat(4),
};

export const mar: MultimediaAuth = {
  privateIdentity: 'user1_private@home1.net',
  publicIdentity: 'sip:user1_public1@home1.net',
  serverName: 'sip:scscf1.home1.net',
  scheme: 'Digest-AKAv1-MD5',
  items: 2,
  resynchronisation: { rand: octets(7, 16), auts: octets(9, 14) },
};

export const rtr: RegistrationTermination = {
  privateIdentity: 'user1_private@home1.net',
  associatedIdentities: ['user1_tablet@home1.net'],
  publicIdentities: ['sip:user1_public1@home1.net', 'tel:+12125551111'],
  reason: 'new-server-assigned',
  reasonInfo: 'moved',
};

export const profile: UserProfile = {
  privateIdentity: 'user1_private@home1.net',
  serviceProfiles: [
    {
      publicIdentities: [{ identity: 'sip:user1_public1@home1.net', barred: false }],
      initialFilterCriteria: [],
      sharedIfcSetIds: [3],
    },
  ],
};

export const charging = {
  primaryCcf: 'aaa://ccf1.home1.net',
  secondaryCcf: 'aaa://ccf2.home1.net',
  primaryEcf: 'aaa://ecf1.home1.net',
  secondaryEcf: 'aaa://ecf2.home1.net',
};

export const ppr: PushProfile = { privateIdentity: 'user1_private@home1.net', profile, charging };

export const restoration: RestorationInfo = {
  privateIdentity: 'user1_private@home1.net',
  registrations: [
    {
      path: '<sip:pcscf1.home1.net;lr>',
      contact: '<sip:[5555::aaa]>;expires=600000',
      callId: 'apb03a0s09dkjdfglkj49111',
      initialCSeq: 2,
      subscription: {
        callId: 'b89rjhnedlrfjflslj40a222',
        from: '<sip:user1_public1@home1.net>;tag=31415',
        to: '<sip:user1_public1@home1.net>;tag=151170',
        recordRoute: '<sip:pcscf1.home1.net;lr>',
        contact: '<sip:[5555::aaa]>',
      },
    },
    { path: '<sip:pcscf2.visited1.net;lr>', contact: '<sip:[5555::bbb]>;expires=3600' },
  ],
};

export const sar: ServerAssignment = {
  privateIdentity: 'user1_private@home1.net',
  publicIdentities: ['sip:list1@home1.net'],
  wildcardedIdentity: 'sip:list!.*!@home1.net',
  serverName: 'sip:scscf1.home1.net',
  type: 'registration',
  userDataAlreadyAvailable: false,
  multipleRegistration: true,
  restoration,
};

export const saa: ServerAssignmentAnswer = {
  kind: 'assigned',
  profile,
  privateIdentity: 'user1_private@home1.net',
  charging,
  associatedIdentities: ['user1_private@home1.net', 'user1_tablet@home1.net'],
  wildcardedIdentity: 'sip:list!.*!@home1.net',
  restoration: [restoration, { ...restoration, privateIdentity: 'user1_tablet@home1.net' }],
};
