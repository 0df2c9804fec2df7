import type { Host } from '@ims-sim/host';
import { encodeAnswer, encodeRefusal } from './answer.js';
import type { ApplicationDefinition, CommandDefinition } from './command.js';
import type { Message } from './decode.js';
import { get, getAll } from './decode.js';
import { base } from './dictionary-base.js';
import type { Fault } from './fault.js';
import type { Identity } from './identity.js';
import { sameIdentity } from './identity.js';
import type { IncomingRequest, OutgoingAnswer } from './options.js';
import {
  APPLICATION_UNSUPPORTED,
  COMMAND_UNSUPPORTED,
  LOOP_DETECTED,
  REALM_NOT_SERVED,
  TOO_BUSY,
  UNABLE_TO_COMPLY,
  UNABLE_TO_DELIVER,
} from './result-code.js';
import { validateRequest } from './validate.js';

export interface RequestServer {
  readonly host: Host;
  readonly identity: Identity;
  readonly applications: readonly ApplicationDefinition[];
  readonly onRequest: ((request: IncomingRequest) => OutgoingAnswer | Promise<OutgoingAnswer>) | undefined;
  /** The most requests whose answers are not known yet. */
  readonly maxInFlight: number;
}

/**
 * What answers the requests of applications: checks in the order of RFC 6733 6.1, asks the application, and hands the
 * answer's bytes to `send`, in the same turn where the application answers at once.
 */
export function createRequestServer(
  server: RequestServer,
): (message: Message, peer: string, send: (bytes: Buffer) => void) => void {
  const { identity, host } = server;
  const { origin } = identity;
  const commands = new Map<number, { command: CommandDefinition; application: ApplicationDefinition }>();
  for (const application of server.applications) {
    for (const command of application.commands) {
      commands.set(commandKey(application.id, command.code), { command, application });
    }
  }
  let inFlight = 0;

  return (message, peer, send) => {
    const known = commands.get(commandKey(message.application, message.command));
    if (known === undefined || server.onRequest === undefined) {
      return send(encodeRefusal(message, origin, unsupported(server.applications, message)));
    }
    const { command, application } = known;
    const common = application.commonAvps;
    const fault = routingFault(message, identity) ?? validateRequest(message, command);
    if (fault !== undefined) return send(encodeRefusal(message, origin, fault, common));
    if (inFlight >= server.maxInFlight) return send(encodeRefusal(message, origin, tooBusy));

    const answered = (answer: OutgoingAnswer): void => {
      const { avps, error = false } = answer;
      send(encodeAnswer(message, origin, error ? avps : [...common, ...avps], error));
    };
    const failed = (error: unknown): void => {
      host.log.error(`${command.name}-Request could not be answered`, { error });
      send(encodeRefusal(message, origin, unableToComply, common));
    };
    try {
      const answer = server.onRequest({ command, message, peer });
      if (!(answer instanceof Promise)) return answered(answer);
      inFlight++;
      answer
        .then(answered)
        .catch(failed)
        .finally(() => inFlight--);
    } catch (error) {
      failed(error);
    }
  };
}

/** One number for both: 56 bits would not be exact, but no command code over 20 bits stands in any application here. */
function commandKey(application: number, code: number): number {
  return code < 2 ** 20 ? application * 2 ** 20 + code : -1;
}

/** Whether the request is for this node (RFC 6733 6.1.4) and has not been here before (6.1.3). */
function routingFault(message: Message, { host, realm }: Identity): Fault | undefined {
  if (getAll(message, base.routeRecord).some((record) => sameIdentity(record, host))) {
    return plain(LOOP_DETECTED, `${host} is in a Route-Record`);
  }
  const destinationHost = get(message, base.destinationHost);
  if (destinationHost !== undefined && !sameIdentity(destinationHost, host)) {
    return plain(UNABLE_TO_DELIVER, `this is ${host}, and ${destinationHost} is no peer of it`);
  }
  const destinationRealm = get(message, base.destinationRealm);
  if (destinationRealm !== undefined && !sameIdentity(destinationRealm, realm)) {
    return plain(REALM_NOT_SERVED, `this is a server of ${realm}`);
  }
  return undefined;
}

/** RFC 6733 7.1.3: an application that is not offered, or a command that the application does not have. */
function unsupported(applications: readonly ApplicationDefinition[], message: Message): Fault {
  return message.application === 0 || applications.some(({ id }) => id === message.application)
    ? plain(COMMAND_UNSUPPORTED, `command ${String(message.command)} is not supported`)
    : plain(APPLICATION_UNSUPPORTED, `application ${String(message.application)} is not supported`);
}

const tooBusy = plain(TOO_BUSY, 'too many requests wait for their answers');
const unableToComply = plain(UNABLE_TO_COMPLY, 'internal error');

function plain(resultCode: number, text: string): Fault {
  return { resultCode, failedAvps: [], text };
}
