/**
 * UEs that register, a process of its own: `node registering.mjs '{"target", "local", "rate", "flows", "users"}'`. Each
 * registration is an initial one with AKA (REGISTER, 401, REGISTER, 200) of the next user, at a fixed rate whether or not
 * earlier ones were answered; requests are sent again as RFC 3261 17.1.2.2 has it. Writes one JSON line: counts, rates, and
 * percentiles of what each registration took.
 */
import { createSocket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { akaPassword, digestHa1, digestResponse, parseAkaNonce, Usim } from '@ims-sim/auth';
import { parseCredentials } from '@ims-sim/sip';
import { SIP_PORT } from './addresses.mjs';
import { subscriber } from './subscribers.mjs';

const SEND_AGAIN_MS = [500, 1500, 3500];
const LIMIT_MS = 6000;
const EXPIRES_S = 600_000;
/** A P-CSCF knows so many registrations of one address and port. */
const USERS_A_SOCKET = 16;
const FIRST_PORT = 10_000;

const { target, local, rate, flows, users, first = 0 } = JSON.parse(process.argv[2] ?? '{}');
const run = process.pid.toString(36);
const seen = { complete: 0, sentAgain: 0, stray: 0, refused: {} };
const open = new Map();
const tookMs = [];
let begun = 0;
let over = 0;
let lastCompleteMs = 0;

const sockets = [];
for (let index = 0; index < Math.ceil(Math.min(users, flows) / USERS_A_SOCKET); index++) {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: 1 << 20,
    lookup: (address, _options, done) => done(null, address, 4),
  });
  socket.on('message', receive);
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(FIRST_PORT + index, local, resolve);
  });
  sockets.push(socket);
}

const beganMs = performance.now();
const now = () => performance.now() - beganMs;
const ticking = setInterval(tick, 1);

function tick() {
  while (begun < flows && now() >= (begun * 1000) / rate) {
    begin(begun);
    begun += 1;
  }
  const atMs = now();
  for (const flow of open.values()) {
    if (atMs - flow.beganMs > LIMIT_MS) {
      end(flow);
    } else if (atMs - flow.sentMs >= (SEND_AGAIN_MS[flow.again] ?? Infinity)) {
      flow.again += 1;
      seen.sentAgain += 1;
      flow.socket.send(flow.text, SIP_PORT, target);
    }
  }
  if (begun === flows && open.size === 0) {
    clearInterval(ticking);
    sockets.forEach((socket) => socket.close());
    report();
  }
}

function begin(number) {
  const user = (number % users) + first;
  const { impi, impu, k, opc } = subscriber(user);
  const socket = sockets[Math.floor((number % users) / USERS_A_SOCKET)];
  const flow = {
    number,
    impi,
    impu,
    usim: { k, opc },
    socket,
    port: socket.address().port,
    beganMs: now(),
    cseq: 0,
  };
  open.set(number, flow);
  register(flow, `username="${impi}", realm="home1.net", nonce="", uri="sip:home1.net", response=""`);
}

function register(flow, authorization) {
  const { number, impu, socket, port } = flow;
  flow.cseq += 1;
  flow.again = 0;
  flow.sentMs = now();
  flow.text =
    'REGISTER sip:home1.net SIP/2.0\r\n' +
    `Via: SIP/2.0/UDP ${local}:${port};branch=z9hG4bK${run}x${number}x${flow.cseq}\r\n` +
    'Max-Forwards: 70\r\n' +
    `From: <${impu}>;tag=${run}x${number}\r\n` +
    `To: <${impu}>\r\n` +
    `Call-ID: ${number}-${run}@${local}\r\n` +
    `CSeq: ${flow.cseq} REGISTER\r\n` +
    `Contact: <sip:${impu.slice(4, impu.indexOf('@'))}@${local}:${port}>;expires=${EXPIRES_S}\r\n` +
    `Expires: ${EXPIRES_S}\r\n` +
    `Authorization: Digest ${authorization}\r\n` +
    'Supported: path\r\n' +
    'Content-Length: 0\r\n\r\n';
  socket.send(flow.text, SIP_PORT, target);
}

function receive(datagram) {
  const text = datagram.toString('latin1');
  const [, number, ofRun] = /\r\nCall-ID: (\d+)-(\w+)@/i.exec(text) ?? [];
  const flow = ofRun === run ? open.get(Number(number)) : undefined;
  const [, cseq] = /\r\nCSeq: (\d+) /i.exec(text) ?? [];
  if (flow === undefined || Number(cseq) !== flow.cseq) {
    seen.stray += 1;
    return;
  }
  const status = Number(text.slice(8, 11));
  if (status === 401 && flow.cseq === 1) {
    register(flow, answer(flow, text));
  } else if (status >= 200) {
    if (status < 300) {
      seen.complete += 1;
      lastCompleteMs = now();
      tookMs.push(lastCompleteMs - flow.beganMs);
    } else {
      seen.refused[status] = (seen.refused[status] ?? 0) + 1;
    }
    end(flow);
  }
}

/** RFC 3310: the credentials for a challenge. */
function answer({ impi, usim: { k, opc } }, text) {
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
  const uri = 'sip:home1.net';
  const qop = params.get('qop')?.split(',').includes('auth') ? 'auth' : undefined;
  const more = qop === undefined ? {} : { qop, cnonce: 'c0ffee', nc: '00000001' };
  const response = digestResponse({ algorithm: 'MD5', ha1, nonce, method: 'REGISTER', uri, ...more });
  const tail = qop === undefined ? '' : `, qop=auth, nc=00000001, cnonce="c0ffee"`;
  return `username="${impi}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=AKAv1-MD5${tail}`;
}

function end(flow) {
  open.delete(flow.number);
  over += 1;
}

function report() {
  tookMs.sort((a, b) => a - b);
  const percentile = (share) =>
    tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? null;
  const result = {
    offered: flows,
    complete: seen.complete,
    failed: over - seen.complete,
    retransmissions: seen.sentAgain,
    achievedPerS: seen.complete / (Math.max(lastCompleteMs, (flows * 1000) / rate) / 1000),
    toAnswerMs: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), max: percentile(1) },
    ...seen,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
