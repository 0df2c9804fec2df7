import type { RecordedEntry } from '../recorded.js';
import { ACTOR, type SippComplaint, type SippEntry, type SippPlay } from './sipp-play.js';

/** Who stands at the other side. */
export interface Partner {
  readonly name: string;
  /** The public identity of the actor, whom he calls. */
  readonly actorIdentity: string;
}

export interface WithPartner {
  readonly play: readonly RecordedEntry[];
  /** Whether there is anything for the partner to do or to be. */
  readonly isNeeded: boolean;
  readonly complaints: readonly SippComplaint[];
  /** Bodies of his, beside those of the play. */
  readonly files: ReadonlyMap<string, string>;
}

const OFFER_FILE = 'offer.sdp';
const OFFER = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 6000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
`;

/** What the partner does within a call, by the request that the actor waits for. */
const IN_CALL: Readonly<Record<string, string>> = {
  BYE: 'hangs up',
  CANCEL: 'cancels',
  UPDATE: 'updates',
};

/**
 * The play with the part of the other side, whom SIPp has in another file or in another program: he answers the calls of the actor, and
 * calls the actor where it waits to be called. What he cannot do is a complaint.
 */
export function withPartner({ play }: SippPlay, partner: Partner): WithPartner {
  const complaints: SippComplaint[] = [];
  const entries: RecordedEntry[] = [];
  let isNeeded = false;
  for (let at = 0; at < play.length;) {
    const entry = play[at] as SippEntry;
    const { kind } = entry.towards;
    const end = kind === 'waits' || kind === 'answers' ? endOfWaiting(play, at) : at + 1;
    const own = play.slice(at, end);
    const his = kind === 'calls' ? answers(entry, partner) : asked(own, partner, complaints);
    isNeeded ||= his.length > 0 || kind === 'asks' || kind === 'calls';
    entries.push(...(his.length > 0 ? [together(kind === 'calls' ? [own, his] : [his, own])] : own));
    at = end;
  }
  const offers = play.some(({ towards }) => towards.kind === 'calls' && !towards.offers);
  const files = new Map(offers ? [[OFFER_FILE, OFFER]] : []);
  return { play: entries.map(plain), isNeeded, complaints, files };
}

function plain({ sentence, options, parallel }: RecordedEntry): RecordedEntry {
  return { sentence, options, ...(parallel && { parallel: parallel.map((list) => list.map(plain)) }) };
}

function together(parallel: readonly (readonly RecordedEntry[])[]): RecordedEntry {
  return { sentence: 'parallel', options: {}, parallel };
}

/** What the actor does from where it waits on, until it begins something of its own. */
function endOfWaiting(play: readonly SippEntry[], from: number): number {
  let end = from + 1;
  for (let at = end; at < play.length; at += 1) {
    const { towards, sentence } = play[at] as SippEntry;
    if (towards.kind === 'waits' || towards.kind === 'answers' || towards.kind === 'in-call') {
      end = at + 1;
    } else if (!sentence.startsWith('wait ')) {
      break;
    }
  }
  return end;
}

/** As a callee: what SIPp expected of him. */
function answers({ towards }: SippEntry, { name }: Partner): RecordedEntry[] {
  if (towards.kind !== 'calls' || towards.status === undefined) {
    return [];
  }
  const { rings, status, offers, file = offers ? undefined : OFFER_FILE } = towards; // RFC 3261 13.2.1: then he makes the offer
  const said = (what: string): RecordedEntry => ({ sentence: `${name} ${what}`, options: {} });
  const final =
    status >= 300 ? `rejects with ${status}` : `answers${file === undefined ? '' : ` with ${file}`}`;
  return [...(rings && status < 300 ? [said('rings')] : []), said(final)];
}

/** What the network sends by itself: the first NOTIFY of a subscription, and those after it. */
const OF_THE_NETWORK = 'NOTIFY';

/** As a caller: what brings about what the actor waits for. */
function asked(
  own: readonly SippEntry[],
  { name, actorIdentity }: Partner,
  complaints: SippComplaint[],
): RecordedEntry[] {
  const his: RecordedEntry[] = [];
  const say = (what: string): void => {
    his.push({ sentence: `${name} ${what}`, options: {} });
  };
  const finals = own.flatMap(({ towards }) =>
    towards.kind === 'answers' && towards.status >= 200 ? [towards] : [],
  );
  const cancelled = own.some(({ towards }) => towards.kind === 'waits' && towards.method === 'CANCEL');
  let calls = false;
  for (const { towards } of own) {
    if (towards.kind === 'answers' && !calls) {
      const [final] = finals;
      const body = final?.file === undefined ? '' : ` with ${final.file}`;
      const refused = final !== undefined && final.status >= 300 && !cancelled;
      const until = final === undefined || final.status >= 300 ? '' : ' until answered';
      calls = true;
      say(`invites ${actorIdentity}${body}${until}${refused ? ` and gets ${final.status}` : ''}`);
    } else if (towards.kind === 'waits' && towards.method !== OF_THE_NETWORK) {
      const what = IN_CALL[towards.method] ?? outOfCall(towards.method, actorIdentity);
      if (what === undefined) {
        const text = `nobody sends ${ACTOR} the ${towards.method} that it waits for: add an actor that does`;
        complaints.push({ line: towards.line, text });
      } else {
        say(what);
      }
    }
  }
  return his;
}

function outOfCall(method: string, to: string): string | undefined {
  switch (method) {
    case 'MESSAGE':
      return `sends a message to ${to} saying "hello"`;
    case 'OPTIONS':
      return `asks ${to} for its options`;
    default:
      return undefined;
  }
}
