import type { RecordedEntry } from '../recorded.js';
import { readSipp, type SippCommand } from './read-sipp.js';
import { BY_ITSELF } from './by-itself.js';
import type { SippPlay } from './sipp-play.js';
import { takesOf } from './sipp-takes.js';
import { headerOf, plainBody, sippMessage, type SippMessage, withVariables } from './sipp-message.js';

const ACTOR = 'UE1';
/** Of a scenario's `wait`. */
const MAX_WAIT_S = 86_400;
/** Takes a SIPp scenario over, as far as our vocabulary goes; a string says why the text is none. */
export function playFromSipp(text: string): SippPlay | string {
  const scenario = readSipp(text);
  if (typeof scenario === 'string') {
    return scenario;
  }
  const taken = new Taken(scenario.commands);
  taken.all();
  const { play, files, variables, complaints } = taken;
  return { name: scenario.name, play, files, variables, complaints };
}

class Taken {
  readonly play: RecordedEntry[] = [];
  readonly files = new Map<string, string>();
  readonly variables = new Map<string, string>();
  readonly complaints: { readonly line: number; readonly text: string }[] = [];
  readonly #commands: readonly SippCommand[];
  #at = 0;
  #take: Record<string, unknown> = {};
  /** The method of the request that came last, which the next response is to. */
  #asked: string | undefined;

  constructor(commands: readonly SippCommand[]) {
    this.#commands = commands;
  }

  all(): void {
    for (let command = this.#next(); command !== undefined; command = this.#next()) {
      this.#branches(command);
      switch (command.kind) {
        case 'send':
          this.#send(command, sippMessage(command.message));
          break;
        case 'recv':
          this.#receive(command);
          break;
        case 'pause':
          this.#pause(command);
          break;
        case 'other':
          this.#complain(command, `<${command.name}> has nothing to correspond to here`);
      }
    }
  }

