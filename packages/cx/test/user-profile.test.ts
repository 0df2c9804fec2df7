import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ServicePointTrigger, UserProfile } from '../src/index.js';
import { readUserProfile, writeUserProfile } from '../src/index.js';

const file = (name: string): string => readFileSync(new URL(`../../test/${name}`, import.meta.url), 'utf8');

/** Text that XML 1.0 can hold; a carriage return is not among it, since parsers turn it into a line feed (2.11). */
const text = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map((value) => value.replace(/\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '.'));
const word = text.map((value) => value.trim());
const optional = <T>(key: string, arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined }).map((value) => (value === undefined ? {} : { [key]: value }));
const all = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((values) => Object.assign({}, ...values) as object);

const condition = fc.oneof(
  all(
    fc.record({ kind: fc.constant('method'), method: word }),
    optional(
      'registrationTypes',
      fc.uniqueArray(fc.constantFrom('initial', 're-registration', 'de-registration'), { minLength: 1 }),
    ),
  ),
  all(fc.record({ kind: fc.constant('sip-header'), header: text }), optional('content', text)),
  fc.record({ kind: fc.constant('request-uri'), pattern: text }),
  fc.record({
    kind: fc.constant('session-case'),
    sessionCase: fc.constantFrom(
      'originating',
      'terminating-registered',
      'terminating-unregistered',
      'originating-unregistered',
      'originating-cdiv',
    ),
  }),
  all(fc.record({ kind: fc.constant('session-description'), line: text }), optional('content', text)),
);
const trigger = all(
  fc.record({ negated: fc.boolean(), groups: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 3 }) }),
  condition,
) as fc.Arbitrary<ServicePointTrigger>;
const criteria = all(
  fc.record({
    priority: fc.nat({ max: 0x7fffffff }),
    applicationServer: all(
      fc.record({
        serverName: word,
        defaultHandling: fc.constantFrom('session-continued', 'session-terminated'),
      }),
      optional('serviceInfo', text),
      optional('includeRegisterRequest', fc.constant(true)),
      optional('includeRegisterResponse', fc.constant(true)),
    ),
  }),
  optional(
    'triggerPoint',
    fc.record({
      cnf: fc.boolean(),
      servicePointTriggers: fc.array(trigger, { minLength: 1, maxLength: 4 }),
    }),
  ),
  optional('profilePartIndicator', fc.constantFrom('registered', 'unregistered')),
);
const publicIdentity = all(
  fc.record({
    identity: fc.oneof(
      word,
      word.map((part) => `sip:${part}!.*!@home2.net`),
    ),
    barred: fc.boolean(),
  }),
  optional('type', fc.constantFrom('distinct-psi', 'wildcarded-psi', 'non-distinct-impu')),
  optional('displayName', text),
  optional('aliasIdentityGroupId', word),
  optional('serviceLevelTraceInfo', text),
  optional('servicePriorityLevel', fc.nat({ max: 4 })),
  optional(
    'extendedPriorities',
    fc.array(fc.record({ namespace: word, level: word }), { minLength: 1, maxLength: 2 }),
  ),
  optional('maxSimultaneousRegistrations', fc.nat()),
);
const serviceProfile = all(
  fc.record({
    publicIdentities: fc.array(publicIdentity, { minLength: 1, maxLength: 3 }),
    initialFilterCriteria: fc.array(criteria, { maxLength: 3 }),
  }),
  optional(
    'coreNetworkServicesAuthorization',
    all(
      optional('subscribedMediaProfileId', fc.nat()),
      optional('serviceIds', fc.array(word, { maxLength: 2 })),
    ),
  ),
  optional('sharedIfcSetIds', fc.array(fc.nat(), { minLength: 1, maxLength: 3 })),
);
const profiles = all(
  fc.record({
    privateIdentity: word,
    serviceProfiles: fc.array(serviceProfile, { minLength: 1, maxLength: 2 }),
  }),
  optional('imsi', fc.stringMatching(/^[0-9]{15}$/)),
  optional(
    'referenceLocations',
    fc.array(fc.record({ accessType: word, accessInfo: word, accessValue: word }), {
      minLength: 1,
      maxLength: 2,
    }),
  ),
) as fc.Arbitrary<UserProfile>;

