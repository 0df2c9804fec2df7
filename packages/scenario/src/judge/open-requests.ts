import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { peekDiameter } from './diameter-commands.js';
import { Seen } from './seen.js';

/** What a message opens or closes; `place`: of its transaction, apart from who asks whom. */
interface Turn {
  readonly kind: 'opens' | 'closes' | 'neither';
  readonly place: string;
}

/**
 * The requests of a trace that have no final response yet: while there is one, more is to come. Meant to be asked again and again of a
 * trace that grows: each message is read once.
 */
export function openRequests(trace: readonly TraceRecord[]): MessageRecord[] {
  const open = new Map<string, MessageRecord>();
  for (const record of trace) {
    if (record.kind !== 'message') {
      continue;
    }
    const { kind, place } = turnOf(record);
    if (kind === 'opens') {
      open.set(`${record.from} ${record.to} ${place}`, record);
    } else if (kind === 'closes') {
      open.delete(`${record.to} ${record.from} ${place}`);
    }
  }
  return [...open.values()];
}

const NEITHER: Turn = { kind: 'neither', place: '' };

/** By their bytes: a trace that is read again has other records with the same bytes. */
const turns = new WeakMap<Buffer, Turn>();

function turnOf(record: MessageRecord): Turn {
  let turn = turns.get(record.bytes);
  if (turn === undefined) {
    turn = read(record);
    turns.set(record.bytes, turn);
  }
  return turn;
}

function read(record: MessageRecord): Turn {
  switch (record.protocol) {
    case 'sip':
      return readSip(record);
    case 'diameter': {
      const peeked = peekDiameter(record.bytes);
      return peeked === undefined
        ? NEITHER
        : { kind: peeked.isRequest ? 'opens' : 'closes', place: `${peeked.what} ${peeked.id}` };
    }
    default:
      return NEITHER; // DNS asks again by itself, and waits for nobody
  }
}

/** A transaction by its call and its place there (RFC 3261 17.1.3 has the branch; this holds for forks too). */
function readSip(record: MessageRecord): Turn {
  const { message, flaw, callId, cseq } = new Seen(record);
  if (message === undefined || flaw !== undefined) {
    return NEITHER;
  }
  const place = `${callId ?? ''} ${cseq?.number ?? ''} ${cseq?.method ?? ''}`;
  if (message.kind === 'request') {
    return message.method === 'ACK' ? NEITHER : { kind: 'opens', place };
  }
  return message.status >= 200 ? { kind: 'closes', place } : NEITHER;
}
