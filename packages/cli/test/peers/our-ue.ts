import { cachingResolver } from '@ims-sim/dns';
import {
  type Endpoint,
  nodeNet,
  noTrace,
  parseEndpoint,
  silentLog,
  systemClock,
  systemRandom,
} from '@ims-sim/host';
import { startUe, type Ue, type UeOptions } from '@ims-sim/ue';
import type { Ready } from './lab.js';

/** What it publishes; the tests look for its note at the other end. */
export const NOTE = 'gone fishing';

/** `udp:127.0.0.1:5060` of a ready file. */
export function endpointOf(text = ''): Endpoint {
  const endpoint = parseEndpoint(text.replace(/^\w+:/, ''));
  if (endpoint === undefined) throw new Error(`no endpoint: "${text}"`);
  return endpoint;
}

/** `work` with one of our UEs on a network that is up, for `user@domain`; the UE is closed whatever comes. */
export async function withOurUe(
  ready: Ready,
  publicIdentity: string,
  credentials: UeOptions['credentials'],
  work: (ue: Ue) => Promise<void>,
): Promise<void> {
  const host = {
    name: 'ue',
    net: nodeNet,
    clock: systemClock,
    random: systemRandom,
    trace: noTrace,
    log: silentLog,
  };
  const resolver = cachingResolver({ host, server: endpointOf(ready.dns) });
  const impi = publicIdentity.replace(/^sip:/, '');
  const homeDomain = impi.slice(impi.indexOf('@') + 1);
  const proxy = Object.keys(ready.elements).find((name) => /^pcscf/.test(name) && name.endsWith(homeDomain));
  const ue = await startUe({
    host,
    listen: { address: '127.0.0.1', port: 0 },
    resolver,
    identity: { impu: publicIdentity, impi, homeDomain },
    proxy: proxy ?? '',
    profile: 'ts-24.141',
    credentials,
  });
  try {
    await work(ue);
  } finally {
    await ue.close();
    resolver.close();
  }
}

/** Registers and publishes that its user is gone fishing; rejects with the answer that was no 2xx. */
export async function publishPresence(ue: Ue, publicIdentity: string): Promise<void> {
  const registered = await ue.register();
  if (registered.kind !== 'response' || registered.response.status !== 200) {
    throw new Error(`${publicIdentity} did not register: ${statusOf(registered)}`);
  }
  const published = await ue.publish({
    event: 'presence',
    contentType: 'application/pidf+xml',
    body: pidf(publicIdentity),
    expiresS: 600,
  });
  if (published.kind !== 'response' || published.response.status !== 200) {
    throw new Error(`${publicIdentity} did not publish: ${statusOf(published)}`);
  }
}

function statusOf(outcome: Awaited<ReturnType<Ue['register']>>): string {
  return outcome.kind === 'response' ? String(outcome.response.status) : outcome.failure;
}

function pidf(publicIdentity: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${publicIdentity.replace(/^sip:/, 'pres:')}">
  <tuple id="t1"><status><basic>open</basic></status><note>${NOTE}</note></tuple>
</presence>
`;
}
