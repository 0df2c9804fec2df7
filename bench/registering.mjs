/**
 * UEs that register, a process of its own: `node registering.mjs '{"target", "local", "first", "users", "rate" | "atATime",
 * "expiresS"}'`. Each of `users` users, from the user `first` on, registers once with AKA (REGISTER, 401, REGISTER, 200): at a
 * fixed rate whether or not earlier ones were answered, or `atATime` at a time, as fast as they are answered, and then up to
 * three times where it fails. With `expiresS` 0 they de-register. Requests are sent again as RFC 3261 17.1.2.2 has it. Writes one JSON line: counts, rates, and percentiles
 * of what each registration took, from its first REGISTER to its 200.
 */
import { createSocket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { akaPassword, digestHa1, digestResponse, parseAkaNonce, Usim } from '@ims-sim/auth';
import { parseCredentials } from '@ims-sim/sip';
import { SIP_PORT } from './addresses.mjs';
import { percentiles } from './percentiles.mjs';
import { subscriber } from './subscribers.mjs';

/** Timer E (T1 = 500 ms, T2 = 4 s): when, after it was first sent, a REGISTER is sent again. */
const SEND_AGAIN_MS = [500, 1500, 3500];
/** A registration that is not complete by then has failed. */
const LIMIT_MS = 6000;
const LOOK_EVERY_MS = 20;
const ATTEMPTS = 3;
/** A P-CSCF knows up to 32 registrations of one address and port; a user is always at the same. */
const USERS_A_SOCKET = 16;
const FIRST_PORT = 10_000;
const HOME = 'home1.net';

const { target, local, first, users, rate, atATime, expiresS } = JSON.parse(process.argv[2] ?? '{}');
const run = process.pid.toString(36);
const seen = { complete: 0, sentAgain: 0, stray: 0, refused: {} };
/** Registrations under way, by their user. */
const open = new Map();
const tookMs = [];
let begun = 0;
let lastCompleteMs = 0;
let lookAtMs = 0;

const sockets = new Map();
for (let user = first; user < first + users; user++) {
  const port = portOf(user);
  if (!sockets.has(port)) {
    sockets.set(port, await bind(port));
  }
}
const beganMs = performance.now();
const now = () => performance.now() - beganMs;
const ticking = setInterval(tick, 1);

function portOf(user) {
  return FIRST_PORT + Math.floor(user / USERS_A_SOCKET);
}

async function bind(port) {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: 1 << 20,
    lookup: (address, _options, done) => done(null, address, 4),
  });
  socket.on('message', receive);
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, local, resolve);
  });
  socket.on('error', () => undefined);
  return socket;
}

function tick() {
  beginWhatIsDue();
  if (now() >= lookAtMs) {
    lookAtMs = now() + LOOK_EVERY_MS;
    sendAgain();
  }
  if (begun === users && open.size === 0) {
    clearInterval(ticking);
    sockets.forEach((socket) => socket.close());
    report();
  }
}

function beginWhatIsDue() {
  while (begun < users && (rate === undefined ? open.size < atATime : now() >= (begun * 1000) / rate)) {
    begin(first + begun);
    begun += 1;
  }
}

function sendAgain() {
  const atMs = now();
  for (const flow of open.values()) {
    if (atMs - flow.beganMs > LIMIT_MS) {
      open.delete(flow.user);
      failed(flow);
    } else if (atMs - flow.sentMs >= (SEND_AGAIN_MS[flow.again] ?? Infinity)) {
      flow.again += 1;
      seen.sentAgain += 1;
      flow.socket.send(flow.text, SIP_PORT, target);
    }
  }
}

function begin(user, attempt = 1) {
  const port = portOf(user);
  const socket = sockets.get(port);
  const flow = { user, attempt, ...subscriber(user), socket, port, beganMs: now(), cseq: 0 };
  open.set(user, flow);
  register(flow, `username="${flow.impi}", realm="${HOME}", nonce="", uri="sip:${HOME}", response=""`);
}

