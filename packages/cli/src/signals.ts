const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves with the first signal that asks the process to end. From then on any further one ends it at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      for (const each of SIGNALS) {
        process.off(each, onSignal);
      }
      resolve(signal);
    };
    for (const signal of SIGNALS) {
      process.on(signal, onSignal);
    }
  });
}
