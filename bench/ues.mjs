import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { OURS, presentities, SIP_PORT, WATCHERS } from './addresses.mjs';

/** The TR's document (table 6.1.1-18), with a user's name and number to be filled in. */
const DOCUMENT = readFileSync(new URL('./presence.xml', import.meta.url), 'utf8');
const FIRST_PORT = 6000;
const REGISTERED_S = 600_000;
const PUBLISHED_S = 7200;
/** RFC 3261 17.1.2.2, timer E and, shorter than timer F, the end of patience. */
const SEND_AGAIN_MS = [500, 1500, 3500, 7500];
const ANSWER_WITHIN_MS = 10_000;

/**
 * A test UE: the socket at its address and what it registers as. The socket is closed once it has asked, so that a watcher can
 * take the address; the registration lasts.
 * @typedef {{ address: string, port: number, pcscf: string, home: string, impi: string, impu: string }} Ue
 */

/** Registers the watcher, user1 of home1.net, at both addresses that watchers send from. */
export async function registerWatchers() {
  for (const address of Object.values(WATCHERS)) {
    const user1 = { impi: 'user1_private@home1.net', impu: 'sip:user1_public1@home1.net', home: 'home1.net' };
    await asUe({ ...user1, address, port: SIP_PORT, pcscf: OURS.pcscf1 }, register);
  }
}

/** Registers `users` of home2.net, each at a port of its own, and has each publish its document through its own IMS. */
export async function registerAndPublish(users = presentities) {
  for (const { name, number, index } of users) {
    const ue = { impi: `${name}_private@home2.net`, impu: `sip:${name}@home2.net`, home: 'home2.net' };
    const at = { address: OURS.presentities, port: FIRST_PORT + index, pcscf: OURS.pcscf2 };
    await asUe({ ...ue, ...at }, async (exchange) => {
      const serviceRoute = await register(exchange);
      await publish(exchange, { name, number, serviceRoute });
    });
  }
}

/** Publishes the document of each user straight to the presence server at `address`, for a chain without registration. */
export async function publishAll(address) {
  for (const { name, number } of presentities) {
    const ue = {
      impu: `sip:${name}@home2.net`,
      home: 'home2.net',
      address: WATCHERS.sipp,
      port: SIP_PORT,
      pcscf: address,
    };
    await asUe(ue, (exchange) => publish(exchange, { name, number, serviceRoute: [] }));
  }
}

/** TS 24.229 5.1.1.2.2; gives the Service-Route. */
async function register({ request, ue }) {
  const response = await request('REGISTER', `sip:${ue.home}`, [
    `Authorization: Digest username="${ue.impi}", realm="${ue.home}", nonce="", uri="sip:${ue.home}", response=""`,
    `Contact: <sip:${ue.address}:${ue.port}>;expires=${REGISTERED_S}`,
    `Expires: ${REGISTERED_S}`,
    'Supported: path',
  ]);
  return headers(response, 'Service-Route');
}

/** RFC 3903 4. */
async function publish({ request, ue }, { name, number, serviceRoute }) {
  const document = DOCUMENT.replaceAll('{name}', name).replaceAll('{number}', number);
  await request(
    'PUBLISH',
    ue.impu,
    [
      ...(serviceRoute.length > 0 ? [`Route: <sip:${ue.pcscf}:${SIP_PORT};lr>`] : []),
      ...serviceRoute.map((route) => `Route: ${route}`),
      `P-Preferred-Identity: <${ue.impu}>`,
      'Event: presence',
      `Expires: ${PUBLISHED_S}`,
      'Content-Type: application/pidf+xml',
    ],
    document,
  );
}

/** Opens the UE's socket for as long as `work` takes. */
async function asUe(ue, work) {
  const socket = createSocket('udp4');
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(ue.port, ue.address, resolve);
  });
  let cseq = 0;
  const callId = `${process.pid}-${ue.port}-${Math.trunc(performance.now() * 1000)}@${ue.address}`;
  const request = async (method, uri, lines, body = '') => {
    cseq += 1;
    const text = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${ue.address}:${ue.port};branch=z9hG4bK${callId.replaceAll(/\W/g, '')}${cseq}`,
      'Max-Forwards: 70',
      `From: <${ue.impu}>;tag=${ue.port}${cseq}`,
      `To: <${ue.impu}>`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      ...lines,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
    const response = await finalResponse(socket, ue, text, `${cseq} ${method}`);
    if (!response.startsWith('SIP/2.0 2')) {
      throw new Error(`${method} of ${ue.impu}: ${response.split('\r\n', 1)[0]}`);
    }
    return response;
  };
  try {
    await work({ request, ue });
  } finally {
    await new Promise((resolve) => socket.close(resolve));
  }
}

function finalResponse(socket, { pcscf, impu }, text, cseq) {
  return new Promise((resolve, reject) => {
    const send = () => socket.send(text, SIP_PORT, pcscf);
    const timers = SEND_AGAIN_MS.map((afterMs) => setTimeout(send, afterMs));
    const end = () => {
      timers.forEach(clearTimeout);
      clearTimeout(limit);
      socket.off('message', receive);
    };
    const limit = setTimeout(() => {
      end();
      reject(new Error(`${cseq} of ${impu}: no answer from ${pcscf} within ${ANSWER_WITHIN_MS / 1000} s`));
    }, ANSWER_WITHIN_MS);
    const receive = (datagram) => {
      const response = datagram.toString('latin1');
      if (/^SIP\/2\.0 [2-6]/.test(response) && headers(response, 'CSeq')[0] === cseq) {
        end();
        resolve(response);
      }
    };
    socket.on('message', receive);
    send();
  });
}

function headers(message, name) {
  return message
    .slice(0, message.indexOf('\r\n\r\n'))
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((line) => line.slice(name.length + 1).trim());
}
