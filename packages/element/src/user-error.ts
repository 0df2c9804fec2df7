/** The user's input or environment cannot be used: the message says what, where and what to do. Exit status 2, no stack. */
export class UserError extends Error {}

/** The operating system's code of an error (`ENOENT`, `EADDRINUSE`), where it has one. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
