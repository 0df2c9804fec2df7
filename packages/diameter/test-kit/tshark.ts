import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a program is there; always where every peer has to be (IMS_PEERS_REQUIRED). */
export function has(command: string): boolean {
  if (process.env['IMS_PEERS_REQUIRED'] !== undefined) return true; // CI: what is missing fails
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What tshark says of Diameter messages, one a packet. */
export function tshark(messages: readonly Buffer[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'diameter-'));
  try {
    const file = join(folder, 'messages.pcap');
    writeFileSync(file, pcap(messages));
    const asDiameter = 'uat:user_dlts:"User 0 (DLT=147)","diameter","0","","0",""';
    const { stdout, stderr, status } = spawnSync('tshark', ['-r', file, '-o', asDiameter, '-V'], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The lines of what tshark says that find fault. */
export function complaints(text: string): string[] {
  const known = text.replaceAll('DIAMETER_ERROR_USER_UNKNOWN', '').replaceAll('Scheme: Unknown', '');
  return known.split('\n').filter((line) => /malformed|unknown|undecoded|expert info/i.test(line));
}

function pcap(messages: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(147, 20); // LINKTYPE_USER0
  const packets = messages.flatMap((bytes, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + i, 0);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return [record, bytes];
  });
  return Buffer.concat([header, ...packets]);
}
