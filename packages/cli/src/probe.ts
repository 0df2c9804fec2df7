import { operators, type Network, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import {
  type Endpoint,
  type Host,
  nodeNet,
  noTrace,
  type Random,
  silentLog,
  systemClock,
  systemRandom,
  token,
} from '@ims-sim/host';
import { kindOf } from './load-element.js';

// A health check runs every few seconds in each container: it loads what its element's protocol needs, no more.
const ANSWER_WITHIN_MS = 1500;
const CAPABILITIES_EXCHANGE = 257;
/** Stands in every message of a probe, and begins its Call-ID. */
export const PROBE = 'probe.ims-sim';

/** Whether the element named in the network file answers in its own protocol, at the address that it has there. */
export async function probeNamed(name: string, file: string): Promise<boolean> {
  const network = readNetworkFile(file);
  const own =
    name === network.dns.name ? network.dns : network.elements.find((element) => element.name === name);
  if (!own?.listen) {
    throw new UserError(`${file}: there is no element ${name} with \`listen\``);
  }
  const { address, port } = own.listen;
  return probe(network, name, {
    address: address === '::' ? '::1' : address === '0.0.0.0' ? '127.0.0.1' : address,
    port,
  });
}

/** Asks one element: a SIP element with OPTIONS, an HSS with a capabilities exchange, the DNS for a zone. */
export async function probe(network: Network, name: string, at: Endpoint): Promise<boolean> {
  const host: Host = {
    name: PROBE,
    net: nodeNet,
    clock: systemClock,
    random: systemRandom,
    trace: noTrace,
    log: silentLog,
  };
  switch (kindOf({ network, name })) {
    case 'dns':
      return probeDns(host, network, at);
    case 'hss':
      return probeDiameter(host, network, name, at);
    default:
      return probeSip(host, name, at);
  }
}

async function probeDns(host: Host, network: Network, server: Endpoint): Promise<boolean> {
  const { cachingResolver } = await import('@ims-sim/dns');
  const resolver = cachingResolver({ host, server, timeoutMs: ANSWER_WITHIN_MS, attempts: 1 });
  const answer = await resolver.resolve(operators(network)[0] ?? '', 'NAPTR');
  resolver.close();
  return answer.kind !== 'failed';
}

/** A Capabilities-Exchange-Request (RFC 6733 5.3.1): an HSS refuses a stranger (3010), which is an answer as well. */
async function probeDiameter(host: Host, network: Network, name: string, at: Endpoint): Promise<boolean> {
  const realm = network.elements.find((element) => element.name === name)?.operator ?? '';
  const request = await capabilitiesExchange(realm, host.random);
  let answered: (value: boolean) => void = () => undefined;
  const answer = new Promise<boolean>((resolve) => {
    answered = resolve;
  });
  try {
    const connection = await host.net.connect(at, ANSWER_WITHIN_MS, () => ({
      onData: () => {
        answered(true);
      },
      onClose: () => {
        answered(false);
      },
    }));
    connection.write(request);
    const result = await Promise.race([answer, after(ANSWER_WITHIN_MS)]);
    connection.destroy();
    return result;
  } catch {
    return false; // nobody listens there
  }
}

/** RFC 6733 5.3.1, from somebody whom no peer knows. */
export async function capabilitiesExchange(realm: string, random: Random): Promise<Buffer> {
  const { avpOf, base, encodeMessage, FLAG_REQUEST } = await import('@ims-sim/diameter');
  return encodeMessage({
    flags: FLAG_REQUEST,
    command: CAPABILITIES_EXCHANGE,
    application: 0,
    hopByHop: random.uint32(),
    endToEnd: random.uint32(),
    avps: [
      avpOf(base.originHost, `${token(random, 6)}.${PROBE}`),
      avpOf(base.originRealm, realm),
      avpOf(base.vendorId, 0),
      avpOf(base.productName, PROBE),
    ],
  });
}

/** RFC 1035 4.1: of a server that may be a resolver. */
export async function dnsQuestion(zone: string, random: Random): Promise<Buffer> {
  const { writeQuery } = await import('@ims-sim/dns');
  return writeQuery(random.uint32() & 0xffff, zone, 'NAPTR', false);
}

/** OPTIONS that must go no further (Max-Forwards: 0): whatever the answer, it is one. `sentBy` is for its Via. */
export function options(name: string, sentBy: string, random: Random): Buffer {
  const request = [
    `OPTIONS sip:${name} SIP/2.0`,
    `Via: SIP/2.0/UDP ${sentBy};branch=z9hG4bK${token(random, 12)};rport`,
    'Max-Forwards: 0',
    `From: <sip:${PROBE}>;tag=${token(random, 8)}`,
    `To: <sip:${name}>`,
    `Call-ID: ${PROBE}-${token(random, 16)}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ];
  return Buffer.from(request.join('\r\n'));
}

async function probeSip(host: Host, name: string, at: Endpoint): Promise<boolean> {
  const local = { address: at.address.includes(':') ? '::' : '0.0.0.0', port: 0 };
  let answered: (value: true) => void = () => undefined;
  const answer = new Promise<true>((resolve) => {
    answered = resolve;
  });
  const socket = await host.net.udp(local, {
    onDatagram: () => {
      answered(true);
    },
  });
  socket.send(options(name, PROBE, host.random), at);
  const result = await Promise.race([answer, after(ANSWER_WITHIN_MS)]);
  socket.close();
  return result;
}

function after(delayMs: number): Promise<false> {
  return new Promise((resolve) => {
    systemClock.timer(delayMs, () => {
      resolve(false);
    });
  });
}
