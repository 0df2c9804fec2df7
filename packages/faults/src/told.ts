import { commandOf } from './diameter-bytes.js';
import { readDns } from './dns-bytes.js';
import type { Fault, FaultRule } from './fault.js';
import type { Outgoing } from './match.js';
import { cseqMethod, methodOf, statusOf } from './sip-text.js';

/** What the trace says of a rule: that it took place, or that a message which it was for had nothing to change. */
export type Told = 'struck' | 'unchanged';

const UNCHANGED = ': nothing to change in it';
/** Of a text that somebody writes into a message, so much is told. */
const MAX_SHOWN = 100;

/** What a decision of the trace says where a rule meets a message: `fault 1 (loss.yaml:37): SUBSCRIBE to icscf2.home2.net dropped`. */
export function strikeText(label: string, { fault }: FaultRule, message: Outgoing, told: Told): string {
  const { receiver } = message;
  const to = receiver === undefined ? '' : ` to ${receiver}`;
  return `${label}: ${nameOf(message)}${to}${told === 'unchanged' ? UNCHANGED : ` ${outcomeOf(fault)}`}`;
}

/** What a decision that `strikeText` wrote says of the rule with that label; undefined: it is another's, or none. */
export function toldOf(label: string, decision: string): Told | undefined {
  if (!decision.startsWith(`${label}: `)) return undefined;
  return decision.endsWith(UNCHANGED) ? 'unchanged' : 'struck';
}

function nameOf({ protocol, bytes, sip }: Outgoing): string {
  if (protocol === 'diameter') return commandOf(bytes);
  if (protocol === 'dns') {
    const dns = readDns(bytes);
    return dns === undefined ? 'DNS' : `${dns.type} ${dns.response ? 'answer' : 'question'}`;
  }
  if (sip === undefined) return protocol;
  return methodOf(sip) ?? `${statusOf(sip) ?? ''} of ${cseqMethod(sip) ?? ''}`;
}

function outcomeOf(fault: Fault): string {
  switch (fault.kind) {
    case 'drop':
      return 'dropped';
    case 'duplicate':
      return 'sent twice';
    case 'delay':
      return `late by ${fault.byMs} ms`;
    case 'reorder':
      return 'held back for the next one';
    case 'corrupt':
      return `with ${fault.bytes} ${fault.bytes === 1 ? 'byte' : 'bytes'} corrupted`;
    case 'set-header':
      return fault.value === undefined
        ? `without ${fault.header}`
        : `with ${fault.header}: ${shown(fault.value)}`;
    case 'replace':
      return `with "${shown(fault.by)}" for "${shown(fault.text)}"`;
    case 'without-avps':
      return `without ${shown(fault.names.join(', '))}`;
    case 'result':
      return `with ${fault.experimental ? 'experimental ' : ''}${fault.code}`;
    case 'rcode':
      return `with ${fault.rcode}`;
  }
}

function shown(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
