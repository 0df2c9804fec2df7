import { STATUS_CODES } from 'node:http';
import type { IdentityTaken } from '../store.js';
import type { WrongField } from './subscription-schema.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** Thrown by what answers a request, and answered as problem details (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly errors: readonly WrongField[] | undefined;
  /** Seconds, of a 503. */
  readonly retryAfterS: number | undefined;

  constructor(status: number, detail: string, errors?: readonly WrongField[], retryAfterS?: number) {
    super(detail);
    this.status = status;
    this.errors = errors;
    this.retryAfterS = retryAfterS;
  }
}

/** The body of an answer. */
export function problemDetails({ status, message, errors }: Problem): Record<string, unknown> {
  return { title: STATUS_CODES[status] ?? 'Error', status, detail: message, ...(errors && { errors }) };
}

/**
 * 400 for a document that does not fit its schema: the first field in words, all of them by pointer. `what` begins
 * the sentence.
 */
export function wrongFields(what: string, fields: readonly WrongField[]): Problem {
  const [first] = fields;
  return new Problem(400, `${what} is wrong at ${first?.pointer ?? '#'}: ${first?.detail ?? ''}`, fields);
}

/** In words: whose an identity is. */
export function takenBy({ identity, wantedBy, of }: IdentityTaken): string {
  return of === wantedBy
    ? `${identity} stands in ${wantedBy} twice: once is enough`
    : `${identity} belongs to ${of}: take it from there first`;
}

/** What of a document is not in what was stored, for a reader. */
export function toldNotKept(paths: readonly string[]): string {
  return `not kept: ${paths.join(', ')}`;
}