describe('TS 29.228 Annex E', () => {
  test('what is written is read again', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        expect(readUserProfile(writeUserProfile(profile))).toEqual({ kind: 'profile', profile, ignored: [] });
      }),
      { numRuns: 200 },
    );
  });

  test('the elements stand in the order of the schema', () => {
    const profile: UserProfile = {
      privateIdentity: 'user2_private@home2.net',
      serviceProfiles: [
        {
          publicIdentities: [
            { identity: 'sip:user2_public1@home2.net', barred: false },
            { identity: 'tel:+1-212-555-2222', barred: true },
            { identity: 'sip:list!.*!@home2.net', barred: false, type: 'wildcarded-psi' },
            { identity: 'sip:+1212555!.*!@home2.net', barred: false, displayName: 'PBX' },
            { identity: 'sip:chat@home2.net', barred: false, type: 'distinct-psi' },
          ],
          initialFilterCriteria: [
            {
              priority: 1,
              triggerPoint: {
                cnf: true,
                servicePointTriggers: [
                  {
                    negated: false,
                    groups: [0, 1],
                    kind: 'method',
                    method: 'REGISTER',
                    registrationTypes: ['initial'],
                  },
                  { negated: true, groups: [1], kind: 'sip-header', header: 'Event', content: '^presence$' },
                  {
                    negated: false,
                    groups: [2],
                    kind: 'session-case',
                    sessionCase: 'terminating-registered',
                  },
                  { negated: false, groups: [2], kind: 'request-uri', pattern: 'a<b' },
                  { negated: false, groups: [2], kind: 'session-description', line: 'm', content: 'audio' },
                ],
              },
              applicationServer: {
                serverName: 'sip:ps.home2.net',
                defaultHandling: 'session-terminated',
                serviceInfo: 'x',
                includeRegisterRequest: true,
                includeRegisterResponse: true,
              },
              profilePartIndicator: 'unregistered',
            },
          ],
          sharedIfcSetIds: [7],
        },
      ],
    };
    expect(writeUserProfile(profile)).toBe(file('user-profile.xml').replace(/>\s+</g, '><').trim());
  });

  test('each addition stands in the Extension of its release', () => {
    const profile: UserProfile = {
      privateIdentity: 'a',
      imsi: '001010000000001',
      referenceLocations: [{ accessType: 'ADSL', accessInfo: 'dsl-location', accessValue: 'x' }],
      serviceProfiles: [
        {
          publicIdentities: [
            {
              identity: 'sip:a@b',
              barred: false,
              aliasIdentityGroupId: '1',
              serviceLevelTraceInfo: 't',
              servicePriorityLevel: 2,
              extendedPriorities: [{ namespace: 'ets', level: '0' }],
              maxSimultaneousRegistrations: 2,
            },
            {
              identity: 'sip:c@b',
              barred: false,
              type: 'non-distinct-impu',
              maxSimultaneousRegistrations: 1,
            },
          ],
          coreNetworkServicesAuthorization: { subscribedMediaProfileId: 3, serviceIds: ['urn:x'] },
          initialFilterCriteria: [],
        },
      ],
    };
    expect(writeUserProfile(profile)).toBe(file('extended-profile.xml').replace(/>\s+</g, '><').trim());
  });

  test('a stranger’s profile: extensions, a namespace, comments, other order, defaults', () => {
    const reading = readUserProfile(file('stranger-profile.xml'));
    expect(reading).toEqual({
      kind: 'profile',
      profile: {
        privateIdentity: 'bob@open-ims.test',
        serviceProfiles: [
          {
            publicIdentities: [{ identity: 'sip:bob@open-ims.test', barred: false, displayName: 'Bob & co' }],
            coreNetworkServicesAuthorization: { subscribedMediaProfileId: 1 },
            initialFilterCriteria: [
              {
                priority: 0,
                triggerPoint: {
                  cnf: true,
                  servicePointTriggers: [
                    { negated: false, groups: [0], kind: 'method', method: 'PUBLISH' },
                    {
                      negated: false,
                      groups: [0],
                      kind: 'sip-header',
                      header: 'Event',
                      content: '.*presence.*',
                    },
                  ],
                },
                applicationServer: {
                  serverName: 'sip:as.open-ims.test:5065',
                  defaultHandling: 'session-continued',
                  includeRegisterRequest: true,
                },
              },
            ],
          },
        ],
      },
      ignored: ['ServiceProfile/VendorProfile'],
    });
  });
});

