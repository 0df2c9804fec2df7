import type { App } from './app.js';
import type { Endpoint } from './endpoint.js';

/** The command `id` was done; `rest` is further tokens. */
export function ok(endpoint: Endpoint, app: App, id: string, rest = ''): void {
  app.send(`${endpoint.newId()}|response|${id}|OK${rest}`);
}

/** The command `id` was not done. `reason` reaches the application's callback. */
export function nok(endpoint: Endpoint, app: App, id: string, reason: string): void {
  app.send(`${endpoint.newId()}|response|${id}|NOK|${reason.replaceAll('|', '/')}`);
}
