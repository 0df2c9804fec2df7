import { readFileSync } from 'node:fs';
import { UserError } from '@ims-sim/element';
import { buildLadder, fromJsonLine, renderLadderText, type TraceRecord } from '@ims-sim/trace';

/** `ims trace FILE`: the ladder of a recorded run, every message and decision of it. */
export function showTrace(file: string): void {
  const records = readTrace(file);
  console.log(
    renderLadderText(buildLadder(records, { title: file }), { columns: 100, unicode: true, colour: false }),
  );
}

/** Reads a `trace.jsonl`. Throws `UserError` that names the line that is none. */
export function readTrace(file: string): TraceRecord[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(
      `${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') {
      return [];
    }
    const record = fromJsonLine(line);
    if (record.kind === 'invalid') {
      throw new UserError(`${file}:${index + 1}: not a line of a recorded run: ${record.reason}`);
    }
    return [record];
  });
}
