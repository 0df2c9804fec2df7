import { cseq, parseMessage } from '@ims-sim/sip';
import { type MessageRecord, shortName, type TraceRecord } from '@ims-sim/trace';

const SHOWN = 3;

/**
 * What came again byte for byte from `firstId` on, as one complaint: why it did (a loss, an answer that was late) is not seen, so that no
 * replay has it by itself.
 */
export function comeAgain(records: readonly TraceRecord[], firstId: number): string[] {
  const known = new Set<string>();
  const again = new Set<string>();
  let count = 0;
  for (const record of records) {
    if (record.kind !== 'message' || record.protocol !== 'sip' || record.id < firstId) {
      continue;
    }
    const key = `${record.from} ${record.to} ${record.bytes.toString('latin1')}`;
    if (known.has(key)) {
      count += 1;
      again.add(whatOf(record));
    }
    known.add(key);
  }
  if (count === 0) {
    return [];
  }
  const shown = [...again].slice(0, SHOWN).join(', ');
  const more = again.size > SHOWN ? `, and ${again.size - SHOWN} more` : '';
  return [
    `${count} ${count === 1 ? 'message' : 'messages'} that came again (${shown}${more}): what was lost or late is not seen; \`faults\` can say it`,
  ];
}

function whatOf({ bytes, from, to }: MessageRecord): string {
  const parsed = parseMessage(bytes.toString('latin1'));
  const message = parsed.kind === 'message' ? parsed.message : undefined;
  const method = message && cseq(message)?.method;
  const what = message?.kind === 'response' ? `${message.status} of ${method ?? ''}` : (method ?? '');
  return `${what} from ${shortName(from)} to ${shortName(to)}`;
}
