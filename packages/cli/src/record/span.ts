import { UserError } from '@ims-sim/element';
import type { CapturedMessage } from '@ims-sim/trace';

export interface SpanFlags {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface Span {
  readonly fromUs?: number;
  readonly toUs?: number;
}

const SECOND_US = 1_000_000;

/**
 * `--from` and `--to`: seconds since the first of `messages`, or a time with its date (ISO 8601). In microseconds since the epoch.
 * Throws `UserError` for what is neither, and for an end before the beginning.
 */
export function spanOf(messages: readonly CapturedMessage[], { from, to }: SpanFlags): Span {
  const firstUs = messages.reduce((first, { atUs }) => Math.min(first, atUs), Infinity);
  const fromUs = from === undefined ? undefined : timeOf('--from', from, firstUs);
  const toUs = to === undefined ? undefined : timeOf('--to', to, firstUs);
  if (fromUs !== undefined && toUs !== undefined && toUs < fromUs) {
    throw new UserError(`--from ${from ?? ''} --to ${to ?? ''}: it ends before it begins`);
  }
  return { ...(fromUs !== undefined && { fromUs }), ...(toUs !== undefined && { toUs }) };
}

function timeOf(option: string, text: string, firstUs: number): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    return firstUs + Math.round(Number(text) * SECOND_US);
  }
  const atMs = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(atMs)) {
    throw new UserError(
      `${option} ${text}: expected seconds since the first message, such as 12.5, or a time such as 2026-11-23T10:00:00Z`,
    );
  }
  return atMs * 1000;
}
