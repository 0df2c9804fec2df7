import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Srf, SrfRequest } from '@ims-sim/drachtio';
import { type Network, UserError } from '@ims-sim/element';
import type { Timer } from '@ims-sim/host';

/** What an application is given beside drachtio-srf (docs/decisions/0021-applications.md). */
export interface ApplicationHost {
  /** Its host name, e.g. `as.home2.net`. */
  readonly name: string;
  /** The operator's domain. */
  readonly domain: string;
  /** As Node's, but of the time that the network has: virtual in a simulation. `clearTimeout` takes what it returns. */
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** A line in the trace, and in the report. `req`: of whose call. */
  say(text: string, req?: SrfRequest): void;
  /** Whether a request comes from the trust domain, so that its P-Asserted-Identity counts (TS 24.229 4.4, 5.7.1.4). */
  isTrusted(req: SrfRequest): boolean;
}

/** What a module of an application exports as its default. */
export type Application = (srf: Srf, host: ApplicationHost) => unknown;

/** Whose code runs: an error that nobody catches is told to it. */
export const running = new AsyncLocalStorage<{ failed(error: unknown): void }>();

const modules = new Map<string, Promise<Application>>();

/** The application of a module's file. Rejects with `UserError`, the file named, where there is none that can be loaded. */
export function loadApplication(file: string): Promise<Application> {
  const known = modules.get(file) ?? load(file);
  modules.set(file, known);
  return known;
}

/** Loads all of a network, so that nothing waits for a disk later. */
export async function loadApplications({ elements }: Network, absent: ReadonlySet<string>): Promise<void> {
  for (const { name, application } of elements) {
    if (application !== undefined && !absent.has(name)) {
      await loadApplication(application);
    }
  }
}

async function load(file: string): Promise<Application> {
  if (!existsSync(file)) {
    throw new UserError(`${file}: there is no such file: \`application\` names a module`);
  }
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as typeof module;
  } catch (error) {
    throw new UserError(`${file}: the application cannot be loaded: ${textOf(error)}`, { cause: error });
  }
  if (typeof module.default !== 'function') {
    throw new UserError(
      `${file}: expected a function as its default export: export default (srf) => { ... }`,
    );
  }
  return module.default as Application;
}

/** One line of what was thrown, whatever it was. */
export function textOf(error: unknown): string {
  const text = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(text).split('\n', 1)[0]?.slice(0, MAX_TEXT) ?? '';
}

const MAX_TEXT = 500;

let watched = false;

/**
 * An error that an application leaves to nobody (a promise without `catch`, a timer that throws) is told to it and ends no process; of
 * anybody else's it stays what it was: the end.
 */
export function watchErrors(): void {
  if (watched) {
    return;
  }
  watched = true;
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      const application = running.getStore();
      if (application !== undefined) {
        application.failed(error);
        return;
      }
      process.removeAllListeners(event);
      setImmediate(() => {
        throw error;
      });
    });
  }
}
