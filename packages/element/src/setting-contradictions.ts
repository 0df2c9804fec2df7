import type { ElementKind, ElementSettings } from './network.js';
import type { Complaint } from './yaml-file.js';

/** Which kinds of element a setting means something to. */
const SETTINGS_OF = {
  provisioning: ['hss'],
  database: ['hss'],
  postgresql: ['hss'],
  acceptsAnyPeer: ['hss'],
  protectedPorts: ['p-cscf'],
  minRegistrationS: ['s-cscf'],
  maxRegistrationS: ['s-cscf'],
  firstNotifyCSeq: ['ps'],
  minExpiresS: ['ps'],
  maxExpiresS: ['ps'],
} as const satisfies Partial<Record<keyof ElementSettings, readonly ElementKind[]>>;

/** Settings that another kind of element has, or that exclude each other. */
export function settingContradictions(element: ElementSettings, path: readonly string[]): Complaint[] {
  return [
    ...ofAnotherKind(element, path),
    ...whereItIs(element, path),
    ...bounds(element, path),
    ...ports(element, path),
  ];
}

function ofAnotherKind(element: ElementSettings, path: readonly string[]): Complaint[] {
  const found = Object.entries(SETTINGS_OF).flatMap(([key, kinds]): Complaint[] => {
    const isSet = element[key as keyof typeof SETTINGS_OF] !== undefined;
    const isIts = (kinds as readonly ElementKind[]).includes(element.kind);
    return isSet && !isIts
      ? [{ path: [...path, key], text: `only an element of kind ${kinds.join()} has it` }]
      : [];
  });
  if (element.capabilities.length > 0 && element.kind !== 's-cscf') {
    found.push({ path: [...path, 'capabilities'], text: 'only an element of kind s-cscf has it' });
  }
  return found;
}

function whereItIs(element: ElementSettings, path: readonly string[]): Complaint[] {
  const { kind, external, listen, database, postgresql, provisioning } = element;
  const found: Complaint[] = [];
  if (external && listen) {
    found.push({ path: [...path, 'listen'], text: '`external` says where it is: leave `listen` out' });
  }
  if (external && (kind === 'hss') !== (external.transport === 'tcp')) {
    const right = kind === 'hss' ? 'tcp: Diameter is spoken over TCP' : 'udp: it is called over UDP first';
    found.push({ path: [...path, 'external'], text: `expected ${right}` });
  }
  if (database !== undefined && postgresql !== undefined) {
    found.push({ path: [...path, 'postgresql'], text: 'expected one of database and postgresql' });
  }
  if (provisioning?.listen && !isLoopback(provisioning.listen.address) && provisioning.token === undefined) {
    const text = 'beyond the loopback address it needs a `token`';
    found.push({ path: [...path, 'provisioning', 'listen'], text });
  }
  return found;
}

function bounds(element: ElementSettings, path: readonly string[]): Complaint[] {
  const pairs = [
    ['minRegistrationS', 'maxRegistrationS'],
    ['minExpiresS', 'maxExpiresS'],
  ] as const;
  return pairs.flatMap(([least, most]) =>
    (element[least] ?? 0) > (element[most] ?? Infinity)
      ? [{ path: [...path, most], text: `expected at least ${least}, ${element[least] ?? 0}` }]
      : [],
  );
}

/** What one element listens on must differ; what several do is looked at elsewhere. */
function ports(
  { listen, protectedPorts, provisioning }: ElementSettings,
  path: readonly string[],
): Complaint[] {
  const found: Complaint[] = [];
  if (protectedPorts) {
    const { client, server } = protectedPorts;
    if (client === server || client === listen?.port || server === listen?.port) {
      const text = 'expected three different ports: `listen`, `client` and `server`';
      found.push({ path: [...path, 'protectedPorts'], text });
    }
  }
  if (
    listen &&
    provisioning?.listen?.port === listen.port &&
    provisioning.listen.address === listen.address
  ) {
    found.push({
      path: [...path, 'provisioning', 'listen'],
      text: 'that is where it listens itself: expected another port',
    });
  }
  return found;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
