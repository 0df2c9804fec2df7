import { UserError, whyUnreadable } from '@ims-sim/element';
import { readText } from '@ims-sim/element/files';
import { buildLadder, fromJsonLine, renderLadderText, type TraceRecord } from '@ims-sim/trace';

/** Some hundred thousand messages: a ladder of more is read by nobody. */
const MAX_TRACE_BYTES = 256 * 1024 * 1024;

/** `ims trace FILE`: the ladder of a recorded run, every message and decision of it. */
export function showTrace(file: string): void {
  const records = readTrace(file);
  console.log(
    renderLadderText(buildLadder(records, { title: file }), { columns: 100, unicode: true, colour: false }),
  );
}

/** Reads a `trace.jsonl`, one that ends within a line up to there. Throws `UserError` that names the line that is none. */
function readTrace(file: string): TraceRecord[] {
  if (/\.pcap(ng)?$/.test(file)) {
    throw new UserError(`${file}: a capture: Wireshark shows it, \`ims record\` makes a scenario of it`);
  }
  let text: string | undefined;
  try {
    text = readText(file, MAX_TRACE_BYTES);
  } catch (error) {
    throw new UserError(`${file}: ${whyUnreadable(error)}`, { cause: error });
  }
  if (text === undefined) {
    throw new UserError(
      `${file}: larger than ${MAX_TRACE_BYTES / 1024 / 1024} MiB, which is the most that is read`,
    );
  }
  if (text.trim() === '') {
    throw new UserError(`${file}: there is nothing in it: not a recorded run (trace.jsonl)`);
  }
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') {
      return [];
    }
    const record = fromJsonLine(line);
    if (record.kind === 'invalid' && index > 0 && index === lines.length - 1) {
      console.error(
        `ims: ${file}:${index + 1}: the file ends within this line: what stands before it is shown`,
      );
      return [];
    }
    if (record.kind === 'invalid') {
      throw new UserError(`${file}:${index + 1}: not a line of a recorded run: ${record.reason}`);
    }
    return [record];
  });
}
