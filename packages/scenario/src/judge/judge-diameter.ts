import { base, cx, decodeMessage, get, type Message, sh } from '@ims-sim/diameter';
import type { MessageRecord } from '@ims-sim/trace';
import type { DiameterExpectation, DiameterStep } from '../flow.js';
import { compareAvps } from './compare-avps.js';
import type { Difference } from './compare-message.js';
import type { Context } from './compare-uri.js';
import { answerCommand, whatOf } from './diameter-commands.js';
import type { Exchange } from './exchanges.js';
import type { FlowState } from './flow-state.js';
import type { StepVerdict } from './verdict.js';

const MAX_AVPS = 1000;
/** So many requests are tried for one step at most. */
const MAX_TRIED = 16;

/**
 * Finds the request between the step's two elements that comes after what the step follows and that no step has taken yet, the one
 * that has the most of what is expected, and its answer by hop-by-hop identifier (RFC 6733 3). Undefined where an optional step's is
 * not there.
 */
export function judgeDiameter(step: DiameterStep, state: FlowState): StepVerdict | undefined {
  const after = state.after(step);
  const tried = state.index.diameter
    .of(step.from, step.to, whatOf(step.request.command))
    .filter(({ used, request }) => !used && request.id > after)
    .slice(0, MAX_TRIED)
    .map((exchange) => {
      const learnt = state.context.symbols.count;
      const differences = differencesOf(step, exchange, state.context);
      state.context.symbols.forget(learnt);
      return { exchange, differences };
    });
  const best = tried.find(({ differences }) => differences.length === 0) ?? least(tried);
  if (best === undefined || (step.optional === true && best.differences.length > 0)) {
    return step.optional === true ? undefined : notThere(step);
  }
  const { exchange } = best;
  const differences = differencesOf(step, exchange, state.context); // and its symbols stay
  exchange.used = true;
  state.find(step, { record: exchange.request });
  return {
    step,
    right: differences.length === 0,
    differences,
    records: [exchange.request, ...exchange.answers.slice(0, 1)],
    errata: step.errata,
  };
}

function least<T extends { readonly differences: readonly Difference[] }>(
  tried: readonly T[],
): T | undefined {
  return tried.reduce<T | undefined>(
    (best, one) => (best === undefined || one.differences.length < best.differences.length ? one : best),
    undefined,
  );
}

function notThere(step: DiameterStep): StepVerdict {
  const { command } = step.request;
  const why = `no such request from ${step.from} to ${step.to}`;
  return {
    step,
    right: false,
    differences: [{ where: command, expected: written(step.request), got: '', why }],
    records: [],
    errata: step.errata,
  };
}

function differencesOf(step: DiameterStep, { request, answers }: Exchange, context: Context): Difference[] {
  const found = compareRecord(step.request, request, context);
  const [answer] = answers;
  if (step.answer === undefined) {
    return found;
  }
  const where = answerCommand(step);
  if (step.answer === 'none') {
    return answer === undefined
      ? found
      : [...found, { where, expected: '(none)', got: where, why: 'an answer came' }];
  }
  return answer === undefined
    ? [...found, { where, expected: written(step.answer), got: '', why: 'no answer came' }]
    : [...found, ...compareRecord(step.answer, answer, context)];
}

function compareRecord(
  expected: DiameterExpectation,
  { bytes }: MessageRecord,
  context: Context,
): Difference[] {
  const decoding = decodeMessage(bytes, MAX_AVPS);
  if (decoding.kind !== 'message') {
    return [{ where: expected.command, expected: written(expected), got: '', why: 'not to be read' }];
  }
  const { message } = decoding;
  const further =
    expected.avps === undefined ? [] : compareAvps(expected.avps, message, expected.command, context);
  return [...compare(expected, message), ...further];
}

function compare(expected: DiameterExpectation, message: Message): Difference[] {
  const found: Difference[] = [];
  const check = (
    where: string,
    want: string | number | undefined,
    got: string | number | undefined,
  ): void => {
    if (want !== undefined && want !== got) {
      found.push({
        where: `${expected.command} ${where}`,
        expected: String(want),
        got: String(got ?? ''),
        why: got === undefined ? 'missing' : 'another value',
      });
    }
  };
  const result = get(message, base.experimentalResult);
  const items = get(message, cx.sipAuthDataItem);
  const reason = get(message, cx.deregistrationReason);
  const identity = get(message, sh.userIdentity); // TS 29.329 6.3.1: where Sh has the Public-Identity
  check('User-Name', expected.privateIdentity, get(message, base.userName));
  const publicIdentity = get(message, cx.publicIdentity) ?? (identity && get(identity, cx.publicIdentity));
  check('Public-Identity', expected.publicIdentity, publicIdentity);
  check('Server-Name', expected.serverName, get(message, cx.serverName));
  const visited = get(message, cx.visitedNetworkIdentifier)?.toString();
  check('Visited-Network-Identifier', expected.visitedNetwork, visited);
  const scheme = items && get(items, cx.sipAuthenticationScheme);
  check('SIP-Authentication-Scheme', expected.scheme, scheme);
  check('Server-Assignment-Type', expected.assignmentType, get(message, cx.serverAssignmentType));
  const authorization = get(message, cx.userAuthorizationType);
  check('User-Authorization-Type', expected.authorizationType, authorization);
  check('Reason-Code', expected.reasonCode, reason && get(reason, cx.reasonCode));
  check('Result-Code', expected.resultCode, get(message, base.resultCode));
  const experimental = result && get(result, base.experimentalResultCode);
  check('Experimental-Result-Code', expected.experimentalResultCode, experimental);
  return found;
}

function written({ command, ...rest }: DiameterExpectation): string {
  const values = Object.entries(rest).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [`${name}=${value}`] : [],
  );
  return [command, ...values, ...(rest.avps?.keys() ?? [])].join(' ');
}
