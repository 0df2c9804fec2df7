import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScenarioFile } from '../../src/files.js';
import type { Scenario } from '../../src/index.js';

export const SCENARIOS = fileURLToPath(new URL('../../../../../scenarios/', import.meta.url));

/** The lines before `play` of a scenario on the network that ships: line 7 is `play:`. */
export const HEAD = `title: t
profile: tr-24.841
network: network.yaml
actors:
  watcher: { ue: 'sip:user1_public1@home1.net', privateIdentity: user1_private@home1.net, proxy: pcscf1.home1.net }
  as: { as: ps.home2.net, on: { SUBSCRIBE: silent, MESSAGE: 486 } }
`;

/** A folder with the network that ships and a presence document. */
export function folderOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ims-scenario-'));
  for (const name of ['network.yaml', 'user2-presence.xml']) {
    copyFileSync(join(SCENARIOS, name), join(folder, name));
  }
  writeFileSync(join(folder, 'offer.sdp'), 'v=0\r\n');
  writeFileSync(join(folder, 'user3.json'), '{"publicIdentities":["sip:user3@home1.net"]}');
  writeFileSync(join(folder, 'flow.yaml'), text);
  return folder;
}

export function read(text: string): Scenario {
  return readScenarioFile(join(folderOf(text), 'flow.yaml'));
}

/** The lines of complaint of a scenario, without its folder. */
export function complaints(text: string): string[] {
  const folder = folderOf(text);
  try {
    readScenarioFile(join(folder, 'flow.yaml'));
  } catch (error) {
    const { message } = error as { message?: unknown };
    return String(message).replaceAll(`${folder}/`, '').split('\n');
  }
  return [];
}
