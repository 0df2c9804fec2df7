import { actionSlots, bare, isThere, numberOf, numeral, seconds } from './action-slots.js';
import { grammarOf, type SentenceForm, type Slots } from './sentence.js';

/** The mapping that says the same as a sentence; keys without a value are not there. */
export type Mapping = Readonly<Record<string, unknown>>;

const form = (
  pattern: string,
  example: string,
  about: string,
  to: (slots: Slots) => Mapping,
): SentenceForm<Mapping> => ({ pattern, example, about, to: (slots) => there(to(slots)) });

const said = (slots: Slots): Mapping => ({ expect: numeral(slots.EXPECT) });

/** One entry a form, in the order in which they are tried and shown. */
export const actionForms: readonly SentenceForm<Mapping>[] = [
  form(
    'ACTOR registers[ again][, DURATION][ and gets EXPECT]',
    'watcher registers',
    'REGISTER, with authentication where the network wants it; 600000 s unless told',
    (s) => ({ register: s.ACTOR, expiresS: seconds(s.DURATION), ...said(s) }),
  ),
  form('ACTOR deregisters[ and gets EXPECT]', 'watcher deregisters', 'takes its contact back', (s) => ({
    deregister: s.ACTOR,
    ...said(s),
  })),
  form(
    'ACTOR deregisters all contacts[ and gets EXPECT]',
    'watcher deregisters all contacts',
    'takes every contact of the user back',
    (s) => ({ deregister: s.ACTOR, all: true, ...said(s) }),
  ),
  form(
    'ACTOR subscribes to its registration state[ and gets EXPECT]',
    'watcher subscribes to its registration state',
    'SUBSCRIBE for `reg` (RFC 3680), and follows what it says',
    (s) => ({ registrationState: s.ACTOR, ...said(s) }),
  ),
  form(
    'ACTOR subscribes to URI[ for EVENT][, DURATION][ as NAME][ and gets EXPECT]',
    'watcher subscribes to tel:+1-212-555-2222 for presence, 7200 s',
    'SUBSCRIBE, and waits for the first NOTIFY; `presence` and 3600 s unless told',
    (s) => ({
      subscribe: s.ACTOR,
      to: s.URI,
      event: s.EVENT,
      expiresS: seconds(s.DURATION),
      as: s.NAME,
      ...said(s),
    }),
  ),
  form(
    'ACTOR refreshes[ OF][, DURATION][ and gets EXPECT]',
    'watcher refreshes first, 3600 s',
    'SUBSCRIBE or PUBLISH again, of the last one or of the one so named',
    (s) => ({ refresh: s.ACTOR, of: s.OF, expiresS: seconds(s.DURATION), ...said(s) }),
  ),
  form(
    'ACTOR unsubscribes[ OF][ and gets EXPECT]',
    'watcher unsubscribes',
    'SUBSCRIBE with Expires 0, and waits for the last NOTIFY',
    (s) => ({ unsubscribe: s.ACTOR, of: s.OF, ...said(s) }),
  ),
  form(
    'ACTOR publishes EVENT[ from FILE][, DURATION][ as NAME][ and gets EXPECT]',
    'presentity publishes presence from user2-presence.xml, 7200 s',
    'PUBLISH with the document of a file, or with the `text` below its colon; 3600 s unless told',
    (s) => ({
      publish: s.ACTOR,
      event: s.EVENT,
      body: bare(s.FILE),
      expiresS: seconds(s.DURATION),
      as: s.NAME,
      ...said(s),
    }),
  ),
  form(
    'ACTOR unpublishes[ OF][ and gets EXPECT]',
    'presentity unpublishes',
    'PUBLISH with Expires 0',
    (s) => ({ unpublish: s.ACTOR, of: s.OF, ...said(s) }),
  ),
  form(
    'ACTOR sends a message to URI saying TEXT[ and gets EXPECT]',
    'watcher sends a message to sip:user2_public1@home2.net saying "hello"',
    'MESSAGE with that text',
    (s) => ({ message: s.ACTOR, to: s.URI, text: bare(s.TEXT), ...said(s) }),
  ),
  form(
    'ACTOR sends a message to URI[ with FILE][ and gets EXPECT]',
    'watcher sends a message to sip:user2_public1@home2.net with greeting.txt',
    'MESSAGE with the content of a file, or with the `text` below its colon',
    (s) => ({ message: s.ACTOR, to: s.URI, body: bare(s.FILE), ...said(s) }),
  ),
  form(
    'ACTOR asks URI for its options[ and gets EXPECT]',
    'watcher asks sip:user2_public1@home2.net for its options',
    'OPTIONS',
    (s) => ({ options: s.ACTOR, to: s.URI, ...said(s) }),
  ),
  form(
    'ACTOR invites URI[ reliably][ with FILE][ as NAME][ until UNTIL][ and gets EXPECT]',
    'caller invites tel:+1-212-555-2222',
    'INVITE; does not wait unless `until` is given, or `gets`; `reliably`: with 100rel',
    (s) => ({
      invite: s.ACTOR,
      to: s.URI,
      reliable: isThere(s.reliably),
      body: bare(s.FILE),
      as: s.NAME,
      until: s.UNTIL,
      ...said(s),
    }),
  ),
  form('ACTOR cancels[ OF][ and gets EXPECT]', 'caller cancels', 'CANCEL of its INVITE', (s) => ({
    cancel: s.ACTOR,
    of: s.OF,
    ...said(s),
  })),
  form(
    'ACTOR updates[ OF][ with FILE][ and gets EXPECT]',
    'caller updates',
    'UPDATE within its call (RFC 3311)',
    (s) => ({ update: s.ACTOR, of: s.OF, body: bare(s.FILE), ...said(s) }),
  ),
  form(
    'ACTOR re-invites[ OF][ with FILE][ and gets EXPECT]',
    'caller re-invites',
    'INVITE within its call',
    (s) => ({ reinvite: s.ACTOR, of: s.OF, body: bare(s.FILE), ...said(s) }),
  ),
  form('ACTOR hangs up[ OF][ and gets EXPECT]', 'caller hangs up', 'BYE', (s) => ({
    bye: s.ACTOR,
    of: s.OF,
    ...said(s),
  })),
  form(
    'ACTOR rings[ with STATUS][ reliably]',
    'callee rings reliably',
    'a provisional response to its INVITE, 180 unless told; `reliably`: and waits for the PRACK',
    (s) => ({ ring: s.ACTOR, status: numberOf(s.STATUS), reliable: isThere(s.reliably) }),
  ),
  form(
    'ACTOR rejects with STATUS[ within DURATION]',
    'callee rejects with 486',
    'a final response to its INVITE',
    (s) => ({ respond: s.ACTOR, method: 'INVITE', status: numberOf(s.STATUS), withinS: seconds(s.DURATION) }),
  ),
  form(
    'ACTOR answers METHOD with STATUS[ within DURATION]',
    'as answers SUBSCRIBE with 200',
    'waits for a request, and answers it',
    (s) => ({ respond: s.ACTOR, method: s.METHOD, status: numberOf(s.STATUS), withinS: seconds(s.DURATION) }),
  ),
  form('ACTOR answers[ with FILE]', 'callee answers', '200 to its INVITE, and waits for the ACK', (s) => ({
    answer: s.ACTOR,
    body: bare(s.FILE),
  })),
  form(
    'ACTOR receives WHAT[ within DURATION]',
    'watcher receives NOTIFY within 5 s',
    'waits for a request, or a response of that status, that no action had yet',
    (s) => ({ receive: s.ACTOR, what: numeral(s.WHAT), withinS: seconds(s.DURATION) }),
  ),
  form(
    'ACTOR notifies STATE[ with FILE][ and gets EXPECT]',
    'as notifies active',
    'NOTIFY in the dialog of a SUBSCRIBE that it answered',
    (s) => ({ notify: s.ACTOR, state: s.STATE, body: bare(s.FILE), ...said(s) }),
  ),
  {
    ...form(
      'ACTOR sends[ to TARGET][ and gets EXPECT]',
      'watcher sends',
      'the bytes of `message`, or of the text below its colon',
      (s) => ({ send: s.ACTOR, to: s.TARGET, ...said(s) }),
    ),
    below: ': |\n    ${2:OPTIONS sip:home2.net SIP/2.0}',
  },
  form(
    'ACTOR is registered[ within DURATION]',
    'watcher is registered',
    'waits until it knows that it is',
    (s) => ({ until: s.ACTOR, registered: true, withinS: seconds(s.DURATION) }),
  ),
  form(
    'ACTOR is no longer registered[ within DURATION]',
    'watcher is no longer registered within 5 s',
    'waits until it knows that it is no more: it deregistered, or is told so, having subscribed to its registration state',
    (s) => ({ until: s.ACTOR, registered: false, withinS: seconds(s.DURATION) }),
  ),
  form('wait DURATION', 'wait 2 s', 'lets time pass', (s) => ({ wait: seconds(s.DURATION) })),
  form(
    'advance the clock by DURATION',
    'advance the clock by 7200 s',
    'only with `--simulate`: at once',
    (s) => ({ advance: seconds(s.DURATION) }),
  ),
  form(
    'HSS terminates IMPI[, REASON]',
    'hss1.home1.net terminates user1_private@home1.net',
    'the HSS takes the registration back (RTR)',
    (s) => ({ hss: s.HSS, terminate: s.IMPI, reason: s.REASON }),
  ),
  form(
    'SCSCF deregisters URI',
    'scscf1.home1.net deregisters sip:user1_public1@home1.net',
    'the S-CSCF takes the registration back (TS 24.229 5.4.1.5)',
    (s) => ({ sCscf: s.SCSCF, deregister: s.URI }),
  ),
  form(
    'SCSCF reauthenticates URI within DURATION',
    'scscf1.home1.net reauthenticates sip:user1_public1@home1.net within 300 s',
    'the S-CSCF shortens the registration (TS 24.229 5.4.1.6)',
    (s) => ({ sCscf: s.SCSCF, reauthenticate: s.URI, expiresS: seconds(s.DURATION) }),
  ),
  form(
    'HSS provisions IMPI[ from FILE]',
    'hss1.home1.net provisions user3_private@home1.net from user3.json',
    'puts a subscriber in, or changes it: the file, or the `subscriber` below its colon, as `ims subscribers add` takes it',
    (s) => ({ hss: s.HSS, provision: s.IMPI, from: bare(s.FILE) }),
  ),
  form(
    'HSS removes IMPI',
    'hss1.home1.net removes user3_private@home1.net',
    'takes a subscriber out',
    (s) => ({ hss: s.HSS, remove: s.IMPI }),
  ),
  form('kill ELEMENT', 'kill scscf1.home1.net', '`kill -9`', (s) => ({ kill: s.ELEMENT })),
  form('restart ELEMENT', 'restart scscf1.home1.net', 'starts what was killed', (s) => ({
    restart: s.ELEMENT,
  })),
];

export const actionGrammar = grammarOf(actionForms, actionSlots);

function there(mapping: Mapping): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== undefined));
}
