import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab, Program } from './lab.js';

const CONFIG = fileURLToPath(new URL('../../../../../docs/peers/my-proxy/kamailio.cfg', import.meta.url));

/** Where the configuration has the presence server, S-CSCF#1 and itself. */
export interface ProxyPorts {
  readonly PS: number;
  readonly SCSCF1: number;
  readonly SCSCF2: number;
}

/** Kamailio with the configuration of `docs/peers/my-proxy` at other ports, `changed` in between. */
export async function startMyProxy(
  lab: Lab,
  { PS, SCSCF1, SCSCF2 }: ProxyPorts,
  changed: (config: string) => string = (config) => config,
): Promise<Program> {
  const ports = new Map([
    ['5064', PS],
    ['5062', SCSCF1],
    ['5070', SCSCF2],
  ]);
  const config = join(lab.folder, 'kamailio.cfg');
  const text = readFileSync(CONFIG, 'utf8').replace(/\b50(?:62|64|70)\b/g, (port) => String(ports.get(port)));
  writeFileSync(config, changed(text));
  const files = ['-Y', join(lab.folder, 'run'), '-P', join(lab.folder, 'kamailio.pid')];
  const kamailio = lab.start('kamailio', [
    '-f',
    config,
    '-DD',
    '-E',
    '--debug=2',
    '-m',
    '32',
    '-M',
    '4',
    ...files,
  ]);
  await kamailio.says(/processes \(at least\)/); // its sockets are bound before it says so
  return kamailio;
}
