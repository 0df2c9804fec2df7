import { existsSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { test } from '@jest/globals';

/** A program by its name, or a file by its path, and the Debian package that has it. */
export type Needed = readonly [what: string, debianPackage: string];

/** Of any of the machine's architectures: `/usr/lib/x86_64-linux-gnu` and the like. */
const LIBRARIES = '/usr/lib/*';
const MODULES = `${LIBRARIES}/kamailio/modules`;

export const KAMAILIO: Needed = ['kamailio', 'kamailio'];
export const KAMAILIO_IMS: Needed = [`${MODULES}/ims_icscf.so`, 'kamailio-ims-modules'];
export const KAMAILIO_PRESENCE: Needed = [`${MODULES}/presence_xml.so`, 'kamailio-presence-modules'];
export const RESOLV_WRAPPER: Needed = [`${LIBRARIES}/libresolv_wrapper.so`, 'libresolv-wrapper'];
export const BARESIP: Needed = ['baresip', 'baresip-core'];
export const LINPHONE: Needed = ['linphonec', 'linphone-cli'];
export const SIPSAK: Needed = ['sipsak', 'sipsak'];
export const SIPP: Needed = ['sipp', 'sip-tester'];
export const FREE_DIAMETER: Needed = ['freeDiameterd', 'freediameterd'];
export const FREE_DIAMETER_EXTENSIONS: Needed = [
  '/usr/lib/freeDiameter/acl_wl.fdx',
  'freediameter-extensions',
];

/**
 * A test with somebody else's programs: left out, named with what it needs, where one of them is missing; run, and so
 * failing, where IMS_PEERS_REQUIRED is set.
 */
export function testWithPeers(
  needed: readonly Needed[],
  title: string,
  run: () => Promise<void>,
  timeoutMs = 180_000,
): void {
  const missing = needed.filter(([what]) => !isThere(what)).map(([, debianPackage]) => debianPackage);
  const named = `${title} [needs ${needed.map(([, debianPackage]) => debianPackage).join(', ')}]`;
  const doTest = missing.length === 0 || process.env['IMS_PEERS_REQUIRED'] !== undefined ? test : test.skip;
  doTest(missing.length === 0 ? named : `${named}: missing ${missing.join(', ')}`, run, timeoutMs);
}

function isThere(what: string): boolean {
  if (!what.startsWith('/')) return spawnSync('sh', ['-c', `command -v ${what}`]).status === 0;
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  return folders.some((folder) => existsSync(what.replace('*', folder)));
}
