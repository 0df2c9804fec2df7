type JsonSchema = Record<string, unknown>;

/** What editors show at the keys whose schemas say nothing themselves: by the name, or by that of the key around it and the name. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  // a scenario
  title: 'what it is called',
  profile: 'the text whose rules are followed: TR 24.841, or TS 24.141',
  actors: 'who acts: UEs, application servers and network agents, by a name of yours',
  privateIdentity: 'its private identity, such as user1_private@home1.net',
  securityAgreement: 'whether it asks for a security agreement (RFC 3329)',
  accessNetworkInfo: 'the value of its P-Access-Network-Info',
  aka: 'the keys of IMS AKA (TS 35.206)',
  headers: 'headers of the response',
  // actions
  hss: 'the host name of the HSS',
  terminate: 'the private identity whose registration is taken back (RTR)',
  reason: 'the Reason-Code of the RTR (TS 29.229 6.3.17)',
  provision: 'the private identity of the subscriber that is put in, or changed',
  remove: 'the private identity of the subscriber that is taken out',
  subscriber: 'the subscriber, as in a network file',
  sCscf: 'the host name of the S-CSCF',
  deregister: 'the public identity whose registration is taken back',
  reauthenticate: 'the public identity that is to register again soon',
  kill: 'the element that is killed (`kill -9`)',
  restart: 'the element that is started again',
  wait: 'how long, in seconds',
  advance: 'by how much the clock goes on, in seconds; only with --simulate',
  message: 'the bytes: lines, an empty line, the body',
  to: 'the URI of the request',
  'send.to':
    'a host name, or udp:ADDRESS:PORT; unless told its P-CSCF, or the S-CSCF that has sent it something last',
  'options-send.to':
    'a host name, or udp:ADDRESS:PORT; unless told its P-CSCF, or the S-CSCF that has sent it something last',
  method: 'a method, such as SUBSCRIBE',
  status: 'the status of the response',
  contentType: 'the type of the body; unless told that of its kind',
  reliable: 'with 100rel (RFC 3262)',
  what: 'a method, or a status',
  state: 'active, pending or terminated, and parameters (Subscription-State)',
  until: 'what is waited for: ringing, answered, or nothing',
  expiresS: 'for how long, in seconds',
  'deregister.all': 'every contact of the user',
  'options-deregister.all': 'every contact of the user',
  event: 'the event package',
  accept: 'the value of Accept',
  cseq: 'the number of the CSeq',
  registered: 'whether it is to know that it is registered, or that it is no more',
  steps: 'the actions that are done each time',
  header: 'the name of a header, as an expression',
  // faults and other messages
  from: 'who sends it: a host name, or an actor',
  drop: 'what is sent and never arrives: a method, `200 of SUBSCRIBE`, a command such as LIA',
  duplicate: 'what arrives twice',
  delay: 'what arrives later',
  byMs: 'by how many milliseconds',
  reorder: 'what arrives after the next one',
  corrupt: 'what arrives with other bytes in it',
  set: 'the header that the sender writes otherwise',
  replace: 'the text in whose place another is written',
  by: 'the text that is written instead',
  without: 'the AVPs that are left out, at any depth',
  'faultOptions.to': 'for whom it is: a host name, or an actor',
  'hss-provision.from': 'the file with the subscriber, beside the scenario',
  'options-hss-provision.from': 'the file with the subscriber, beside the scenario',
  // steps
  anyOrder: 'steps that come in any order among themselves',
  errata: 'what the table prints, what is right, and why; the report shows each',
  decision: 'what an element must have decided',
  on: 'the element that decides',
  clause: 'the clause that it decides by',
  text: 'what it decides',
  diameter: 'a Cx command and its answer',
  request: 'the AVPs that the command must have',
  answer: 'the AVPs that the answer must have',
  dns: 'a question, and its answer',
  rcode: 'the code of the answer',
  why: 'why, for the report',
  value: 'the value on the wire',
  matches: 'a regular expression that the value must match',
  is: 'the text of the body: XML compared as XML, with symbols',
  data: 'what the record says, as dig prints it',
  command: 'a Cx command, such as LIR or LIA',
  publicIdentity: 'Public-Identity',
  serverName: 'Server-Name',
  visitedNetwork: 'Visited-Network-Identifier',
  scheme: 'SIP-Authentication-Scheme',
  assignmentType: 'Server-Assignment-Type, as a number',
  authorizationType: 'User-Authorization-Type, as a number',
  reasonCode: 'Reason-Code, as a number',
  resultCode: 'Result-Code',
  experimentalResultCode: 'Experimental-Result-Code',
  // a network
  auth: 'how UEs are authenticated',
  'network.dns': 'the DNS of the network; `external` where it is your own',
  name: 'its host name',
  listen: 'ADDRESS:PORT to listen at; unless told any that is free',
  ttlS: 'how long its records may be kept, in seconds',
  collector: 'ADDRESS:PORT where the messages that elements have seen are gathered',
  tcpAboveBytes: 'requests longer than this go by TCP (RFC 3261 18.1.1); unless told 1300',
  operators: 'by their domains',
  charging: 'where charging is done (P-Charging-Function-Addresses)',
  primaryCcf: 'Diameter URI of the primary CCF',
  secondaryCcf: 'Diameter URI of the secondary CCF',
  primaryEcf: 'Diameter URI of the primary ECF',
  secondaryEcf: 'Diameter URI of the secondary ECF',
  trustedDomains: 'whose asserted identities are believed, and who is told them (RFC 3325)',
  sharedFilterCriteria: 'sets of initial filter criteria that subscribers share, by number (TS 29.228 B.2.1)',
  'subscribers.sharedFilterCriteria': 'the numbers of the shared sets that it has',
  'moreImplicitSets.sharedFilterCriteria': 'the numbers of the shared sets that it has',
  elements: 'by their host names',
  kind: 'what it is',
  aliases: 'more host names that lead to it',
  viaName: 'the host name that it writes into its Via',
  external: "udp:ADDRESS:PORT or tcp:ADDRESS:PORT: it is somebody else's",
  addresses: 'further addresses, as the DNS has them',
  capabilities: 'what an S-CSCF can, or must be able to, by number (TS 29.228 6.7)',
  firstNotifyCSeq: 'the number of the CSeq of its first NOTIFY',
  minExpiresS: 'the shortest subscription or publication, in seconds (423 below it)',
  maxExpiresS: 'the longest subscription or publication, in seconds',
  application: 'the JavaScript module of an application that it runs',
  connection:
    'outbound: the application listens and is dialled for each request; inbound, if not given: one connection for all',
  cdrs: "call data records for applications that ask for them (drachtio's cdr:start and the like)",
  requestHandlers: 'applications that handle requests by the protocol of drachtio',
  methods: 'only requests of these methods',
  uri: 'tcp://HOST:PORT of the application, or an http:// URL that says where one is',
  'enum.uri': 'the URI that the number leads to',
  regexp: 'the substitution of the NAPTR record (RFC 3402 3.2)',
  minRegistrationS: 'the shortest registration, in seconds (423 below it)',
  maxRegistrationS: 'the longest registration, in seconds',
  database: 'the file of its SQLite database',
  postgresql: 'postgres://USER:PASSWORD@HOST:PORT/NAME of its database',
  provisioning: 'the HTTP interface by which subscribers are changed',
  token: 'what who changes subscribers has to present',
  acceptsAnyPeer: 'whether it answers Diameter peers that the network does not have',
  protectedPorts: 'the ports of the security association (TS 33.203 7.1)',
  client: 'its client port',
  server: 'its server port',
  subscribers: 'by their private identities',
  digest: 'the password of SIP Digest',
  publicIdentities: 'an implicit registration set; the first one is the default',
  visitedNetworks: 'where it may roam, by domain',
  initialFilterCriteria: 'which requests go to which application server (TS 29.228 B.2.2)',
  applicationServer: 'the SIP URI of the application server',
  alsoPrivateIdentities: 'further private identities of the subscription, with their keys',
  moreImplicitSets: 'further implicit registration sets',
  mandatory: 'what its S-CSCF must have',
  optional: 'what its S-CSCF had better have',
  serverNames: 'the S-CSCFs that it may have, by SIP URI',
  presence: 'who may watch (RFC 5025)',
  default: 'what becomes of a watcher that no rule has',
  rules: 'the first that has the watcher is followed',
  handling: 'what becomes of the watcher',
  identities: 'watchers by their public identities',
  domain: 'watchers by their domain',
  enum: 'numbers, and what ENUM (RFC 6116) makes of them',
  priority: 'the lower is tried first',
  when: 'the trigger point; without one every request',
  all: 'all of these, or of each `any` one (conjunctive normal form)',
  any: 'any of these, or of each `all` everything (disjunctive normal form)',
  defaultHandling: 'what is done where the application server does not answer',
  serviceInfo: 'what the application server is told with a third-party REGISTER',
  includeRegisterRequest: "whether a third-party REGISTER has the UE's request in it",
  includeRegisterResponse: 'whether a third-party REGISTER has the response to it',
  profilePartIndicator: 'only while the user is registered, or while not',
  registrationTypes: 'which REGISTERs are meant',
  not: 'whether it must not be so',
  content: 'an expression that the value must have',
  requestUri: 'an expression that the Request-URI must have',
  sessionCase: 'whose request it is, and in which state that user is',
  sessionDescription: 'the type of an SDP line, such as m',
  k: 'K, 32 hexadecimal digits',
  opc: 'OPc, 32 hexadecimal digits',
  op: 'OP, 32 hexadecimal digits, of which OPc is made',
  amf: 'AMF, 4 hexadecimal digits',
  algorithm: 'the algorithm of the challenge',
  password: 'the password',
  identity: 'the public identity',
  barred: 'whether it may only register, and nothing else',
  type: 'a public service identity, distinct or wildcarded (TS 23.003 13.5)',
};

/**
 * The schema with a description at every key. `around`: the key that it is the value of. One that a key shares with others (`$ref`)
 * has its own beside the reference.
 */
export function described(schema: JsonSchema, around = ''): JsonSchema {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, within(key, value, around)]));
}

/** Names of one key each, below which what stands is no schema. */
const VALUES: ReadonlySet<string> = new Set([
  'default',
  'examples',
  'enum',
  'const',
  'required',
  'type',
  'defaultSnippets',
]);

function within(key: string, value: unknown, around: string): unknown {
  if (typeof value !== 'object' || value === null || VALUES.has(key)) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((one: unknown) => within('', one, around));
  }
  if (key === '$defs') {
    return Object.fromEntries(
      Object.entries(value as Record<string, JsonSchema>).map(([name, part]) => [
        name,
        described(part, name),
      ]),
    );
  }
  if (key === 'properties') {
    return Object.fromEntries(
      Object.entries(value as Record<string, JsonSchema>).map(([name, part]) => [
        name,
        ofKey(name, part, around),
      ]),
    );
  }
  return described(value as JsonSchema, around);
}

function ofKey(name: string, part: JsonSchema, around: string): JsonSchema {
  const description = part.description ?? DESCRIPTIONS[`${around}.${name}`] ?? DESCRIPTIONS[name];
  return { ...(description === undefined ? {} : { description }), ...described(part, name) };
}
