import type { TraceRecord } from '@ims-sim/trace';
import type { World } from './world.js';

/** A message of the trace that begins so, between two elements. */
export function message(start: string, from: string, to: string): (record: TraceRecord) => boolean {
  return (record) =>
    record.kind === 'message' &&
    record.from === from &&
    record.to === to &&
    record.bytes.toString('latin1', 0, start.length) === start;
}

/** A Diameter request with that command code, between two elements. */
export function diameter(command: number, from: string, to: string): (record: TraceRecord) => boolean {
  return (record) =>
    record.kind === 'message' &&
    record.from === from &&
    record.to === to &&
    record.bytes.length > 20 &&
    record.bytes[0] === 1 &&
    ((record.bytes[4] ?? 0) & 0x80) !== 0 &&
    record.bytes.readUIntBE(5, 3) === command;
}

export const MAR = 303;
export const SAR = 301;

/** Where a UE said that a sequence number is out of range (TS 33.102 6.3.5): one went back, or was given out twice. */
export function resynchronised({ collector }: World): TraceRecord[] {
  return collector.records().filter((record) => record.kind === 'message' && record.bytes.includes('auts="'));
}
