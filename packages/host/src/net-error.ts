/** An error with the operating system's code in `code`, as Node makes them. */
export interface NetError extends Error {
  readonly code: string;
}

/** Makes the error that the operating system would give: `code` e.g. EADDRINUSE, `what` e.g. `bind 127.0.0.1:5060`. */
export function netError(code: string, what: string): NetError {
  return Object.assign(new Error(`${what}: ${code}`), { code });
}
