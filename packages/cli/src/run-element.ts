import { type ElementStart, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { mkdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kindOf, loadElement } from './load-element.js';
import { NOBODY_AUTHENTICATED } from './network-processes.js';
import { untilSignal } from './signals.js';

/** `ims element NAME`: one element in this process until a signal. Every address comes from the network file. */
export async function runElement(
  name: string,
  options: { network: string; logLevel: string },
): Promise<void> {
  const network = readNetworkFile(options.network);
  const kind = kindOf({ network, name });
  if (kind === undefined) {
    const names = [network.dns.name, ...network.elements.map((element) => element.name)];
    throw new UserError(`${options.network}: there is no element ${name}; there are: ${names.join(', ')}`);
  }
  const own = kind === 'dns' ? network.dns : network.elements.find((element) => element.name === name);
  const dns = network.dns.external?.at ?? network.dns.listen;
  if (kind === 'dns' && network.dns.external) {
    throw new UserError(`${options.network}: ${name} is external: it is not started here`);
  }
  if (!own?.listen || !dns) {
    const missing = own?.listen ? network.dns.name : name;
    throw new UserError(
      `${options.network}: ${missing} needs \`listen\`: nobody else could find it on a port of its own choice`,
    );
  }
  const stateFolder = await ownFolder(options.network);
  if (network.auth === 'none') {
    console.error(`${name}: ${NOBODY_AUTHENTICATED}`);
  }
  const start: ElementStart = {
    name,
    network,
    dns,
    collector: network.collector,
    stateFolder,
    waitsForOthers: false,
    logLevel: options.logLevel,
    provisioning: false,
  };
  const signal = untilSignal();
  const running = await (await loadElement(kind))(start);
  try {
    await Promise.race([running.ready(), signal]);
    await signal;
  } finally {
    await running.close();
  }
}

/** What this user's elements of this network file keep, where it names no place: nobody else's, and no other network's. */
async function ownFolder(networkFile: string): Promise<string> {
  const network = createHash('sha256').update(resolve(networkFile)).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `ims-sim-${process.getuid?.() ?? 'user'}`, network);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
