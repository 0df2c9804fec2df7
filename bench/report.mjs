import { met, ms, number, otherCores, ratio, table, us } from './markdown.mjs';
import { populationTables, registrationTable, storeTable } from './report-subscribers.mjs';

/** What is to be reached. */
export const TARGETS = {
  rateOverKamailio: 1.75,
  cpuOverKamailio: 0.5,
  startUpMs: 4000,
  simulatedMs: 10_000,
  betweenMs: 150,
  flowMs: 100,
  residentMiB: 90,
};

/**
 * What one watcher found of both chains; what was not measured is undefined.
 * @typedef {object} Throughput
 * @property {string} watcher
 * @property {import('./measure.mjs').Step} [kamailio] at its highest rate
 * @property {import('./measure.mjs').Step} [ours] at our highest rate
 * @property {import('./measure.mjs').Step} [atKamailios] ours at Kamailio's highest rate
 * @property {import('./measure.mjs').Step} [atTarget] ours at 1.75 times Kamailio's highest rate
 */

/**
 * All that a run of the bench found.
 * @typedef {object} Findings
 * @property {string} date
 * @property {string} machine
 * @property {string} commit
 * @property {boolean} isQuick
 * @property {string[]} leftOut
 * @property {Throughput[]} throughput
 * @property {{ ours?: import('./measure.mjs').Step, kamailio?: import('./measure.mjs').Step }} [latency]
 * @property {import('./scenarios.mjs').Scenarios} [scenarios]
 * @property {{ runs: import('./start-up.mjs').StartUp[], residentMiB: Record<string, number> }} [startUp]
 * @property {import('./registrations.mjs').Registrations[]} registrations
 * @property {import('./population.mjs').Populations[]} populations
 * @property {import('./stores.mjs').StoreFinding[]} stores
 */

/**
 * The findings as Markdown: the targets, then the figures behind them.
 * @param {Findings} findings
 */
