/**
 * Our own watcher, a process of its own: `node generator.mjs '{"target", "local", "rate", "flows"}'`. Opens subscriptions at a
 * fixed rate whether or not earlier ones were answered (an open loop), answers each NOTIFY, sends a SUBSCRIBE again as
 * RFC 3261 17.1.2.2 has it, and writes one JSON line: counts, rates, and percentiles of what each flow took.
 */
import { createSocket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { presentities, SIP_PORT } from './addresses.mjs';
import { percentiles } from './percentiles.mjs';

/** Timer E (T1 = 500 ms, T2 = 4 s): when, after it was first sent, a SUBSCRIBE is sent again. */
const SEND_AGAIN_MS = [500, 1500, 3500];
/** A flow that is not complete by then has failed: SIPp's limit in `sipp.mjs` too. */
const FLOW_LIMIT_MS = 6000;
const TICK_MS = 1;
const BUFFER_BYTES = 4 << 20;

const { target, local, rate, flows } = JSON.parse(process.argv[2] ?? '{}');
const run = process.pid.toString(36);

/** What came of each flow, by its number; times in ms since the start, NaN: not yet. */
const sentMs = new Float64Array(flows).fill(NaN);
const answeredMs = new Float64Array(flows).fill(NaN);
const notifiedMs = new Float64Array(flows).fill(NaN);
const isRefused = new Uint8Array(flows);

const seen = { complete: 0, sentAgain: 0, notifiedAgain: 0, stray: 0, refused: {} };
let sent = 0;
let expired = 0;
let lastCompleteMs = 0;
/** How far each time of SEND_AGAIN_MS has come: flows are sent in order, so a number for each will do for all timers. */
const sentAgain = SEND_AGAIN_MS.map(() => 0);

const socket = createSocket({
  type: 'udp4',
  recvBufferSize: BUFFER_BYTES,
  sendBufferSize: BUFFER_BYTES,
  lookup: (address, _options, done) => done(null, address, 4),
});
socket.on('message', receive);
await new Promise((resolve, reject) => {
  socket.once('error', reject);
  socket.bind(SIP_PORT, local, resolve);
});
socket.on('error', () => undefined);

const beganMs = performance.now();
const now = () => performance.now() - beganMs;
const ticking = setInterval(tick, TICK_MS);

function tick() {
  while (sent < flows && now() >= (sent * 1000) / rate) {
    sentMs[sent] = now();
    subscribe(sent);
    sent += 1;
  }
  sendAgain();
  while (expired < sent && (isOver(expired) || now() - sentMs[expired] > FLOW_LIMIT_MS)) {
    expired += 1;
  }
  if (expired === flows) {
    clearInterval(ticking);
    socket.close();
    report();
  }
}

function sendAgain() {
  for (const [timer, afterMs] of SEND_AGAIN_MS.entries()) {
    while (sentAgain[timer] < sent && now() - sentMs[sentAgain[timer]] >= afterMs) {
      const flow = sentAgain[timer];
      if (Number.isNaN(answeredMs[flow]) && isRefused[flow] === 0) {
        subscribe(flow);
        seen.sentAgain += 1;
      }
      sentAgain[timer] += 1;
    }
  }
}

function subscribe(flow) {
  const { name, number } = presentities[flow % presentities.length];
  socket.send(
    `SUBSCRIBE tel:${number} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP ${local}:${SIP_PORT};branch=z9hG4bK${run}x${flow}\r\n` +
      'Max-Forwards: 70\r\n' +
      'P-Asserted-Identity: <sip:user1_public1@home1.net>\r\n' +
      'Privacy: none\r\n' +
      `From: <sip:user1_public1@home1.net>;tag=${run}x${flow}\r\n` +
      `To: <sip:${name}@home2.net>\r\n` +
      `Call-ID: ${flow}-${run}@${local}\r\n` +
      'CSeq: 61 SUBSCRIBE\r\n' +
      'Event: presence\r\n' +
      'Expires: 7200\r\n' +
      'Accept: application/pidf+xml\r\n' +
      `Contact: <sip:${local}:${SIP_PORT}>\r\n` +
      'Content-Length: 0\r\n\r\n',
    SIP_PORT,
    target,
  );
}

function receive(datagram, from) {
  const atMs = now();
  const text = datagram.toString('latin1');
  const flow = flowOf(text);
  if (flow === undefined) {
    seen.stray += 1;
    return;
  }
  if (text.startsWith('SIP/2.0 ')) {
    answered(flow, Number(text.slice(8, 11)), atMs);
  } else if (text.startsWith('NOTIFY ')) {
    socket.send(ok(text), from.port, from.address);
    notified(flow, text, atMs);
  }
}

function answered(flow, status, atMs) {
  if (status >= 300) {
    isRefused[flow] = 1;
    seen.refused[status] = (seen.refused[status] ?? 0) + 1;
  } else if (status >= 200 && Number.isNaN(answeredMs[flow])) {
    answeredMs[flow] = atMs;
    completeIfBoth(flow, atMs);
  }
}

/** A NOTIFY counts where the watcher was let in and has got the document. */
function notified(flow, text, atMs) {
  if (!Number.isNaN(notifiedMs[flow])) {
    seen.notifiedAgain += 1;
  } else if (/\r\nSubscription-State:\s*active/i.test(text) && text.includes('<presence')) {
    notifiedMs[flow] = atMs;
    completeIfBoth(flow, atMs);
  }
}

function completeIfBoth(flow, atMs) {
  if (
    !Number.isNaN(answeredMs[flow]) &&
    !Number.isNaN(notifiedMs[flow]) &&
    atMs - sentMs[flow] <= FLOW_LIMIT_MS
  ) {
    seen.complete += 1;
    lastCompleteMs = atMs;
  }
}

function isOver(flow) {
  return isRefused[flow] === 1 || (!Number.isNaN(answeredMs[flow]) && !Number.isNaN(notifiedMs[flow]));
}

/** The flow's number out of the Call-ID; undefined for a message of another run. */
function flowOf(text) {
  let at = text.indexOf('\r\nCall-ID: ');
  at = at < 0 ? text.search(/\r\n(?:call-id|i)\s*:\s*/i) : at;
  const end = text.indexOf('\r\n', at + 2);
  const [number, ofRun] = text
    .slice(text.indexOf(':', at) + 1, text.indexOf('@', at))
    .trim()
    .split('-');
  const flow = Number(number);
  return at >= 0 && end > at && ofRun === run && flow < sent ? flow : undefined;
}

/** RFC 3261 8.2.6: 200 with what a response copies. */
function ok(request) {
  let response = 'SIP/2.0 200 OK\r\n';
  const end = request.indexOf('\r\n\r\n');
  for (const line of request.slice(0, end).split('\r\n')) {
    if (/^(?:via|v|from|f|to|t|call-id|i|cseq)\s*:/i.test(line)) {
      response += `${line}\r\n`;
    }
  }
  return `${response}Content-Length: 0\r\n\r\n`;
}

function report() {
  const { user, system } = process.cpuUsage();
  const result = {
    offered: flows,
    complete: seen.complete,
    failed: flows - seen.complete,
    retransmissions: seen.sentAgain + seen.notifiedAgain,
    achievedPerS: seen.complete / (Math.max(lastCompleteMs, (flows * 1000) / rate) / 1000),
    toAnswerMs: tookMs(answeredMs),
    toNotifyMs: tookMs(notifiedMs),
    cpuS: (user + system) / 1e6,
    ...seen,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Percentiles of what flows took, in ms, from the sending of their SUBSCRIBE. */
function tookMs(atMs) {
  return percentiles(atMs.map((at, flow) => at - sentMs[flow]).filter((ms) => !Number.isNaN(ms)));
}
