import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { test } from '@jest/globals';

/** A program by its name, or a file by its path, and the Debian package that has it. */
export type Needed = readonly [what: string, debianPackage: string];

const MODULES = '/usr/lib/x86_64-linux-gnu/kamailio/modules';

export const KAMAILIO: Needed = ['kamailio', 'kamailio'];
export const KAMAILIO_IMS: Needed = [`${MODULES}/ims_icscf.so`, 'kamailio-ims-modules'];
export const KAMAILIO_CDP: Needed = [`${MODULES}/cdp.so`, 'kamailio-extra-modules'];
export const KAMAILIO_PRESENCE: Needed = [`${MODULES}/presence_xml.so`, 'kamailio-presence-modules'];
export const RESOLV_WRAPPER: Needed = [
  '/usr/lib/x86_64-linux-gnu/libresolv_wrapper.so',
  'libresolv-wrapper',
];
export const SIPP: Needed = ['sipp', 'sip-tester'];

/**
 * A test with somebody else's programs: left out, named with what it needs, where one of them is missing; run, and so
 * failing, where IMS_PEERS_REQUIRED is set.
 */
export function testWithPeers(
  needed: readonly Needed[],
  title: string,
  run: () => Promise<void>,
  timeoutMs = 60_000,
): void {
  const missing = needed.filter(([what]) => !isThere(what)).map(([, debianPackage]) => debianPackage);
  const named = `${title} [needs ${needed.map(([, debianPackage]) => debianPackage).join(', ')}]`;
  const doTest = missing.length === 0 || process.env['IMS_PEERS_REQUIRED'] !== undefined ? test : test.skip;
  doTest(missing.length === 0 ? named : `${named}: missing ${missing.join(', ')}`, run, timeoutMs);
}

function isThere(what: string): boolean {
  return what.startsWith('/') ? existsSync(what) : spawnSync('sh', ['-c', `command -v ${what}`]).status === 0;
}