export function markdown(findings) {
  const { date, machine, commit, isQuick, leftOut, throughput, latency, startUp } = findings;
  const sections = [
    [`${date}, commit ${commit}, ${machine}.`],
    isQuick ? ['Quick: short steps, coarse climbs, small populations. Not to be quoted.'] : [],
    leftOut.map((what) => `Left out: ${what}.`),
    targetTable(findings),
    throughput.length > 0 || latency ? rateTable(throughput, latency) : [],
    throughput.length > 0 || latency ? cpuTable(throughput, latency) : [],
    startUp ? startUpLines(startUp) : [],
    registrationTable(findings.registrations),
    ...findings.populations.map(populationTables),
    storeTable(findings.stores),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function targetTable(findings) {
  const rows = [
    ...findings.throughput.flatMap(throughputTargets),
    ...latencyTargets(findings),
    ...startUpTargets(findings),
    ...scenarioTargets(findings),
  ];
  return rows.length === 0 ? [] : table(['to be reached', 'wanted', 'measured', ''], rows);
}

function throughputTargets({ watcher, kamailio, ours, atTarget }) {
  if (!kamailio || !ours) {
    return [];
  }
  const wantedRate = TARGETS.rateOverKamailio * kamailio.achievedPerS;
  const wantedCpuUs = TARGETS.cpuOverKamailio * kamailio.totalCpuUs;
  // where the target rate itself is not held, there is only our highest
  const at = atTarget?.held ? atTarget : ours;
  return [
    [
      `flows/s without failures (${watcher})`,
      `${TARGETS.rateOverKamailio} x ${number(kamailio.achievedPerS)} = ${number(wantedRate)}`,
      `${number(ours.achievedPerS)} (${ratio(ours.achievedPerS, kamailio.achievedPerS)})`,
      met(ours.achievedPerS >= wantedRate || atTarget?.held === true),
    ],
    [
      `CPU a flow at ${number(at.rate)}/s (${watcher})`,
      `${TARGETS.cpuOverKamailio} x ${us(kamailio.totalCpuUs)} = ${us(wantedCpuUs)}`,
      `${us(at.totalCpuUs)} (${ratio(at.totalCpuUs, kamailio.totalCpuUs)})`,
      met(at.totalCpuUs <= wantedCpuUs && at.rate >= Math.floor(TARGETS.rateOverKamailio * kamailio.rate)),
    ],
  ];
}

function latencyTargets({ latency }) {
  if (!latency?.ours || !latency.kamailio) {
    return [];
  }
  const [ours, theirs] = [latency.ours.toNotifyMs.p50, latency.kamailio.toNotifyMs.p50];
  return [
    [
      `SUBSCRIBE to NOTIFY at ${latency.ours.rate}/s, p50`,
      `${ms(theirs)} (Kamailio)`,
      `${ms(ours)} (${ratio(ours, theirs)})`,
      met(ours <= theirs),
    ],
  ];
}

function startUpTargets({ startUp }) {
  if (!startUp) {
    return [];
  }
  const verdictMs = median(startUp.runs.map(({ toVerdictMs }) => toVerdictMs));
  const flowMs = median(startUp.runs.map((run) => run.flowMs));
  const [name, largest] = Object.entries(startUp.residentMiB).sort(([, a], [, b]) => b - a)[0] ?? [
    'none',
    NaN,
  ];
  return [
    ['`npm start` to the verdict', ms(TARGETS.startUpMs), ms(verdictMs), met(verdictMs <= TARGETS.startUpMs)],
    ['the flow itself', ms(TARGETS.flowMs), ms(flowMs), met(flowMs < TARGETS.flowMs)],
    [
      'resident memory, largest element',
      `${TARGETS.residentMiB} MiB`,
      `${number(largest)} MiB (${name})`,
      met(largest <= TARGETS.residentMiB),
    ],
  ];
}

function scenarioTargets({ scenarios }) {
  if (!scenarios) {
    return [];
  }
  const { simulated, simulatedMs, betweenMs, firstBetweenMs } = scenarios;
  const most = Math.max(...betweenMs);
  return [
    [
      `${simulated} times the main flow, simulated`,
      ms(TARGETS.simulatedMs),
      ms(simulatedMs),
      met(simulatedMs <= TARGETS.simulatedMs),
    ],
    [
      'between two flows on one network of processes',
      ms(TARGETS.betweenMs),
      `${number(median(betweenMs))} ms, ${number(most)} at most (${number(firstBetweenMs)} the first time)`,
      met(Math.max(most, firstBetweenMs) <= TARGETS.betweenMs),
    ],
  ];
}

function rateTable(throughput, latency) {
  const head = [
    '',
    'rate',
    'achieved',
    'failed',
    'retransmissions',
    'p50',
    'p95',
    'p99',
    'watcher CPU',
    'other cores',
  ];
  const row = (name, step) =>
    step && [
      name,
      `${number(step.rate)}/s`,
      `${number(step.achievedPerS)}/s`,
      `${step.failed} of ${step.offered}`,
      String(step.retransmissions),
      ms(step.toNotifyMs?.p50),
      ms(step.toNotifyMs?.p95),
      ms(step.toNotifyMs?.p99),
      us(step.watcherCpuUs),
      otherCores(step.otherCores),
    ];
  return table(
    head,
    labelled(throughput, latency).map(([name, step]) => row(name, step)),
  );
}

function cpuTable(throughput, latency) {
  return ['CPU a flow, by element, in microseconds:', ''].concat(
    labelled(throughput, latency).map(([name, step]) => {
      const elements = Object.entries(step.cpuUs)
        .filter(([, each]) => each >= 0.5)
        .map(([element, each]) => `${element} ${number(each)}`);
      return `- ${name}, ${number(step.rate)}/s: **${number(step.totalCpuUs)}** (${elements.join(', ')})`;
    }),
  );
}

/** Every step that there is, with what it is. */
function labelled(throughput, latency) {
  return [
    ...throughput.flatMap(({ watcher, kamailio, ours, atKamailios, atTarget }) => [
      [`Kamailio, highest (${watcher})`, kamailio],
      [`ims-sim, highest (${watcher})`, ours],
      [`ims-sim at Kamailio's highest (${watcher})`, atKamailios],
      [`ims-sim at ${TARGETS.rateOverKamailio} x Kamailio's (${watcher})`, atTarget],
    ]),
    ['Kamailio, latency', latency?.kamailio],
    ['ims-sim, latency', latency?.ours],
  ].filter(([, step]) => step !== undefined);
}

function startUpLines({ runs, residentMiB }) {
  const list = (pick) => runs.map((run) => number(pick(run))).join(', ');
  const memory = Object.entries(residentMiB).map(([name, mib]) => `${name} ${number(mib)}`);
  return [
    `- \`npm start\`, ${runs.length} runs: to the verdict ${list((run) => run.toVerdictMs)} ms; to the end ${list((run) => run.toEndMs)} ms; the flow ${runs.map((run) => run.flowMs.toFixed(1)).join(', ')} ms; ${[...new Set(runs.map((run) => run.verdict))].join('; ')}.`,
    `- resident memory after the main flow, MiB: ${memory.join(', ')}.`,
  ];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
