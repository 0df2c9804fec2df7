/** Writes what is being done to standard error. */
export function progress(name, text) {
  console.error(`  ${name.padEnd(10)} ${text}`);
}

/** One rate, measured, in a line. @param {import('./measure.mjs').Step} step */
export function describe(step) {
  const { rate, held, failed, retransmissions, achievedPerS, totalCpuUs, cpuUs, otherCores, trouble } = step;
  const took = step.toNotifyMs ?? step.toAnswerMs;
  const elements = Object.entries(cpuUs)
    .filter(([, us]) => us >= 0.5)
    .map(([name, us]) => `${name} ${us.toFixed(0)}`);
  return [
    `${rate}/s ${held ? 'held' : 'not held'}: ${achievedPerS.toFixed(0)}/s`,
    `${failed} failed, ${retransmissions} retransmissions`,
    `${totalCpuUs.toFixed(0)} us CPU each (${elements.join(', ')})`,
    ...(took?.p50 ? [`p50 ${took.p50.toFixed(1)} ms`] : []),
    `other ${otherCores.toFixed(2)} cores`,
    ...(trouble === undefined ? [] : [trouble]),
  ].join(', ');
}
