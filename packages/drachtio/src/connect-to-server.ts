import type { Clock } from '@ims-sim/host';
import type { Srf } from './srf.js';

export interface DrachtioServerAt {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

export interface ConnectOptions {
  readonly clock: Clock;
  /** drachtio-srf tries again for as long as the process lives; it is given up after so long. */
  readonly withinMs: number;
}

/**
 * Connects an application to a drachtio-server elsewhere, by its admin port. Resolves once the server has acknowledged each method that the
 * application has a handler for: from then on requests come to it. Rejects where nobody answers in time, and where the server refuses the
 * secret or a method.
 */
export function connectToServer(
  srf: Srf,
  { host, port, secret }: DrachtioServerAt,
  { clock, withinMs }: ConnectOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string, cause?: unknown): void => {
      late.cancel();
      disconnect(srf);
      reject(new Error(why, { cause }));
    };
    const late = clock.timer(withinMs, () => {
      refuse(`No drachtio-server answered at ${host}:${port} within ${withinMs / 1000} s`);
    });
    srf.on('connect', (error) => {
      if (error !== null) {
        refuse(`drachtio-server at ${host}:${port} refused the secret`, error);
      }
    });
    srf.connect({ host, port, secret });
    whenRouted(srf, (refusal) => {
      if (refusal !== undefined) {
        refuse(`drachtio-server at ${host}:${port} refused to route requests: ${refusal}`);
        return;
      }
      late.cancel();
      resolve();
    });
  });
}

/** drachtio-srf asserts that there is a connection; without one there is nothing to end. */
export function disconnect(srf: Srf): void {
  try {
    srf.disconnect();
  } catch {
    // Not connected.
  }
}

/**
 * drachtio-srf says that it is connected once it has written its `route` commands, and passes over what is answered to them. Commands are
 * answered in their order, and on a new connection nothing is sent but `authenticate` and those: as many answers follow the first one.
 */
function whenRouted({ app }: Srf, done: (refusal: string | undefined) => void): void {
  const { client } = app;
  let connection: unknown;
  let answers = 0;
  const onMessage = (socket: unknown, text: string): void => {
    const [, kind, , result, why = ''] = text.split('\r\n', 1)[0]?.split('|') ?? [];
    if (kind !== 'response' || client === undefined) {
      return;
    }
    answers = socket === connection ? answers + 1 : 0; // the first is that to `authenticate`
    connection = socket;
    const isRefused = answers > 0 && result !== 'OK';
    if (isRefused || (result === 'OK' && answers === client.verbs.size)) {
      client.wp.off('msg', onMessage);
      done(isRefused ? `${result ?? ''} ${why}`.trim() : undefined);
    }
  };
  client?.wp.on('msg', onMessage);
}
