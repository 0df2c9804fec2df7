import type { Log } from './host.js';

const nothing = () => undefined;

/** A log that nobody reads. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
