import { grouped, mib, ms, number, otherCores, seconds, table, time, us } from './markdown.mjs';
import { SUBSCRIBERS } from './registrations.mjs';
import { SIDE_BY_SIDE } from './stores.mjs';

const NAMES = { lowdb: 'lowdb', postgresql: 'PostgreSQL' };

/** @param {import('./registrations.mjs').Registrations[]} registrations */
export function registrationTable(registrations) {
  if (registrations.length === 0) {
    return [];
  }
  const head = ['store', 'registrations/s', 'p50', 'p95', 'p99', 'CPU each', 'of it', 'other cores'];
  const rows = registrations.map(({ store, best }) =>
    best === undefined
      ? [NAMES[store], 'none held', '', '', '', '', '', '']
      : [
          NAMES[store],
          number(best.achievedPerS),
          ms(best.toAnswerMs?.p50),
          ms(best.toAnswerMs?.p95),
          ms(best.toAnswerMs?.p99),
          us(best.totalCpuUs),
          perElement(best.cpuUs, us),
          otherCores(best.otherCores),
        ],
  );
  return [
    `Initial registrations with AKA (REGISTER, 401, REGISTER, 200) without failures, ${grouped(SUBSCRIBERS)} subscribers:`,
    '',
    ...table(head, rows),
  ];
}

/** @param {import('./population.mjs').Populations} populations */
export function populationTables({ store, emptyMiB, sizes }) {
  const names = Object.keys(emptyMiB);
  const both = ({ p50, p99 }) => `${time(p50)} / ${time(p99)}`;
  const head = ['registered', ...names, 'registration, p50 / p99', 'lookup, p50 / p99', 'other cores'];
  const rows = sizes.map(({ users, registration, lookupMs, memoryMiB, otherCores: cores }) => [
    grouped(users),
    ...names.map((name) => mib(memoryMiB[name])),
    `${both(registration.toAnswerMs)}${registration.failed > 0 ? `, ${registration.failed} failed` : ''}`,
    both(lookupMs),
    otherCores(cores),
  ]);
  const none = ['0', ...names.map((name) => mib(emptyMiB[name])), '', '', ''];
  const loaded = sizes.map(
    ({ users, loadS, registeredPerS }) =>
      `to ${grouped(users)}: provisioned in ${seconds(loadS)}, registered at ${number(registeredPerS)}/s`,
  );
  return [
    `Cost against population, the HSS on ${NAMES[store]} (memory of each element, time of a registration and of an LIR):`,
    '',
    ...table(head, [none, ...rows]),
    '',
    `- ${loaded.join('; ')}.`,
    ...growth(names, emptyMiB, sizes),
  ];
}

/** What a user costs at the largest size, and how times grow from the smallest: a search tree's is the logarithm. */
function growth(names, emptyMiB, sizes) {
  const [smallest, largest] = [sizes[0], sizes.at(-1)];
  const kib = Object.fromEntries(
    names.map((name) => [name, ((largest.memoryMiB[name] - emptyMiB[name]) * 1024) / largest.users]),
  );
  const lines = [
    `- memory a user at ${grouped(largest.users)}: ${perElement(kib, (each) => `${each.toFixed(1)} KiB`)}.`,
  ];
  if (smallest !== largest) {
    const logarithm = Math.log(largest.users) / Math.log(smallest.users);
    const of = (pick) => (pick(largest) / pick(smallest)).toFixed(2);
    lines.push(
      `- p50 at ${grouped(largest.users)} over p50 at ${grouped(smallest.users)}: registration ${of(({ registration }) => registration.toAnswerMs.p50)}, lookup ${of(({ lookupMs }) => lookupMs.p50)}; the logarithm grows by ${logarithm.toFixed(2)}.`,
    );
  }
  return lines;
}

/** @param {import('./stores.mjs').StoreFinding[]} stores */
export function storeTable(stores) {
  if (stores.length === 0) {
    return [];
  }
  const both = ({ p50, p99 }) => `${time(p50)} / ${time(p99)}`;
  const head = [
    'store',
    'subscribers',
    'load',
    'open',
    'by private identity, p50 / p99',
    'by public identity, p50 / p99',
    'update, p50 / p99',
    `updates/s, ${SIDE_BY_SIDE} at a time`,
    'memory of the process',
    'of the server',
    'on disk',
  ];
  const rows = stores.map((finding) => [
    NAMES[finding.kind],
    grouped(finding.population),
    seconds(finding.loadS),
    seconds(finding.openS),
    both(finding.byPrivate),
    both(finding.byPublic),
    both(finding.update),
    number(finding.updatesPerS),
    mib(finding.processMiB),
    mib(finding.serverMiB),
    mib(finding.storedMiB),
  ]);
  return ["The HSS's stores by themselves:", '', ...table(head, rows)];
}

function perElement(values, write) {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${write(value)}`)
    .join(', ');
}
