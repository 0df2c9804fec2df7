import type { Expectation } from '@ims-sim/scenario';
import type { SipResponse } from '@ims-sim/sip';
import type { Outcome } from '@ims-sim/ue';
import { describeExpectation } from './describe-action.js';

/** How an outcome is not what was expected, in a line; undefined where it is. `withinS`: how long was waited. */
export function unlike(
  outcome: Outcome | undefined,
  expect: Expectation | undefined,
  withinS: number,
): string | undefined {
  const expected = describeExpectation(expect);
  if (outcome?.kind === 'response') {
    const { status, reason } = outcome.response;
    return isLike(outcome.response, expect) ? undefined : `expected ${expected}, got ${status} ${reason}`;
  }
  const prefix = expect === undefined ? '' : `expected ${expected}, `;
  switch (outcome?.failure) {
    case undefined:
    case 'timeout':
      return expect?.kind === 'no-answer' ? undefined : `${prefix}no answer within ${withinS} s`;
    case 'transport':
      return `${prefix}it could not be sent: nobody takes it there`;
    case 'closed':
      return `${prefix}the run was stopped`;
    case 'no-dialog':
      return `${prefix}there is no dialog to send it in`;
  }
}

function isLike({ status }: SipResponse, expect: Expectation | undefined): boolean {
  switch (expect?.kind) {
    case undefined:
      return status >= 200 && status < 300;
    case 'status':
      return status === expect.status;
    case 'class':
      return Math.floor(status / 100) === expect.hundreds;
    case 'no-answer':
      return false;
  }
}
