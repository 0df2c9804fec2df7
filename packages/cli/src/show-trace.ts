import { readFileSync } from 'node:fs';
import { UserError, whyUnreadable } from '@ims-sim/element';
import { buildLadder, fromJsonLine, renderLadderText, type TraceRecord } from '@ims-sim/trace';

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
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file}: ${whyUnreadable(error)}`, { cause: error });
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