/** TS 24.229 5.1.1.2; without a security agreement. */
function register(flow, authorization) {
  const { user, attempt, impu, socket, port } = flow;
  flow.cseq += 1;
  flow.again = 0;
  flow.sentMs = now();
  flow.text =
    `REGISTER sip:${HOME} SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP ${local}:${port};branch=z9hG4bK${run}x${user}x${attempt}x${flow.cseq}\r\n` +
    'Max-Forwards: 70\r\n' +
    `From: <${impu}>;tag=${run}x${user}x${attempt}\r\n` +
    `To: <${impu}>\r\n` +
    `Call-ID: ${user}-${attempt}-${run}@${local}\r\n` +
    `CSeq: ${flow.cseq} REGISTER\r\n` +
    `Contact: <sip:${impu.slice(4, impu.indexOf('@'))}@${local}:${port}>;expires=${expiresS}\r\n` +
    `Expires: ${expiresS}\r\n` +
    `Authorization: Digest ${authorization}\r\n` +
    'Supported: path\r\n' +
    'Content-Length: 0\r\n\r\n';
  socket.send(flow.text, SIP_PORT, target);
}

function receive(datagram) {
  const text = datagram.toString('latin1');
  const [, user, attempt, ofRun] = /\r\nCall-ID: (\d+)-(\d+)-(\w+)@/i.exec(text) ?? [];
  const flow = ofRun === run ? open.get(Number(user)) : undefined;
  const [, cseq] = /\r\nCSeq: (\d+) /i.exec(text) ?? [];
  if (flow === undefined || Number(attempt) !== flow.attempt || Number(cseq) !== flow.cseq) {
    seen.stray += 1;
    return;
  }
  const status = Number(text.slice(8, 11));
  if (status === 401 && flow.cseq === 1) {
    register(flow, answer(flow, text));
  } else if (status >= 200) {
    open.delete(flow.user);
    ended(flow, status);
  }
}

function ended(flow, status) {
  if (status >= 300) {
    seen.refused[status] = (seen.refused[status] ?? 0) + 1;
    failed(flow);
  } else {
    seen.complete += 1;
    lastCompleteMs = now();
    tookMs.push(lastCompleteMs - flow.beganMs);
  }
  if (rate === undefined) {
    beginWhatIsDue();
  }
}

function failed({ user, attempt }) {
  if (rate === undefined && attempt < ATTEMPTS) {
    begin(user, attempt + 1);
  }
}

/** RFC 3310: the credentials for a challenge. */
function answer({ impi, k, opc }, text) {
  const [, challenge = ''] = /\r\nWWW-Authenticate: ([^\r]*)/i.exec(text) ?? [];
  const params = parseCredentials(challenge)?.params ?? new Map();
  const nonce = params.get('nonce') ?? '';
  const parsed = parseAkaNonce(nonce);
  const usim = new Usim({ k: Buffer.from(k, 'hex'), opc: Buffer.from(opc, 'hex') });
  const result = parsed && usim.authenticate(parsed.rand, parsed.autn);
  if (result?.kind !== 'response') {
    return 'response=""';
  }
  const realm = params.get('realm') ?? '';
  const ha1 = digestHa1('MD5', impi, realm, akaPassword('AKAv1-MD5', result));
  const uri = `sip:${HOME}`;
  const qop = params.get('qop')?.split(',').includes('auth') ? 'auth' : undefined;
  const more = qop === undefined ? {} : { qop, cnonce: 'c0ffee', nc: '00000001' };
  const response = digestResponse({ algorithm: 'MD5', ha1, nonce, method: 'REGISTER', uri, ...more });
  const tail = qop === undefined ? '' : ', qop=auth, nc=00000001, cnonce="c0ffee"';
  return `username="${impi}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=AKAv1-MD5${tail}`;
}

function report() {
  const offeredMs = rate === undefined ? 0 : (users * 1000) / rate;
  const result = {
    offered: users,
    complete: seen.complete,
    failed: users - seen.complete,
    retransmissions: seen.sentAgain,
    achievedPerS: seen.complete / (Math.max(lastCompleteMs, offeredMs, 1) / 1000),
    toAnswerMs: percentiles(tookMs),
    ...seen,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
