import { base, cx, decodeMessage, FLAG_REQUEST, get, type Message } from '@ims-sim/diameter';
import { commandName, CX_COMMANDS, SH_COMMANDS } from '@ims-sim/diameter/command-names';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { DiameterFacts } from './recorded.js';
import { shFactsOf } from './sh-facts.js';

const MAX_AVPS = 1000;

export interface DiameterExchange {
  readonly request: MessageRecord;
  readonly asked: DiameterFacts;
  readonly answer: MessageRecord;
  readonly said: DiameterFacts;
}

/** The Cx requests with their answers, in the order of the requests; one without an answer is left out. */
export function cxExchanges(records: readonly TraceRecord[]): DiameterExchange[] {
  return exchanges(records, CX_COMMANDS);
}

/** The same of Sh (TS 29.329 6.1). */
export function shExchanges(records: readonly TraceRecord[]): DiameterExchange[] {
  return exchanges(records, SH_COMMANDS);
}

function exchanges(records: readonly TraceRecord[], commands: ReadonlySet<number>): DiameterExchange[] {
  const open = new Map<string, { readonly record: MessageRecord; readonly message: Message }>();
  const found: DiameterExchange[] = [];
  for (const record of records) {
    const message = messageOf(record, commands);
    if (record.kind !== 'message' || message === undefined) {
      continue;
    }
    if ((message.flags & FLAG_REQUEST) !== 0) {
      open.set(`${record.from} ${record.to} ${message.hopByHop}`, { record, message });
      continue;
    }
    const key = `${record.to} ${record.from} ${message.hopByHop}`;
    const request = open.get(key);
    if (request) {
      open.delete(key);
      found.push({
        request: request.record,
        asked: factsOf(request.message, true),
        answer: record,
        said: factsOf(message, false),
      });
    }
  }
  return found.sort((a, b) => a.request.id - b.request.id);
}

function messageOf(record: TraceRecord, commands: ReadonlySet<number>): Message | undefined {
  if (record.kind !== 'message' || record.protocol !== 'diameter') {
    return undefined;
  }
  const decoding = decodeMessage(record.bytes, MAX_AVPS);
  return decoding.kind === 'message' && commands.has(decoding.message.command) ? decoding.message : undefined;
}

function factsOf(message: Message, isRequest: boolean): DiameterFacts {
  const result = get(message, base.experimentalResult);
  const items = get(message, cx.sipAuthDataItem);
  const reason = get(message, cx.deregistrationReason);
  const all = {
    privateIdentity: isRequest ? get(message, base.userName) : undefined,
    publicIdentity: isRequest ? get(message, cx.publicIdentity) : undefined,
    serverName: get(message, cx.serverName),
    visitedNetwork: get(message, cx.visitedNetworkIdentifier)?.toString(),
    scheme: items && get(items, cx.sipAuthenticationScheme),
    assignmentType: get(message, cx.serverAssignmentType),
    authorizationType: get(message, cx.userAuthorizationType),
    reasonCode: reason && get(reason, cx.reasonCode),
    resultCode: get(message, base.resultCode),
    experimentalResultCode: result && get(result, base.experimentalResultCode),
    ...(SH_COMMANDS.has(message.command) && shFactsOf(message, isRequest)),
  };
  const known = Object.entries(all).filter(([, value]) => value !== undefined);
  return { command: commandName(message.command, isRequest) ?? '', ...Object.fromEntries(known) };
}
