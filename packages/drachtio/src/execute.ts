import { createHash, timingSafeEqual } from 'node:crypto';
import type { App } from './app.js';
import { cancelInvite } from './cancel-invite.js';
import { parseCommand, type Command } from './command.js';
import type { Endpoint } from './endpoint.js';
import { proxyRequest } from './proxy-request.js';
import { ok } from './reply.js';
import { respond } from './respond.js';
import { sendRequest } from './send-request.js';

/** The drachtio-server whose behaviour this endpoint has; drachtio-srf pings from v0.8.2 on. */
const VERSION = 'v0.9.10';

/** Does what an application asks in the payload of a frame (one character a byte), and replies. */
export function execute(endpoint: Endpoint, app: App, payload: string): void {
  const command = parseCommand(payload);
  const { id } = command;
  if (!app.authenticated && command.kind !== 'authenticate') {
    refuseApp(endpoint, app, id, 'not authenticated');
    return;
  }
  switch (command.kind) {
    case 'authenticate':
      authenticate(endpoint, app, command);
      return;
    case 'route':
      app.route(command.verb);
      ok(endpoint, app, id);
      return;
    case 'remove-route':
      app.removeRoute(command.verb);
      ok(endpoint, app, id);
      return;
    case 'ping':
      ok(endpoint, app, id, '|pong');
      return;
    case 'respond':
      respond(endpoint, app, command);
      return;
    case 'request':
      sendRequest(endpoint, app, command);
      return;
    case 'cancel':
      cancelInvite(endpoint, app, command);
      return;
    case 'proxy':
      proxyRequest(endpoint, app, command);
      return;
    case 'malformed':
      app.send(`${endpoint.newId()}|response|${id}|NO|malformed command`);
  }
}

function authenticate(
  endpoint: Endpoint,
  app: App,
  { id, secret, tags }: Command & { kind: 'authenticate' },
): void {
  if (!isSame(secret, endpoint.secret)) {
    refuseApp(endpoint, app, id, 'incorrect secret');
    return;
  }
  app.authenticated = true;
  app.tags = tags;
  const { address, port } = endpoint.stack.listening;
  const hostPorts = `udp/${address}:${port},tcp/${address}:${port}`;
  ok(endpoint, app, id, `|${hostPorts}|${VERSION}|${hostPorts}`);
  app.onAuthenticated?.();
}

function refuseApp(endpoint: Endpoint, app: App, id: string, reason: string): void {
  app.send(`${endpoint.newId()}|response|${id}|NO|${reason}`);
  app.end();
}

/** In a time that tells nothing of the secret. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'latin1').digest();
  return timingSafeEqual(digest(given), digest(secret));
}
