import { isLoopback } from '@ims-sim/host';
import type { ElementKind, ElementSettings } from './network.js';
import type { Complaint } from './schema-complaints.js';

/** Settings of one element that another kind has, or that exclude each other. */
export function oddSettings(element: ElementSettings, path: readonly string[]): Complaint[] {
  const found: Complaint[] = [];
  const { kind, external, listen, provisioning, database, postgresql } = element;
  const complain = (key: string, text: string): void => {
    found.push({ path: [...path, key], text });
  };
  if (external && listen) {
    complain('listen', '`external` says where it is: leave `listen` out');
  }
  if (external && (kind === 'hss') !== (external.transport === 'tcp')) {
    const right = kind === 'hss' ? 'tcp: Diameter is spoken over TCP' : 'udp: it is called over UDP first';
    complain('external', `expected ${right}`);
  }
  found.push(...oddApplication(element, path));
  if (database !== undefined && postgresql !== undefined) {
    complain('postgresql', 'expected one of database and postgresql');
  }
  for (const [key, owner] of Object.entries(OWNERS)) {
    const value = element[key as keyof typeof OWNERS];
    if (kind !== owner && value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      complain(key, `only ${/^[is]-|^hss|^as/.test(owner) ? 'an' : 'a'} ${owner} has it`);
    }
  }
  if (provisioning?.listen && !isLoopback(provisioning.listen.address) && provisioning.token === undefined) {
    found.push({
      path: [...path, 'provisioning', 'listen'],
      text: 'beyond the loopback address it needs a `token`',
    });
  }
  return [...found, ...oddPorts(element, path), ...oddBounds(element, path)];
}

/** Which kind of element has a setting. */
const OWNERS = {
  capabilities: 's-cscf',
  minRegistrationS: 's-cscf',
  maxRegistrationS: 's-cscf',
  firstNotifyCSeq: 'ps',
  minExpiresS: 'ps',
  maxExpiresS: 'ps',
  viaName: 'i-cscf',
  protectedPorts: 'p-cscf',
  database: 'hss',
  postgresql: 'hss',
  provisioning: 'hss',
  acceptsAnyPeer: 'hss',
  application: 'as',
  connection: 'as',
  cdrs: 'as',
} as const satisfies Partial<Record<keyof ElementSettings, ElementKind>>;

/** What is to answer at an application server. */
function oddApplication(element: ElementSettings, path: readonly string[]): Complaint[] {
  const { kind, external, application, requestHandlers, connection } = element;
  if (requestHandlers !== undefined && kind !== 'ps' && kind !== 'as') {
    return [{ path: [...path, 'requestHandlers'], text: 'only a ps or an as has it' }];
  }
  if (connection !== undefined && kind === 'as' && application === undefined) {
    return [{ path: [...path, 'connection'], text: 'only an as with an `application` has it' }];
  }
  if (kind !== 'as' || external || application !== undefined || requestHandlers !== undefined) {
    return [];
  }
  const text =
    'expected its `application`, `requestHandlers` where one listens, or `external` where the server is your own';
  return [{ path, text }];
}

/** TS 33.203 7.1: protected ports are two, and not the one that everybody calls. */
function oddPorts({ listen, protectedPorts }: ElementSettings, path: readonly string[]): Complaint[] {
  if (protectedPorts === undefined) {
    return [];
  }
  const { client, server } = protectedPorts;
  const ports = [client, server, ...(listen ? [listen.port] : [])];
  return new Set(ports).size === ports.length
    ? []
    : [{ path: [...path, 'protectedPorts'], text: 'expected two ports, neither that of `listen`' }];
}

function oddBounds(element: ElementSettings, path: readonly string[]): Complaint[] {
  const pairs = [
    ['minRegistrationS', 'maxRegistrationS'],
    ['minExpiresS', 'maxExpiresS'],
  ] as const;
  return pairs.flatMap(([min, max]) => {
    const [least, most] = [element[min], element[max]];
    return least === undefined || most === undefined || least <= most
      ? []
      : [{ path: [...path, max], text: `expected ${least} at least, which is \`${min}\`` }];
  });
}
