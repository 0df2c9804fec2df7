import type { MessageRecord } from '@ims-sim/trace';
import type { StepVerdict } from './verdict.js';

/**
 * A step whose message is to go out several times (RFC 3261 17.1.2.2, 17.2.2) is right when its copies are among the retransmissions. How
 * many more come is a matter of time: a busy machine's timers run out too.
 */
export function withCopies(verdict: StepVerdict, retransmissions: readonly MessageRecord[]): StepVerdict {
  const { step, records } = verdict;
  const [first] = records;
  if (step.kind !== 'message' || step.sentAtLeast === undefined || first?.kind !== 'message') {
    return verdict;
  }
  const copies = retransmissions.filter(
    ({ from, to, bytes }) => from === first.from && to === first.to && bytes.equals(first.bytes),
  );
  const count = 1 + copies.length;
  return count >= step.sentAtLeast
    ? verdict
    : {
        ...verdict,
        right: false,
        differences: [
          ...verdict.differences,
          {
            where: 'sentAtLeast',
            expected: `${step.sentAtLeast} times, the same bytes`,
            got: count === 1 ? 'once' : `${count} times`,
            why: 'it did not go out again',
          },
        ],
      };
}
