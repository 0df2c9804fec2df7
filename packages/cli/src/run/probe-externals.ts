import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type ElementKind, type ElementSettings, errorCode } from '@ims-sim/element';
import { type Endpoint, nodeNet, prettyEndpoint, systemClock, systemRandom } from '@ims-sim/host';
import { capabilitiesExchange, dnsQuestion, options } from '../probe.js';

/** All are asked side by side: so long it takes at the most. */
const WITHIN_MS = 2000;
/** RFC 3261 17.1.2.2 with T1 of 500 ms: a datagram may be lost. */
const AGAIN_AFTER_MS: readonly number[] = [500, 1500];
/** What an ICMP message says, as sockets do. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** Whether somebody is there. `silent`: it cannot be told, he may be busy, or answer strangers nothing. */
export type Presence =
  | { readonly kind: 'answers' }
  | { readonly kind: 'silent'; readonly what: string }
  | { readonly kind: 'absent'; readonly why: string };

export interface Asked extends Pick<ElementSettings, 'name' | 'operator'> {
  readonly kind: ElementKind | 'dns';
  readonly external: { readonly at: Endpoint };
}

/** Asks elements that are somebody else's in their own protocol, for 2 s at the most; `abort` ends it. The trace has nothing of it. */
export function probeExternals(
  elements: readonly Asked[],
  abort: AbortSignal,
): Promise<readonly { readonly element: Asked; readonly presence: Presence }[]> {
  return Promise.all(
    elements.map(async (element) => ({
      element,
      presence: await presenceOf(element, abort),
    })),
  );
}

async function presenceOf(element: Asked, abort: AbortSignal): Promise<Presence> {
  const { name, kind, operator } = element;
  switch (kind) {
    case 'hss':
      return diameterPeer(element, abort);
    case 'dns': {
      const question = await dnsQuestion(operator, systemRandom);
      return onUdp(element, abort, 'a DNS question', () => question);
    }
    default:
      return onUdp(element, abort, 'OPTIONS', (own) => options(name, prettyEndpoint(own), systemRandom));
  }
}

/** Anything that comes back is an answer: 4xx and 5xx are those of a box that works, REFUSED that of a server without the zone. */
function onUdp(
  { external: { at } }: Asked,
  abort: AbortSignal,
  what: string,
  requestFrom: (own: Endpoint) => Buffer,
): Promise<Presence> {
  return within(abort, what, (settle) => {
    // of its own: only a connected socket is told that nobody listens there
    const socket = createSocket(isIPv6(at.address) ? 'udp6' : 'udp4');
    const timers: { cancel(): void }[] = [];
    socket.on('error', (error) => {
      settle(absentBy(error));
    });
    socket.on('message', () => {
      settle({ kind: 'answers' });
    });
    socket.connect(at.port, at.address, () => {
      const request = requestFrom(socket.address());
      const send = (): void => {
        socket.send(request); // what becomes of it comes as `error`
      };
      send();
      timers.push(...AGAIN_AFTER_MS.map((afterMs) => systemClock.timer(afterMs, send)));
    });
    return () => {
      for (const timer of timers) {
        timer.cancel();
      }
      socket.close();
    };
  });
}

/** An HSS may refuse a stranger (3010) or close the connection: somebody is there. */
function diameterPeer({ operator, external: { at } }: Asked, abort: AbortSignal): Promise<Presence> {
  return within(abort, 'a Capabilities-Exchange-Request', (settle) => {
    const request = capabilitiesExchange(operator, systemRandom);
    const answers = (): void => {
      settle({ kind: 'answers' });
    };
    const connecting = nodeNet.connect(at, WITHIN_MS, () => ({ onData: answers, onClose: answers }));
    Promise.all([connecting, request]).then(
      ([connection, bytes]) => {
        connection.write(bytes);
      },
      (error: unknown) => {
        settle(absentBy(error));
      },
    );
    return () => {
      void connecting.then(
        (connection) => {
          connection.destroy();
        },
        () => undefined, // it has been said
      );
    };
  });
}

function absentBy(error: unknown): Presence {
  const code = errorCode(error) ?? '';
  return UNREACHABLE.has(code)
    ? {
        kind: 'absent',
        why: code === 'ECONNREFUSED' ? 'nobody listens there' : `it is not reached (${code})`,
      }
    : { kind: 'silent', what: `it (${code})` };
}

/** What `ask` settles; silent where nothing has come in time. What `ask` gives ends it. */
function within(
  abort: AbortSignal,
  what: string,
  ask: (settle: (presence: Presence) => void) => () => void,
): Promise<Presence> {
  return new Promise((resolve) => {
    let isOver = false;
    let stop = (): void => undefined;
    const silent = (): void => {
      settle({ kind: 'silent', what });
    };
    const timer = systemClock.timer(WITHIN_MS, silent);
    const settle = (presence: Presence): void => {
      if (isOver) {
        return;
      }
      isOver = true;
      timer.cancel();
      abort.removeEventListener('abort', silent);
      stop();
      resolve(presence);
    };
    abort.addEventListener('abort', silent);
    stop = ask(settle);
    if (isOver) {
      stop();
    } else if (abort.aborted) {
      silent();
    }
  });
}
