import type { SippCommand } from './read-sipp.js';
import { headerOf, sippMessage, type SippMessage } from './sipp-message.js';
import { ACTOR } from './sipp-play.js';
import type { Taking } from './taking.js';

/** A `recv` of a request: what the next response is to; one that is answered by itself is waited for. */
export function takeReceived(taking: Taking, command: SippCommand): void {
  const request = command.attribute('request');
  taking.takes(command);
  if (request === undefined) {
    return; // a response that nothing here asked for: what the scenario did before has taken it
  }
  if (!/^[A-Z]+$/.test(request)) {
    taking.isUnread = true;
    taking.complain(
      command,
      /^\.[*+]$/.test(request)
        ? `any request at all (\`${request}\`), as SIPp has it out of calls (-oocsf): no action waits for that; an actor's \`on\` says ` +
            'how it answers what no action waits for, by method: `on: { MESSAGE: 200 }`'
        : `a request by a regular expression (\`${request}\`), with the response to it: name the method that it is to wait for`,
    );
    return;
  }
  taking.asked = request;
  taking.isUnread = false;
  if (request === 'REGISTER') {
    taking.complain(command, 'nobody sends a UE a REGISTER: left out (the network registers by itself)');
    return;
  }
  const next = taking.peek();
  const isAnswered = next?.kind === 'send' && sippMessage(next.message).status !== undefined;
  if (request !== 'ACK' && request !== 'PRACK' && request !== 'INVITE' && !isAnswered) {
    taking.say(`${ACTOR} receives ${request}`, {}, { kind: 'waits', method: request, line: command.line });
  }
}

/** A `send` of a response: a callee's action, or a wait for what is answered by itself. */
export function takeResponse(taking: Taking, command: SippCommand, message: SippMessage): void {
  const { status = 200 } = message;
  const { line } = command;
  if (taking.isUnread) {
    return; // said where the request was to come
  }
  const method = taking.asked ?? /\s([A-Z]+)$/.exec(headerOf(message, 'cseq') ?? '')?.[1];
  if (method === undefined) {
    taking.complain(command, `a ${status} to no request that was received before`);
  } else if (method === 'REGISTER') {
    // said where it was to come
  } else if (method !== 'INVITE') {
    const sentence = status === 200 ? `receives ${method}` : `answers ${method} with ${status}`;
    taking.say(`${ACTOR} ${sentence}`, {}, { kind: 'waits', method, line });
  } else if (status === 100) {
    // goes by itself
  } else if (status < 200) {
    taking.say(
      `${ACTOR} rings${status === 180 ? '' : ` with ${status}`}`,
      {},
      { kind: 'answers', status, line },
    );
  } else if (status < 300) {
    const file = message.body === '' ? undefined : taking.file(command, message);
    const sentence = `${ACTOR} answers${file === undefined ? '' : ` with ${file}`}`;
    taking.say(sentence, {}, { kind: 'answers', status, line, ...(file !== undefined && { file }) });
  } else {
    taking.say(`${ACTOR} rejects with ${status}`, {}, { kind: 'answers', status, line });
  }
}