  #next(): SippCommand | undefined {
    return this.#commands[this.#at++];
  }

  #peek(): SippCommand | undefined {
    return this.#commands[this.#at];
  }

  #complain({ line }: SippCommand, text: string): void {
    this.complaints.push({ line, text });
  }

  #branches(command: SippCommand): void {
    if (command.attribute('next') !== undefined || command.attribute('test') !== undefined) {
      this.#complain(command, 'a branch (`next`, `test`): what follows is taken in the order of the file');
    }
  }

  #pause(command: SippCommand): void {
    const ms = command.attribute('milliseconds') ?? command.attribute('value');
    if (ms !== undefined && /^\d+$/.test(ms) && Number(ms) > MAX_WAIT_S * 1000) {
      this.#complain(command, `a pause of more than a day: waits ${MAX_WAIT_S} s here`);
      this.#say(`wait ${MAX_WAIT_S} s`);
    } else if (ms !== undefined && /^\d+$/.test(ms)) {
      this.#say(`wait ${Number(ms) / 1000} s`);
    } else {
      this.#complain(command, 'a pause without `milliseconds` (chance, or SIPp’s -d): waits 1 s here');
      this.#say('wait 1 s');
    }
  }

  #send(command: SippCommand, message: SippMessage): void {
    if (message.status !== undefined) {
      this.#respond(command, message);
      return;
    }
    switch (message.method) {
      case 'ACK':
      case 'PRACK':
        this.#answer(); // the test UE sends them by itself
        return;
      case undefined:
        this.#complain(command, 'a message that is neither a request nor a response');
        return;
      default:
        this.#request(command, message, message.method);
    }
  }

  #request(command: SippCommand, message: SippMessage, method: string): void {
    const final = this.#answer();
    const refused = final !== undefined && final >= 300 ? ` and gets ${final}` : '';
    const sentence = this.#sentence(command, message, method, final);
    if (sentence !== undefined) {
      this.#say(`${sentence}${refused}`, this.#optionsOf(command, message, method));
    }
  }

  #sentence(
    command: SippCommand,
    message: SippMessage,
    method: string,
    final: number | undefined,
  ): string | undefined {
    const inDialog = /\[(?:peer_tag_param|\$)|;tag=/.test(headerOf(message, 'to', 't') ?? '');
    const expiresS = Number(headerOf(message, 'expires') ?? '3600');
    switch (method) {
      case 'REGISTER':
        return expiresS === 0 ? `${ACTOR} deregisters` : `${ACTOR} registers, ${expiresS} s`;
      case 'INVITE': {
        const body = message.body === '' ? '' : ` with ${this.#file(command, message)}`;
        const reliably = (headerOf(message, 'supported', 'k') ?? '').includes('100rel') ? ' reliably' : '';
        return inDialog
          ? `${ACTOR} re-invites${body}`
          : `${ACTOR} invites ${this.#uri(message)}${reliably}${body}${final === undefined || final >= 300 ? '' : ' until answered'}`;
      }
      case 'SUBSCRIBE': {
        const name = (headerOf(message, 'event', 'o') ?? 'presence').split(';')[0] ?? 'presence';
        if (inDialog) {
          return expiresS === 0 ? `${ACTOR} unsubscribes` : `${ACTOR} refreshes, ${expiresS} s`;
        }
        return `${ACTOR} subscribes to ${this.#uri(message)} for ${name}, ${expiresS} s`;
      }
      case 'PUBLISH': {
        const name = (headerOf(message, 'event', 'o') ?? 'presence').split(';')[0] ?? 'presence';
        return `${ACTOR} publishes ${name} from ${this.#file(command, message)}, ${expiresS} s`;
      }
      case 'MESSAGE':
        return `${ACTOR} sends a message to ${this.#uri(message)} with ${this.#file(command, message)}`;
      case 'OPTIONS':
        return `${ACTOR} asks ${this.#uri(message)} for its options`;
      case 'UPDATE':
        return `${ACTOR} updates${message.body === '' ? '' : ` with ${this.#file(command, message)}`}`;
      case 'BYE':
        return `${ACTOR} hangs up`;
      case 'CANCEL':
        return `${ACTOR} cancels`;
      default:
        this.#complain(command, `${method} is no action of a scenario`);
        return undefined;
    }
  }

  /** Takes the responses that SIPp waits for after a request, and what it sends for a challenge; gives the final status. */
  #answer(): number | undefined {
    let final: number | undefined;
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      const status = next.kind === 'recv' ? Number(next.attribute('response') ?? NaN) : NaN;
      const method = next.kind === 'send' ? sippMessage(next.message).method : undefined;
      if (next.kind === 'recv' && !Number.isNaN(status)) {
        this.#takes(next);
        final = status >= 200 && next.attribute('optional') === undefined ? status : final;
      } else if ((method === 'ACK' || method === 'PRACK') && final !== undefined) {
        // goes by itself
      } else if (method !== undefined && (final === 401 || final === 407)) {
        final = undefined; // the same again, with credentials
      } else {
        return final;
      }
      this.#branches(next);
      this.#at += 1;
    }
    return final;
  }

  #receive(command: SippCommand): void {
    const request = command.attribute('request');
    this.#takes(command);
    if (request === undefined) {
      return; // a response that nothing here asked for: what the scenario did before has taken it
    }
    if (request === 'ACK' || request === 'PRACK') {
      return;
    }
    this.#asked = request;
    const next = this.#peek();
    const status = next?.kind === 'send' ? sippMessage(next.message).status : undefined;
    if (request !== 'INVITE' && status === undefined) {
      this.#say(`${ACTOR} receives ${request}`);
    }
  }

  #respond(command: SippCommand, message: SippMessage): void {
    const { status = 200 } = message;
    const method = this.#asked ?? /\s([A-Z]+)$/.exec(headerOf(message, 'cseq') ?? '')?.[1];
    if (method === undefined) {
      this.#complain(command, `a ${status} to no request that was received before`);
    } else if (method !== 'INVITE') {
      this.#say(status === 200 ? `${ACTOR} receives ${method}` : `${ACTOR} answers ${method} with ${status}`);
    } else if (status === 100) {
      // goes by itself
    } else if (status < 200) {
      this.#say(`${ACTOR} rings${status === 180 ? '' : ` with ${status}`}`);
    } else if (status < 300) {
      this.#say(`${ACTOR} answers${message.body === '' ? '' : ` with ${this.#file(command, message)}`}`);
    } else {
      this.#say(`${ACTOR} rejects with ${status}`);
    }
  }

  #say(sentence: string, options: Readonly<Record<string, unknown>> = {}): void {
    const take = this.#take;
    this.#take = {};
    this.play.push({ sentence, options: { ...options, ...(Object.keys(take).length > 0 && { take }) } });
  }

  #optionsOf(command: SippCommand, message: SippMessage, method: string): Record<string, unknown> {
    const headers: Record<string, string> = {};
    for (const [name, value] of message.headers) {
      if (BY_ITSELF.has(name.toLowerCase())) {
        continue;
      }
      const said = withVariables(value);
      if (said === undefined) {
        this.#complain(
          command,
          `${name}: ${value}: a keyword that has nothing to correspond to here; the header is left out`,
        );
      } else {
        headers[name] = said;
        this.#mention(said);
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

  #mention(text: string): void {
    for (const [, name = ''] of text.matchAll(/\$\{(field\d+)\}/g)) {
      this.variables.set(name, this.variables.get(name) ?? name);
    }
  }

  /** Of whom it asks: SIPp says it on the command line. */
  #uri(message: SippMessage): string {
    const said = withVariables(message.uri);
    if (said === undefined || /\[/.test(said)) {
      this.variables.set('target', 'sip:user2_public1@home2.net');
      return '${target}';
    }
    this.#mention(said);
    return said;
  }

  #file(command: SippCommand, message: SippMessage): string {
    const body = plainBody(message.body);
    if (body === undefined) {
      this.#complain(
        command,
        'the body has keywords that have nothing to correspond to here: they stand in the file as they are',
      );
    }
    const type = headerOf(message, 'content-type', 'c') ?? '';
    const ending = type.includes('sdp') ? 'sdp' : type.includes('xml') ? 'xml' : 'txt';
    const content = body ?? message.body;
    const known = [...this.files].find(([, other]) => other === content)?.[0];
    const name = known ?? `body-${this.files.size + 1}.${ending}`;
    this.files.set(name, content);
    return name;
  }

  /** Of the action that they belong to, which is said after it. */
  #takes(command: SippCommand): void {
    const { takes, complaints } = takesOf(command);
    Object.assign(this.#take, takes);
    for (const text of complaints) {
      this.#complain(command, text);
    }
  }
}
