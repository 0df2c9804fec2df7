import { describe, expect, test } from '@jest/globals';
import {
  decodeLocationInfo,
  decodeLocationInfoAnswer,
  decodeServerAssignment,
  decodeServerAssignmentAnswer,
  encodeLocationInfo,
  encodeLocationInfoAnswer,
  encodeMultimediaAuth,
  encodeMultimediaAuthAnswer,
  encodePushProfile,
  encodePushProfileAnswer,
  encodeRegistrationTermination,
  encodeRegistrationTerminationAnswer,
  encodeServerAssignment,
  encodeServerAssignmentAnswer,
  locationInfoCommand,
  multimediaAuthCommand,
  pushProfileCommand,
  registrationTerminationCommand,
  serverAssignmentCommand,
  supportedFeatures,
} from '../src/index.js';
import { answer, request } from './lab.js';
import { digestItem, mar, ppr, rtr, saa, sar, vector } from './samples.js';
import { complaints, has, tshark } from '@ims-sim/diameter/test-kit';

const capabilities = { mandatory: [1], optional: [2], serverNames: ['sip:scscf2.home1.net'] };
const wildcardedIdentity = 'sip:list!.*!@home1.net';

describe('TS 29.229 6.1: what restoration, charging, wildcards and capabilities add', () => {
  test('SAR and SAA', () => {
    expect(decodeServerAssignment(request(serverAssignmentCommand, encodeServerAssignment(sar)))).toEqual(
      sar,
    );
    const message = answer(serverAssignmentCommand, encodeServerAssignmentAnswer(saa));
    expect(decodeServerAssignmentAnswer(message)).toEqual(saa);
  });

  test('LIR for capabilities, and LIA with a name and capabilities', () => {
    const asked = { publicIdentity: 'sip:a@b', wantsCapabilities: true };
    expect(decodeLocationInfo(request(locationInfoCommand, encodeLocationInfo(asked)))).toEqual(asked);
    const answered = { kind: 'served', serverName: 'sip:s', capabilities, wildcardedIdentity } as const;
    const message = answer(locationInfoCommand, encodeLocationInfoAnswer(answered));
    expect(decodeLocationInfoAnswer(message)).toEqual(answered);
    const none = { kind: 'unregistered-service', capabilities, wildcardedIdentity } as const;
    expect(decodeLocationInfoAnswer(answer(locationInfoCommand, encodeLocationInfoAnswer(none)))).toEqual(
      none,
    );
  });
});

(has('tshark') ? test : test.skip)(
  'tshark reads every command, with nothing unknown or malformed [needs tshark]',
  () => {
    const messages = [
      request(multimediaAuthCommand, [...supportedFeatures(5), ...encodeMultimediaAuth(mar)]),
      answer(
        multimediaAuthCommand,
        encodeMultimediaAuthAnswer({ kind: 'vectors', items: [vector(1), vector(9)] }, mar),
      ),
      answer(
        multimediaAuthCommand,
        encodeMultimediaAuthAnswer({ kind: 'vectors', items: [digestItem] }, mar),
      ),
      answer(multimediaAuthCommand, encodeMultimediaAuthAnswer({ kind: 'auth-scheme-not-supported' }, mar)),
      request(registrationTerminationCommand, encodeRegistrationTermination(rtr)),
      answer(
        registrationTerminationCommand,
        encodeRegistrationTerminationAnswer({ kind: 'terminated', associatedIdentities: ['a'] }),
      ),
      request(pushProfileCommand, encodePushProfile(ppr)),
      answer(pushProfileCommand, encodePushProfileAnswer({ kind: 'too-much-data' })),
      request(serverAssignmentCommand, encodeServerAssignment(sar)),
      answer(serverAssignmentCommand, encodeServerAssignmentAnswer(saa)),
      request(
        locationInfoCommand,
        encodeLocationInfo({ publicIdentity: 'sip:a@b', wantsCapabilities: true }),
      ),
      answer(
        locationInfoCommand,
        encodeLocationInfoAnswer({ kind: 'served', serverName: 'sip:s', capabilities, wildcardedIdentity }),
      ),
    ];
    const text = tshark(messages.map(({ bytes }) => bytes));
    const commands = [...text.matchAll(/Command Code: .*\((\d+)\)|Command Code: (\d+)/g)];
    expect(commands).toHaveLength(messages.length);
    expect(complaints(text)).toEqual([]);
    for (const said of [
      'Digest-HA1',
      'Initial-CSeq-Sequence-Number',
      'NEW_SERVER_ASSIGNED',
      'Record-Route',
    ]) {
      expect(text).toContain(said);
    }
  },
  180_000,
);
