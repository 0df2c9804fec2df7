import type { TestHost } from '@ims-sim/host';
import {
  Srf,
  startDrachtio,
  type Drachtio,
  type SrfDialog,
  type SrfRequest,
  type SrfResponse,
} from '@ims-sim/drachtio';
import { resolver, PLACES, type Network, type Place } from './network.js';

export const OFFER =
  'v=0\r\no=- 1 1 IN IP4 127.0.3.1\r\ns=-\r\nc=IN IP4 127.0.3.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
export const ANSWER = OFFER.replace('4000', '5000');

/** A UE that calls and is called: an application on the drachtio endpoint, which has the timers and retransmissions of a UA. */
export interface Phone {
  readonly srf: Srf;
  readonly drachtio: Drachtio;
  readonly contact: string;
  /** Resolves with the status. */
  register(contactParameters?: string): Promise<number>;
  call(uri: string, headers?: Record<string, string>): Call;
}

/** A call that a phone makes. */
export interface Call {
  request: SrfRequest | undefined;
  readonly provisional: number[];
  dialog: SrfDialog | undefined;
  failure: { readonly status?: number } | undefined;
}

/** Beside the scripted party of the same place, at a port of its own. */
const PORT = 5070;

export async function phone(
  net: Network,
  place: Place,
  user: '1' | '2',
  take: (req: SrfRequest, res: SrfResponse, srf: Srf) => void = () => undefined,
): Promise<Phone> {
  const host = net.hosts.get(place) as TestHost;
  const isServer = place.endsWith('.net');
  const drachtio = await startDrachtio({
    host,
    sip: {
      listen: { address: PLACES[place], port: isServer ? 5060 : PORT },
      resolver: resolver(),
      trying: 'never',
      ...(isServer ? { sentBy: place } : {}),
    },
  });
  const srf = new Srf();
  srf.invite((req, res) => take(req, res, srf));
  drachtio.attach(srf);
  await net.clock.advance(1);
  const contact = `<sip:${PLACES[place]}:${PORT}>`;
  const identity = `sip:user${user}_public1@home${user}.net`;
  const route = `<sip:pcscf${user}.home${user}.net;lr>`;
  return {
    srf,
    drachtio,
    contact,
    register: (contactParameters = '') =>
      net.clock.until(
        new Promise((resolve, reject) => {
          const headers = {
            Route: route,
            From: `<${identity}>`,
            To: `<${identity}>`,
            Contact: contact + contactParameters,
            Authorization: `Digest username="user${user}_private@home${user}.net", realm="home${user}.net"`,
          };
          srf.request(`sip:home${user}.net`, { method: 'REGISTER', headers }, (error, req) => {
            if (error !== null) reject(error);
            else req.on('response', ({ status }) => resolve(status));
          });
        }),
      ),
    call(uri, headers = {}) {
      const call: Call = { request: undefined, provisional: [], dialog: undefined, failure: undefined };
      srf
        .createUAC(
          uri,
          {
            localSdp: OFFER,
            headers: { Route: route, From: `<${identity}>`, Supported: '100rel', ...headers },
          },
          {
            cbRequest: (_error, request) => (call.request = request),
            cbProvisional: ({ status }) => call.provisional.push(status),
          },
        )
        .then(
          (dialog) => (call.dialog = dialog),
          (error: unknown) => (call.failure = error as { status?: number }),
        );
      return call;
    },
  };
}

/** Lets time pass until something holds; fails after `limitMs` of it. */
export async function until(
  net: Network,
  reached: () => unknown,
  what: string,
  limitMs = 60_000,
): Promise<void> {
  for (let passedMs = 0; !reached(); passedMs += 10) {
    if (passedMs >= limitMs) throw new Error(`Did not come: ${what}`);
    await net.clock.advance(10);
  }
}
