import type { Observed } from './observed.js';
import type { RecordedEntry } from './recorded.js';

const FORBIDDEN = 403;

/**
 * The registrations of UEs that had theirs before the capture began: they take part and never register. One that is only refused may have
 * none (TS 24.229 5.2.6.3.2A: 403), and gets none.
 */
export function alreadyRegistered({ sip, actors, complain }: Observed, firstId: number): RecordedEntry[] {
  return [...actors.values()].flatMap(({ name, host }): RecordedEntry[] => {
    const own = sip.filter(({ record }) => record.from === name || record.to === name);
    const registers = own.some(({ cseq, record }) => cseq.method === 'REGISTER' && record.id <= firstId);
    const isServed = own.some(
      ({ record, message }) =>
        (record.to === name && message.kind === 'request') ||
        (record.to === name &&
          message.kind === 'response' &&
          message.status >= 101 &&
          message.status !== FORBIDDEN),
    );
    const first = own[0];
    if (host !== undefined || registers || !isServed || first?.cseq.method === 'REGISTER') {
      return [];
    }
    complain(`${name}: it was registered before the capture began: \`before\` has it register`);
    return [{ sentence: `${name} registers`, options: {} }];
  });
}
