import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { presentities, SIP_PORT, WATCHERS } from './addresses.mjs';
import { isInstalled, run, temporaryFolder } from './processes.mjs';

const GENERATOR = fileURLToPath(new URL('./generator.mjs', import.meta.url));
const SCENARIO = fileURLToPath(new URL('./sipp/subscribe.xml', import.meta.url));
/** What a watcher may take beyond the time in which it opens flows: the last flow's limit, and SIPp's own end. */
const BEYOND_MS = 40_000;

/**
 * What a watcher saw of one run; `achievedPerS` counts complete flows only, to the end of the last.
 * @typedef {object} Watched
 * @property {number} offered
 * @property {number} complete
 * @property {number} failed
 * @property {number} retransmissions
 * @property {number} achievedPerS
 * @property {{ p50: number, p95: number, p99: number, max: number }} [toNotifyMs] SUBSCRIBE to NOTIFY
 * @property {{ p50: number, p95: number, p99: number, max: number }} [toAnswerMs] SUBSCRIBE to 200
 * @property {string} [trouble] the first thing that went wrong, in the watcher's words
 */

/**
 * Opens `flows` subscriptions at `rate` a second through the P-CSCF at `target`, and waits for the last.
 * @typedef {object} Watcher
 * @property {string} name
 * @property {(run: { target: string, rate: number, flows: number }) => Promise<Watched>} watch
 * @property {number} [most] flows of one run
 * @property {() => Promise<void>} [afterwards] what brings the network back to where it was, between two runs
 */

/** @type {Watcher} `generator.mjs`. */
export const ownGenerator = {
  name: 'own generator',
  local: WATCHERS.own,
  async watch({ target, rate, flows }) {
    const order = JSON.stringify({ target, local: WATCHERS.own, rate, flows });
    const { status, output, errors } = await run(process.execPath, [GENERATOR, order], {
      limitMs: (flows * 1000) / rate + BEYOND_MS,
    });
    if (status !== 0) {
      throw new Error(`the generator ended with status ${status}: ${errors.trim().split('\n').at(-1)}`);
    }
    const seen = JSON.parse(output);
    const refused = Object.entries(seen.refused).map(([code, times]) => `${times} x ${code}`);
    return { ...seen, ...(refused.length > 0 && { trouble: refused.join(', ') }) };
  },
};

/** @type {Watcher} SIPp; its clock is too coarse for latencies, so it gives none. */
export const sipp = {
  name: 'SIPp',
  local: WATCHERS.sipp,
  async watch({ target, rate, flows }) {
    const folder = mkdtempSync(join(temporaryFolder(), 'sipp-'));
    try {
      return await runSipp(folder, { target, rate, flows });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export function isSippInstalled() {
  return isInstalled('sipp', '-v');
}

async function runSipp(folder, { target, rate, flows }) {
  const users = presentities.map(({ name, number }) => `${name};${number}\n`).join('');
  writeFileSync(join(folder, 'users.csv'), `SEQUENTIAL\n${users}`);
  const seconds = flows / rate;
  const options = {
    '-i': WATCHERS.sipp,
    '-p': SIP_PORT,
    '-sf': SCENARIO,
    '-inf': 'users.csv',
    '-r': rate,
    '-m': flows,
    '-l': 200_000, // open flows: no bound that would make it wait for answers
    '-recv_timeout': 6000,
    '-timeout': `${Math.ceil(seconds + 30)}s`,
    '-max_recv_loops': 1, // the NOTIFY overtakes the 200 in about half of the flows
    '-error_file': 'errors.log',
  };
  const args = [
    `${target}:${SIP_PORT}`,
    '-nostdin',
    '-trace_err',
    ...Object.entries(options).flat().map(String),
  ];
  const { status, output } = await run('sipp', args, { cwd: folder, limitMs: seconds * 1000 + BEYOND_MS });
  return readScreen(output.slice(output.lastIndexOf('Scenario Screen')), { status, flows, folder });
}

/** SIPp's last screen: the one place that has the retransmissions of each message. */
function readScreen(screen, { status, flows, folder }) {
  const number = (pattern) => Number(pattern.exec(screen)?.[1] ?? NaN);
  const complete = number(/Successful call\s+\|\s+\d+\s+\|\s+(\d+)/);
  const retransmissions = number(/SUBSCRIBE -+>\s+(?:[BE]-RTD\d+ )?\s*\d+\s+(\d+)/);
  const tookS = number(/([\d.]+) s\s+\d+\s+127\./);
  const trouble = firstLine(join(folder, 'errors.log'));
  if (status === null || Number.isNaN(complete + retransmissions + tookS)) {
    throw new Error(`SIPp did not finish: ${trouble ?? `status ${status}`}`);
  }
  return {
    offered: flows,
    complete,
    failed: flows - complete,
    retransmissions,
    achievedPerS: complete / tookS,
    ...(complete < flows && trouble !== undefined && { trouble }),
  };
}

function firstLine(file) {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .find((line) => line.trim() !== '' && !line.startsWith('The following events occurred'))
      ?.slice(0, 300);
  } catch {
    return undefined; // no errors, no file
  }
}