describe('what is no profile', () => {
  const profile = (inner: string): string =>
    `<IMSSubscription><PrivateID>a</PrivateID><ServiceProfile><PublicIdentity><Identity>sip:a@b</Identity></PublicIdentity>${inner}</ServiceProfile></IMSSubscription>`;
  const criterion = (inner: string): string =>
    profile(`<InitialFilterCriteria><Priority>0</Priority>${inner}</InitialFilterCriteria>`);
  const as = '<ApplicationServer><ServerName>sip:as</ServerName></ApplicationServer>';

  test.each([
    ['nothing', '', 'no element'],
    ['text', 'hello', 'not XML: document: text outside the root'],
    ['JSON', '{"IMSSubscription":{}}', 'text outside the root'],
    ['an open element', '<IMSSubscription>', 'not closed'],
    ['crossed elements', '<a><b></a></b>', 'closed, but not open'],
    ['two roots', '<a/><b/>', 'more than one root'],
    ['an open tag', '<IMSSubscription', 'markup without an end'],
    ['a document type', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'a document type is not allowed'],
    ['an entity', '<a>&xxe;</a>', 'an entity that is not XML'],
    ['a control character', '<a>\u0000</a>', 'a control character'],
    ['too deep', '<a>'.repeat(5000) + '</a>'.repeat(5000), 'more than 24 elements deep'],
    ['too long', `<a>${'x'.repeat(131_072)}</a>`, 'more than 131072 bytes'],
    ['another root', '<a/>', 'not IMSSubscription'],
    ['no PrivateID', '<IMSSubscription/>', 'IMSSubscription has no PrivateID'],
    ['no ServiceProfile', '<IMSSubscription><PrivateID>a</PrivateID></IMSSubscription>', 'no ServiceProfile'],
    ['no AS', criterion(''), 'InitialFilterCriteria has no ApplicationServer'],
    [
      'no group',
      criterion(
        `<TriggerPoint><ConditionTypeCNF>1</ConditionTypeCNF><SPT><Method>X</Method></SPT></TriggerPoint>${as}`,
      ),
      'SPT has no Group',
    ],
    [
      'no condition',
      criterion(
        `<TriggerPoint><ConditionTypeCNF>1</ConditionTypeCNF><SPT><Group>1</Group></SPT></TriggerPoint>${as}`,
      ),
      'SPT has no condition',
    ],
    [
      'a word for a boolean',
      criterion(`<TriggerPoint><ConditionTypeCNF>yes</ConditionTypeCNF><SPT/></TriggerPoint>${as}`),
      'neither 0 nor 1',
    ],
    [
      'a session case of its own',
      criterion(
        `<TriggerPoint><ConditionTypeCNF>1</ConditionTypeCNF><SPT><Group>1</Group><SessionCase>5</SessionCase></SPT></TriggerPoint>${as}`,
      ),
      'SessionCase has no value 5',
    ],
    [
      'a priority level beyond the five',
      profile(
        '<PublicIdentity><Identity>sip:c@b</Identity><Extension><ServicePriorityLevel>5</ServicePriorityLevel></Extension></PublicIdentity>',
      ),
      'ServicePriorityLevel has no value 5',
    ],
    [
      'a priority that is none',
      profile('<InitialFilterCriteria><Priority>-1</Priority></InitialFilterCriteria>'),
      'Priority is not a number',
    ],
  ])('%s', (_, xml, reason) => {
    const reading = readUserProfile(xml);
    expect(reading).toMatchObject({ kind: 'unreadable' });
    expect(reading.kind === 'unreadable' && reading.reason).toContain(reason);
  });

  test('what is passed over is named, each once and 20 at most', () => {
    const one = '<PublicIdentity><Identity>sip:a@b</Identity><Extension><Extension><AliasGroup>1';
    const two = '</AliasGroup></Extension><constructor/></Extension></PublicIdentity>';
    const more = '<Extension><SharedIFCSetID>1</SharedIFCSetID><ListOfServiceIds/></Extension>';
    const ignored = (text: string): unknown => {
      const reading = readUserProfile(profile(text));
      return reading.kind === 'profile' && reading.ignored;
    };
    expect(ignored(more + one + two + one + two)).toEqual([
      'ServiceProfile/Extension/ListOfServiceIds',
      'ServiceProfile/PublicIdentity/Extension/Extension/AliasGroup',
      'ServiceProfile/PublicIdentity/Extension/constructor',
    ]);
    expect(ignored(Array.from({ length: 50 }, (_, at) => `<A${String(at)}/>`).join(''))).toHaveLength(20);
  });

  test('no text makes it throw, whole or cut or changed', () => {
    const good = file('user-profile.xml');
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.nat({ max: good.length }),
        fc.nat({ max: 20 }),
        (noise, at, cut) => {
          readUserProfile(noise);
          readUserProfile(good.slice(0, at) + noise.slice(0, 5) + good.slice(at + cut));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('nesting and width cost no more than their length', () => {
    const before = process.cpuUsage(); // not the clock: the machine may have other things to do
    readUserProfile('<a>'.repeat(40_000));
    readUserProfile('<a b="'.repeat(20_000));
    readUserProfile('<!--'.repeat(30_000));
    readUserProfile(`<IMSSubscription>${'<a/>'.repeat(25_000)}</IMSSubscription>`);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
  });
});
