import { dnsRcodeName } from '@ims-sim/dns/question';
import type { DnsStep } from '../flow.js';
import type { Difference } from './compare-message.js';
import { peekDns, questionText } from './dns-question.js';
import type { FlowState } from './flow-state.js';
import type { StepVerdict } from './verdict.js';

const MAX_SHOWN = 3;

/**
 * Finds the question between the step's two elements after what the step follows, and the answer that has its identifier and its
 * question (RFC 1035 4.1.1, RFC 5452 9.1). A question that came again counts as one. Undefined where an optional step's is not there.
 */
export function judgeDns(step: DnsStep, state: FlowState): StepVerdict | undefined {
  const after = state.after(step);
  const asked = state.index.dns
    .of(step.from, step.to, questionText(step.type, step.name))
    .filter(({ used, request }) => !used && request.id > after);
  const exchange =
    asked.find(({ answers: [answer] }) => answer && dnsRcodeName(answer.bytes) === step.rcode) ?? asked[0];
  if (exchange === undefined) {
    return step.optional === true ? undefined : notThere(step, after, state);
  }
  const [answer] = exchange.answers;
  const got = answer === undefined ? '' : dnsRcodeName(answer.bytes);
  if (step.optional === true && got !== step.rcode) {
    return undefined;
  }
  exchange.used = true;
  state.find(step, { record: exchange.request });
  const differences: Difference[] =
    got === step.rcode
      ? []
      : [
          {
            where: 'RCODE',
            expected: step.rcode,
            got,
            why: answer === undefined ? 'no answer came' : 'another response code',
          },
        ];
  return {
    step,
    right: differences.length === 0,
    differences,
    records: [exchange.request, ...exchange.answers.slice(0, 1)],
    errata: step.errata,
  };
}

function notThere(step: DnsStep, after: number, state: FlowState): StepVerdict {
  const others = state.index.dns.all
    .map(({ request }) => request)
    .filter(
      ({ id, from, to }) => id > after && state.named(from) === step.from && state.named(to) === step.to,
    )
    .slice(0, MAX_SHOWN);
  const got = others.map(({ bytes }) => peekDns(bytes)?.what ?? '').join(', ');
  const expected = `${step.type} ${step.name}`;
  const why = `no such question from ${step.from} to ${step.to}`;
  return {
    step,
    right: false,
    differences: [{ where: 'question', expected, got, why }],
    records: [],
    closest: others,
    errata: step.errata,
  };
}
