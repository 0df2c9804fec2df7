import type { RunFlags } from '../../src/run/flags.js';

/** `ims run` without options. */
export const FLAGS: RunFlags = {
  ...{ out: 'out', attach: false, timeout: 60, bail: false, keepGoing: false, repeat: 1, simulate: false },
};
