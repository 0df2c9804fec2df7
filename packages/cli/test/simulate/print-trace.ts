import { traceOf } from './trace-of.js';

/** For a process of its own: prints the trace of the seed that it is given. */
process.stdout.write(await traceOf(Number(process.argv[2])));
