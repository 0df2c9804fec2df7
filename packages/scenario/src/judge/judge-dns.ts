import { dnsRcodeName } from '@ims-sim/dns/question';
import type { DnsRecordExpectation, DnsStep } from '../flow.js';
import type { Difference } from './compare-message.js';
import { peekDns, questionText } from './dns-question.js';
import { answersOf, type DnsRecord } from './dns-records.js';
import type { Exchange } from './exchanges.js';
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
  const exchange = asked.find((one) => differencesOf(step, one).length === 0) ?? asked[0];
  if (exchange === undefined) {
    return step.optional === true ? undefined : notThere(step, after, state);
  }
  const differences = differencesOf(step, exchange);
  if (step.optional === true && differences.length > 0) {
    return undefined;
  }
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

function differencesOf({ answer, rcode, records }: DnsStep, { answers }: Exchange): Difference[] {
  const [first] = answers;
  if (first === undefined) {
    return answer === 'none' ? [] : [{ where: 'RCODE', expected: rcode, got: '', why: 'no answer came' }];
  }
  const got = dnsRcodeName(first.bytes);
  if (answer === 'none') {
    return [{ where: 'answer', expected: '(none)', got, why: 'an answer came' }];
  }
  return got === rcode
    ? compareRecords(records, answersOf(first.bytes))
    : [{ where: 'RCODE', expected: rcode, got, why: 'another response code' }];
}

/** The records of an answer come in any order (RFC 2181 5). */
function compareRecords(
  expected: readonly DnsRecordExpectation[] | undefined,
  got: readonly DnsRecord[],
): Difference[] {
  const left = [...got];
  const missing = (expected ?? []).filter((one) => {
    const at = left.findIndex((record) => isLike(one, record));
    left.splice(at, at < 0 ? 0 : 1);
    return at < 0;
  });
  const others = left.map(written).join(', ');
  return expected === undefined
    ? []
    : missing.length > 0
      ? missing.map((one) => ({ where: 'record', expected: written(one), got: others, why: 'missing' }))
      : left.map((one) => ({ where: 'record', expected: '', got: written(one), why: 'not expected' }));
}

/** Names without regard to case (RFC 4343), and to the dot at their end. */
function isLike({ name, type, data }: DnsRecordExpectation, record: DnsRecord): boolean {
  return (
    type.toUpperCase() === record.type &&
    (name === undefined || relative(name).toLowerCase() === record.name.toLowerCase()) &&
    (data === undefined || sameData(record.type, relative(data), record.data))
  );
}

/** Only of a NAPTR does the case of something say something: of its expression. */
function sameData(type: string, one: string, other: string): boolean {
  return type === 'NAPTR' ? one === other : one.toLowerCase() === other.toLowerCase();
}

function relative(text: string): string {
  return text.endsWith('.') && !/(?:^| )\.$/.test(text) ? text.slice(0, -1) : text;
}

function written({ name, type, data }: DnsRecordExpectation): string {
  return [name, type, data].filter((part) => part !== undefined).join(' ');
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
