import { event, type Profile } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { alreadyRegistered } from './already-registered.js';
import { BodyFiles } from './body-files.js';
import { networkActs } from './network-acts.js';
import { byCallId, type Observed } from './observed.js';
import { saidOfTcp } from './over-udp.js';
import { Pauses } from './pause.js';
import type { RecordedEntry, RecordedPlay } from './recorded.js';
import { type SaidAct, type SaidBeside, saidBeside } from './said-beside.js';
import { actorFrom } from './recorded-actor.js';
import { requestAction } from './request-action.js';
import { responseAction } from './response-action.js';
import { comeAgain } from './come-again.js';
import { sipMessages, type SipSeen } from './select.js';
import { silences } from './silences.js';

interface Done {
  readonly entry: RecordedEntry;
  readonly record: Pick<MessageRecord, 'id' | 'atUs' | 'from'>;
  readonly preparatory: 'yes' | 'where more follows' | 'no';
}

/**
 * What the actors and operators did, as sentences of a scenario file: what they began, how a callee answered, how long they waited.
 * Registrations and publications before anything else come before the flow (`firstId`: its first record). What cannot be said is a
 * complaint. `servers`: the host names of the actors that are no UEs. `beside`: what the trace says beside its messages.
 */
export function playFrom(
  records: readonly TraceRecord[],
  actorNames: readonly string[],
  profile: Profile,
  servers: ReadonlyMap<string, string> = new Map(),
  beside: SaidBeside = saidBeside([]),
): RecordedPlay {
  const sip = sipMessages(records);
  const complaints: string[] = [];
  const observed: Observed = {
    sip,
    byCall: byCallId(sip),
    actors: new Map(actorNames.map((name) => [name, actorFrom(name, sip, servers.get(name))])),
    profile,
    files: new BodyFiles(),
    complain: (text) => complaints.push(text),
  };
  const done = [
    ...actorsActs(observed),
    ...networkActs(records, observed).map(ofNetwork),
    ...beside.acts.map((act) => ofRunner(act, records)),
  ].sort((a, b) => a.record.id - b.record.id);
  silences(observed);
  const cut = beginningOf(done);
  const firstId = done[cut]?.record.id ?? 0;
  const registered = alreadyRegistered(observed, firstId);
  const ues = [...observed.actors.values()].filter(({ host }) => host === undefined);
  complaints.push(
    ...beside.complaints,
    ...saidOfTcp(
      sip,
      ues.map(({ name }) => name),
    ),
    ...comeAgain(records, firstId),
  );
  return {
    actors: [...observed.actors.values()],
    before: [...registered, ...done.slice(0, cut).map(({ entry }) => entry)],
    play: withPauses(
      done.slice(cut),
      new Pauses(sip, new Set(ues.map(({ name }) => name)), firstId),
      new Set(servers.keys()),
    ),
    faults: beside.faults,
    firstId,
    files: observed.files.contents,
    complaints,
  };
}

function actorsActs(observed: Observed): Done[] {
  const { sip, actors } = observed;
  return sip.flatMap((seen): Done[] => {
    const { record, message } = seen;
    if (!actors.has(record.from)) {
      return [];
    }
    const entry =
      message.kind === 'request' ? requestAction(seen, message, observed) : responseAction(seen, observed);
    return entry === undefined ? [] : [{ entry, record, preparatory: isPreparatory(seen) }];
  });
}

function isPreparatory({ cseq, message }: SipSeen): Done['preparatory'] {
  if (cseq.method === 'REGISTER' || cseq.method === 'PUBLISH') {
    return 'yes';
  }
  return event(message)?.package === 'reg' ? 'where more follows' : 'no';
}

function ofNetwork(act: { readonly entry: RecordedEntry; readonly record: MessageRecord }): Done {
  return { ...act, preparatory: 'no' };
}

/** Before the first message that came then or later: it is a cause, and not brought about. */
function ofRunner({ sentence, element, atUs }: SaidAct, records: readonly TraceRecord[]): Done {
  const next = records.find((record) => record.atUs >= atUs)?.id ?? Infinity;
  return {
    entry: { sentence, options: {} },
    record: { id: next - 0.5, atUs, from: element },
    preparatory: 'no',
  };
}

/** Where the flow begins: with the first action that prepares nothing. A subscription to one's own registration is a flow where none other is. */
function beginningOf(done: readonly Done[]): number {
  const first = (what: Done['preparatory']): number =>
    done.findIndex(({ preparatory }) => preparatory === what);
  const own = first('no');
  return Math.max(0, own < 0 ? first('where more follows') : own);
}

/** The pauses are put in, and what servers do goes beside the action that brought it about. */
function withPauses(done: readonly Done[], pauses: Pauses, servers: ReadonlySet<string>): RecordedEntry[] {
  const entries: RecordedEntry[] = [];
  let beside: RecordedEntry[] = [];
  done.forEach(({ entry, record }, index) => {
    const earlier = done[index - 1];
    const passed = earlier === undefined ? [] : pauses.between(earlier.record.atUs, record.atUs);
    const isServers = servers.has(record.from) && entries.length > 0;
    if (!isServers) {
      entries.push(...passed, entry);
      beside = [];
      return;
    }
    if (beside.length === 0) {
      const begun = entries.pop();
      entries.push({ sentence: 'parallel', options: {}, parallel: [begun ? [begun] : [], beside] });
    }
    beside.push(...passed, entry);
  });
  // What elements begin by themselves long after the last action, such as an expiry.
  const last = done.at(-1);
  return last === undefined ? entries : [...entries, ...pauses.atTheEnd(last.record.atUs)];
}
