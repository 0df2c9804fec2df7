/**
 * Puts a copy in the place of `process.env`, for a process that is about to serve an application: drachtio-srf 5.0.29 asks
 * there for a setting of its own at every header that it reads or writes, and each time that is a call out of JavaScript
 * (a twentieth of the presence server's time). What is set afterwards reaches the process itself, not its children's
 * inheritance, nor the C library.
 */
export function copyEnvironment(): void {
  process.env = { ...process.env };
}
