import { elementNamed, elementsOf } from '@ims-sim/element';
import { callId, cseq, locate, parseMessage, parseUri, type SipMessage, type Target } from '@ims-sim/sip';
import type { SipStack } from '@ims-sim/sip';
import { type ActorAction, type Result, resultOf } from './act.js';
import { rawMessage } from './raw-message.js';
import { ANSWER_WITHIN_S, type RunningActor, type Stage } from './stage.js';

const MAX_PORT = 65_535;

type SendAction = Extract<ActorAction, { readonly kind: 'send' }>;

/** Sends bytes as the scenario has them; only where something is expected or taken is an answer waited for: one with their Call-ID and CSeq. */
export async function sendRaw(action: SendAction, actor: RunningActor, stage: Stage): Promise<Result> {
  const bytes = rawMessage(action.message);
  const target = await targetOf(action.to, actor, stage);
  if (target === 'proxy' && actor.ue !== undefined) {
    if (!(await actor.ue.sendBytes(bytes))) {
      return { failure: 'there is no way to its P-CSCF' };
    }
  } else if (typeof target === 'string') {
    return { failure: target };
  } else {
    stackOf(actor)?.sendBytes(bytes, target);
  }
  if (action.expect === undefined && (action.take ?? []).length === 0) {
    return { failure: undefined };
  }
  const parsed = parseMessage(bytes.toString('latin1'));
  const sent = parsed.kind === 'message' ? parsed.message : undefined;
  const { inbox, watch } = actor.peer;
  const response = await watch.until(
    () => inbox.takeWhere((message) => isFinal(message) && (sent === undefined || isAnswerTo(sent, message))),
    ANSWER_WITHIN_S * 1000,
  );
  return resultOf(action, response?.kind === 'response' ? { kind: 'response', response } : undefined);
}

function isFinal(message: SipMessage): boolean {
  return message.kind === 'response' && message.status >= 200;
}

function isAnswerTo(sent: SipMessage, message: SipMessage): boolean {
  const [asked, answered] = [cseq(sent), cseq(message)];
  return (
    callId(sent) === callId(message) &&
    asked?.number === answered?.number &&
    asked?.method === answered?.method
  );
}

function stackOf({ ue, server }: RunningActor): SipStack | undefined {
  return ue?.stack ?? server?.stack;
}

/** `udp:192.0.2.1:5060`, `tcp:[2001:db8::1]:5060`, or a host name; undefined: the P-CSCF, or the S-CSCF that has sent something last. */
async function targetOf(
  to: string | undefined,
  actor: RunningActor,
  { ground, network }: Stage,
): Promise<Target | 'proxy' | string> {
  if (to === undefined) {
    return actor.ue === undefined ? serversTarget(actor, ground, network) : 'proxy';
  }
  const written = /^(udp|tcp):(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/i.exec(to);
  if (written !== null) {
    const [, transport = 'udp', v6, v4 = '', port] = written;
    if (Number(port) < 1 || Number(port) > MAX_PORT) {
      return `${to}: a port is a number from 1 to ${MAX_PORT}`;
    }
    return {
      transport: transport.toLowerCase() === 'tcp' ? 'TCP' : 'UDP',
      address: v6 ?? v4,
      port: Number(port),
    };
  }
  const known = listening(to, ground);
  if (known !== undefined) {
    return known;
  }
  const uri = parseUri(`sip:${to}`);
  const stack = stackOf(actor);
  if (uri === undefined || stack === undefined) {
    return `${to} is no host name and no udp:address:port`;
  }
  const families = [stack.listening.address.includes(':') ? (6 as const) : (4 as const)];
  const { host } = stack;
  try {
    const found = await locate(uri, { resolver: actor.resolver, random: host.random, families });
    return found[0] ?? `the DNS has no address for ${to}`;
  } catch (error) {
    return `the DNS gave no address for ${to}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function serversTarget(
  { server }: RunningActor,
  ground: Stage['ground'],
  network: Stage['network'],
): Target | string {
  const source = server?.lastSource;
  if (source !== undefined) {
    return { transport: source.transport, ...source.remote };
  }
  const operator = elementNamed(network, server?.name ?? '')?.operator;
  const own = operator === undefined ? [] : elementsOf(network, operator, 's-cscf');
  const [first] = own.flatMap(({ name }) => listening(name, ground) ?? []);
  return first ?? 'nobody has sent it anything yet: say where it goes (`to`)';
}

function listening(name: string, { listening: all }: Stage['ground']): Target | undefined {
  const sip = all[name]?.sip;
  return sip && { transport: 'UDP', ...sip };
}
