import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zone, zonesFor, type ZoneRecord } from '@ims-sim/dns';
import { type ElementSettings, unplacedElements, UserError, zonesOf } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { placeInFile } from '@ims-sim/scenario/files';
import { firstLines } from './run/text.js';
import { writableFolder } from './writable-folder.js';

/**
 * `ims zones`: what a DNS of the user's own must have for the network of a file, as master files (RFC 1035 5.1): on standard output, or
 * `ZONE.zone` for each zone into the folder `out`. Throws `UserError` where an element has no place that could be told.
 */
export function showZones(file: string, { out }: { readonly out?: string | undefined }): void {
  const network = readNetworkFile(file);
  const { external } = network.dns;
  const elsewhere = external ?? { transport: 'udp', at: { address: '127.0.0.1', port: 53 } };
  const unplaced = unplacedElements({ ...network, dns: { ...network.dns, external: elsewhere } });
  if (unplaced.length > 0) {
    throw new UserError(firstLines(unplaced.map((element) => noPlace(element, file))).join('\n'));
  }
  const zones = zonesFor(zonesOf(network, { [network.dns.name]: { dns: elsewhere.at } }));
  if (out === undefined) {
    process.stdout.write(zones.map(masterFile).join('\n'));
    return;
  }
  writableFolder('--out', out);
  for (const zone of zones) {
    writeFileSync(join(out, `${zone.origin}.zone`), masterFile(zone));
  }
  console.log(`written into ${out}: ${zones.map(({ origin }) => `${origin}.zone`).join(' ')}`);
}

function noPlace({ name, operator }: ElementSettings, file: string): string {
  const path = ['operators', operator, 'elements', name];
  return (
    `${placeInFile(file, path)}: ${path.join('.')}: expected \`listen\`: ` +
    'a DNS cannot lead to a port that is found when it starts'
  );
}

/** RFC 1035 5.1: every name absolute, the SOA first. */
export function masterFile({ origin, records }: Zone): string {
  const lines = records.map(
    (record) => `${absolute(record.name)} ${record.ttlS} IN ${record.type} ${valueOf(record)}\n`,
  );
  return `; zone ${origin}\n${lines.join('')}`;
}

function valueOf(record: ZoneRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address;
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${absolute(record.target)}`;
    case 'NAPTR': {
      const { order, preference, flags, services, regexp, replacement } = record;
      return `${order} ${preference} ${text(flags)} ${text(services)} ${text(regexp)} ${absolute(replacement)}`;
    }
    case 'NS':
    case 'CNAME':
      return absolute(record.target);
    case 'SOA': {
      const { primary, mailbox, serial, refreshS, retryS, expireS, minimumS } = record;
      return `${absolute(primary)} ${absolute(mailbox)} ${serial} ${refreshS} ${retryS} ${expireS} ${minimumS}`;
    }
  }
}

function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

/** A character-string: `\` quotes, in a regular expression as everywhere. */
function text(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
