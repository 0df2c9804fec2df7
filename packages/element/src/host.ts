import type { Log, LogLine } from '@ims-sim/host';
import { type Level, type Logger, pino } from 'pino';

const MAX_CAUSES = 5;

/** JSON lines on standard error, from `level` on (pino's names). */
export function processLog(name: string, level: string): Log {
  const options = { name, level, base: { name }, serializers: { error: reasonOf } };
  const logger = pino(options, pino.destination({ fd: 2, sync: true }));
  return {
    debug: line(logger, 'debug'),
    info: line(logger, 'info'),
    warn: line(logger, 'warn'),
    error: line(logger, 'error'),
  };
}

function line(logger: Logger, level: Level): LogLine {
  return (text, fields = {}) => {
    logger[level](fields, text);
  };
}

/** An Error has nothing that JSON would show: what it says, and what its causes say. */
function reasonOf(error: unknown): unknown {
  const reasons: string[] = [];
  for (let at = error; at instanceof Error && reasons.length < MAX_CAUSES; at = at.cause) {
    reasons.push(at.message === '' ? at.name : at.message);
  }
  return reasons.length === 0 ? error : reasons.join(': ');
}
