import { BY_ITSELF } from './by-itself.js';
import type { SippCommand } from './read-sipp.js';
import { headerOf, sippMessage, type SippMessage, withVariables } from './sipp-message.js';
import { ACTOR, type Towards } from './sipp-play.js';
import type { Taking } from './taking.js';

/** What SIPp waited for after a request. */
interface Outcome {
  /** The final status; undefined: none. */
  readonly status: number | undefined;
  /** Whether it may ring before. */
  readonly rings: boolean;
}

interface Said {
  readonly sentence: string;
  readonly towards: Towards;
}

const NOBODY: Towards = { kind: 'nobody' };

/** A `send` of a request: an action, with what SIPp then waits for as its outcome. */
export function takeRequest(taking: Taking, command: SippCommand, message: SippMessage): void {
  const { method } = message;
  const outcome = takeOutcome(taking);
  if (method === 'ACK' || method === 'PRACK') {
    return; // the test UE sends them by itself
  }
  if (method === undefined) {
    taking.complain(command, 'a message that is neither a request nor a response');
    return;
  }
  const { status } = outcome;
  const refused = status !== undefined && status >= 300 ? ` and gets ${status}` : '';
  const said = saidOf(taking, command, message, outcome);
  if (said !== undefined) {
    taking.say(`${said.sentence}${refused}`, optionsOf(taking, command, message, method), said.towards);
  }
}

function saidOf(
  taking: Taking,
  command: SippCommand,
  message: SippMessage,
  outcome: Outcome,
): Said | undefined {
  const inDialog = /\[(?:peer_tag_param|\$)|;tag=/.test(headerOf(message, 'to', 't') ?? '');
  const expiresS = Number(headerOf(message, 'expires') ?? '3600');
  const event = (headerOf(message, 'event', 'o') ?? 'presence').split(';')[0] ?? 'presence';
  const file = (): string => taking.file(command, message);
  const uri = (): string => taking.uri(message);
  const asks = (): Towards => ({ kind: 'asks', uri: uri(), line: command.line });
  const body = (): string => (message.body === '' ? '' : ` with ${file()}`);
  switch (message.method) {
    case 'REGISTER':
      return of(expiresS === 0 ? 'deregisters' : `registers, ${expiresS} s`);
    case 'INVITE':
      return inDialog
        ? inCall(`re-invites${body()}`)
        : call(taking, command, message, { ...outcome, body: body() });
    case 'SUBSCRIBE':
      if (inDialog) {
        return of(expiresS === 0 ? 'unsubscribes' : `refreshes, ${expiresS} s`);
      }
      return of(`subscribes to ${uri()} for ${event}, ${expiresS} s`, asks());
    case 'PUBLISH':
      return of(`publishes ${event} from ${file()}, ${expiresS} s`);
    case 'MESSAGE':
      return of(`sends a message to ${uri()} with ${file()}`, asks());
    case 'OPTIONS':
      return of(`asks ${uri()} for its options`, asks());
    case 'UPDATE':
      return inCall(`updates${body()}`);
    case 'BYE':
      return inCall('hangs up', true);
    case 'CANCEL':
      return inCall('cancels', true);
    default:
      taking.complain(command, `${message.method ?? ''} is no action of a scenario`);
      return undefined;
  }
}

function of(what: string, towards: Towards = NOBODY): Said {
  return { sentence: `${ACTOR} ${what}`, towards };
}

function inCall(what: string, ends = false): Said {
  return of(what, { kind: 'in-call', ends });
}

function call(
  taking: Taking,
  { line }: SippCommand,
  message: SippMessage,
  { status, rings, body }: Outcome & { readonly body: string },
): Said {
  const reliably = (headerOf(message, 'supported', 'k') ?? '').includes('100rel') ? ' reliably' : '';
  const isAnswered = status !== undefined && status < 300;
  const until = isAnswered ? ' until answered' : '';
  const file = isAnswered && body !== '' ? body.slice(' with '.length) : undefined;
  const uri = taking.uri(message);
  return of(`invites ${uri}${reliably}${body}${until}`, {
    kind: 'calls',
    uri,
    line,
    offers: body !== '',
    rings,
    status,
    ...(file !== undefined && { file }),
  });
}

/** Takes the responses that SIPp waits for after a request, and what it sends for a challenge. */
function takeOutcome(taking: Taking): Outcome {
  let status: number | undefined;
  let rings = false;
  for (let next = taking.peek(); next !== undefined; next = taking.peek()) {
    const response = next.kind === 'recv' ? Number(next.attribute('response') ?? NaN) : NaN;
    const method = next.kind === 'send' ? sippMessage(next.message).method : undefined;
    if (!Number.isNaN(response)) {
      taking.takes(next);
      rings ||= response > 100 && response < 200;
      status = response >= 200 && next.attribute('optional') === undefined ? response : status;
    } else if ((method === 'ACK' || method === 'PRACK') && status !== undefined) {
      // goes by itself
    } else if (method !== undefined && (status === 401 || status === 407)) {
      status = undefined; // the same again, with credentials
    } else {
      break;
    }
    taking.next();
  }
  return { status, rings };
}

function optionsOf(
  taking: Taking,
  command: SippCommand,
  message: SippMessage,
  method: string,
): Record<string, unknown> {
  const headers: Record<string, string> = {};
  for (const [name, value] of message.headers) {
    if (BY_ITSELF.has(name.toLowerCase())) {
      continue;
    }
    const said = withVariables(value);
    if (said === undefined) {
      const why = 'a keyword that has nothing to correspond to here; the header is left out';
      taking.complain(command, `${name}: ${value}: ${why}`);
    } else {
      headers[name] = said;
      taking.mention(said);
    }
  }
  const contentType = headerOf(message, 'content-type', 'c');
  const accept = method === 'SUBSCRIBE' ? headerOf(message, 'accept') : undefined;
  return {
    ...(contentType !== undefined && message.body !== '' && { contentType }),
    ...(accept !== undefined && { accept }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}
