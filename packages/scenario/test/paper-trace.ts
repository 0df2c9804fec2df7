import { type Avp, avpOf, base, cx, encodeMessage, FLAG_REQUEST, sh } from '@ims-sim/diameter';
import { parseMessage, type SipMessage, values } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { expectedMessage } from '../src/expected-message.js';
import type { DiameterExpectation, DiameterStep, DnsStep, Flow, MessageStep } from '../src/flow.js';

const NOWHERE = { address: '127.0.0.1', port: 0 };

/** The trace of a network that does just what the tables say: their own messages, empty headers filled in. */
export function paperTrace({ flow }: { readonly flow: Flow }): TraceRecord[] {
  const sent = new Map<number, SipMessage>();
  const callId = 'b89rjhnedlrfjflslj40a222';
  let id = 0;
  const common = (): { id: number; atUs: number } => ({ id: ++id, atUs: id * 1000 });
  return flow.steps.flatMap((step): TraceRecord[] => {
    switch (step.kind) {
      case 'decision': {
        const { on, clause, text } = step;
        return [
          {
            kind: 'decision',
            ...common(),
            element: on,
            ...(sent.size > 0 && { callId }),
            clause,
            text: `because: ${text}`,
          },
        ];
      }
      case 'diameter':
        return diameterMessages(step, step.step).map(({ from, to, bytes }) =>
          message(common(), from, to, 'diameter', bytes),
        );
      case 'dns':
        return dnsMessages(step).map(({ from, to, bytes }) => message(common(), from, to, 'dns', bytes));
      case 'message': {
        const text = onTheWire(step, sent.get(step.follows ?? 0));
        const parsed = parseMessage(text);
        if (parsed.kind !== 'message') {
          throw new Error(`step ${step.step}: ${text}`);
        }
        sent.set(step.step, parsed.message);
        return [message(common(), step.from, step.to, 'sip', Buffer.from(text, 'latin1'))];
      }
    }
  });
}

function message(
  common: { id: number; atUs: number },
  from: string,
  to: string,
  protocol: MessageRecord['protocol'],
  bytes: Buffer,
): MessageRecord {
  const transport = protocol === 'diameter' ? 'tcp' : 'udp';
  return {
    kind: 'message',
    ...common,
    from,
    to,
    source: NOWHERE,
    destination: NOWHERE,
    protocol,
    transport,
    bytes,
  };
}

function onTheWire(step: MessageStep, before: SipMessage | undefined): string {
  const expected = expectedMessage(step);
  if (typeof expected === 'string') {
    throw new Error(expected);
  }
  const { start, headers } = expected;
  const body =
    step.body?.kind === 'unchanged' ? (before?.body ?? '') : filledIn(expected.body, before?.body ?? '');
  const lines = [
    start.kind === 'request'
      ? `${start.method} ${start.uri} SIP/2.0`
      : `SIP/2.0 ${start.status} ${start.reason}`,
  ];
  for (const [key, { name, values: table }] of headers) {
    for (const [index, value] of table.entries()) {
      const filled =
        key === 'content-length' ? String(body.length) : value || earlier(before, key, table.length, index);
      lines.push(`${name}: ${filled}`);
    }
  }
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** A line of a session description without a value is that of the message before. */
function filledIn(body: string, before: string): string {
  const earlierLines = before.split('\n');
  const lines = body.split('\n').map((line, index) => (/^[a-z]=$/.test(line) ? earlierLines[index] : line));
  return lines.join('\n');
}

function earlier(before: SipMessage | undefined, key: string, count: number, index: number): string {
  const all = before ? values(before, key) : [];
  return count === 1 ? all.join(', ') : (all[index] ?? '');
}

/** A question and an answer without records (RFC 1035 4.1). */
export function dnsMessages({
  step,
  from,
  to,
  name,
  type,
  rcode,
  answer,
}: DnsStep): { from: string; to: string; bytes: Buffer }[] {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  const question = Buffer.concat([...labels, Buffer.from([0, 0, TYPES[type] ?? 1, 0, 1])]);
  const message = (flags: number, code: number): Buffer =>
    Buffer.concat([Buffer.from([0, step, flags, code, 0, 1, 0, 0, 0, 0, 0, 0]), question]);
  const asked = { from, to, bytes: message(0x01, 0) };
  if (answer === 'none') {
    return [asked];
  }
  return [
    asked,
    {
      from: to,
      to: from,
      bytes: message(0x81, ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN'].indexOf(rcode)),
    },
  ];
}

const TYPES: Readonly<Record<string, number>> = { A: 1, SRV: 33, NAPTR: 35 };

const COMMANDS: Readonly<Record<string, number>> = {
  UA: 300,
  SA: 301,
  LI: 302,
  MA: 303,
  RT: 304,
  UD: 306,
  SN: 308,
};
const SH_APPLICATION = 16_777_217;

function diameterMessages(
  { from, to, request, answer }: DiameterStep,
  hopByHop: number,
): { from: string; to: string; bytes: Buffer }[] {
  const encoded = (expectation: DiameterExpectation, flags: number): Buffer =>
    encodeMessage({
      command: COMMANDS[expectation.command.slice(0, 2)] ?? 0,
      application: /^(UD|SN|PU|PN)/.test(expectation.command) ? SH_APPLICATION : 16_777_216,
      hopByHop,
      endToEnd: hopByHop,
      flags,
      avps: avpsOf(expectation),
    });
  return [
    { from, to, bytes: encoded(request, FLAG_REQUEST) },
    ...(typeof answer === 'object' ? [{ from: to, to: from, bytes: encoded(answer, 0) }] : []),
  ];
}

function avpsOf(expectation: DiameterExpectation): Avp[] {
  const e = expectation;
  return [
    e.privateIdentity === undefined ? [] : avpOf(base.userName, e.privateIdentity),
    e.publicIdentity === undefined
      ? []
      : /^(UD|SN)/.test(e.command)
        ? avpOf(sh.userIdentity, [avpOf(cx.publicIdentity, e.publicIdentity)])
        : avpOf(cx.publicIdentity, e.publicIdentity),
    e.serverName === undefined ? [] : avpOf(cx.serverName, e.serverName),
    e.visitedNetwork === undefined ? [] : avpOf(cx.visitedNetworkIdentifier, Buffer.from(e.visitedNetwork)),
    e.scheme === undefined ? [] : avpOf(cx.sipAuthDataItem, [avpOf(cx.sipAuthenticationScheme, e.scheme)]),
    e.assignmentType === undefined ? [] : avpOf(cx.serverAssignmentType, e.assignmentType),
    e.authorizationType === undefined ? [] : avpOf(cx.userAuthorizationType, e.authorizationType),
    e.reasonCode === undefined ? [] : avpOf(cx.deregistrationReason, [avpOf(cx.reasonCode, e.reasonCode)]),
    e.resultCode === undefined ? [] : avpOf(base.resultCode, e.resultCode),
    e.experimentalResultCode === undefined
      ? []
      : avpOf(base.experimentalResult, [avpOf(base.experimentalResultCode, e.experimentalResultCode)]),
  ].flat();
}
