import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect } from '@jest/globals';
import { judge } from '@ims-sim/scenario';
import { readScenarioFile } from '@ims-sim/scenario/files';
import { fromJsonLine, type MessageRecord, type TraceRecord } from '@ims-sim/trace';
import { ims, MAIN_FLOW, newFolder, testWith } from './ims.js';

const LONG_MS = 180_000;
/** The wire has a message after its sender has told of it. */
const MARGIN_US = 100_000;
/** As long as no message is. */
const END = Buffer.alloc(7919);

/** tshark on the loopback from before `run` until after it; gives the capture's file. */
async function captured(run: () => Promise<unknown>): Promise<string> {
  const file = join(newFolder(), 'capture.pcapng');
  const tshark = spawn('tshark', [
    '-i',
    'lo',
    '-f',
    'udp or tcp',
    '-w',
    file,
    '-a',
    'duration:100',
    '-P',
    '-l',
    '-n',
  ]);
  const ended = once(tshark, 'close');
  // It says `Capturing on` before it does: a packet of ours that it shows is the proof.
  const lines = createInterface({ input: tshark.stdout });
  const ready = once(lines, 'line');
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4');
  const knock = setInterval(() => {
    socket.send('knock', 9, '127.0.0.1');
  }, 50);
  await ready;
  clearInterval(knock);
  await run();
  // It is behind on a busy machine: what came before a packet that it shows, it has.
  const caughtUp = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes(` ${END.length} `) || line.includes(`Len=${END.length}`)) resolve();
    });
  });
  socket.send(END, 9, '127.0.0.1');
  await Promise.race([caughtUp, ended]);
  socket.close();
  tshark.kill('SIGINT');
  await ended;
  return file;
}

function callIdOf(bytes: Buffer): string[] {
  return /^Call-ID: (.*)$/im.exec(bytes.toString('latin1'))?.slice(1) ?? [];
}

function fields(file: string, ...names: string[]): string[][] {
  const args = ['-n', '-r', file, '-T', 'fields', ...names.flatMap((name) => ['-e', name])];
  const options = { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] };
  return execFileSync('tshark', args, options)
    .toString()
    .split('\n')
    .map((line) => line.split('\t'));
}

describe('a capture made outside the program', () => {
  testWith('tshark')(
    'tshark on the loopback sees the 25 steps as the tables have them [needs tshark]',
    async () => {
      const out = newFolder();
      const file = await captured(async () => {
        const { status } = await ims('run', MAIN_FLOW, '--out', out).ended;
        expect(status).toBe(0);
      });
      const own = readFileSync(join(out, 'trace.jsonl'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(fromJsonLine) as TraceRecord[];
      // Whose a port is and what was decided, only the program can say; the messages are the wire's.
      const names = new Map(
        own.flatMap((r) =>
          r.kind === 'message' && r.transport === 'udp'
            ? [
                [String(r.source.port), r.from],
                [String(r.destination.port), r.to],
              ]
            : [],
        ) as [string, string][],
      );
      // Others may talk SIP on this machine, and have our ports before and after us.
      const [firstUs, lastUs] = [own[0]?.atUs ?? Infinity, own.at(-1)?.atUs ?? 0];
      const calls = new Set(own.flatMap((r) => (r.kind === 'message' ? callIdOf(r.bytes) : [])));
      const isOurs = (atUs: number, from: string, to: string, bytes: Buffer): boolean =>
        (names.has(from) || names.has(to)) &&
        ((atUs >= firstUs && atUs <= lastUs + MARGIN_US) || callIdOf(bytes).some((id) => calls.has(id)));
      const endpoint = { address: '127.0.0.1', port: 0 };
      const wire = fields(file, 'frame.time_epoch', 'udp.srcport', 'udp.dstport', 'udp.payload').flatMap(
        ([time = '', from = '', to = '', payload = ''], index): MessageRecord[] => {
          const bytes = Buffer.from(payload.replaceAll(':', ''), 'hex');
          const atUs = Math.round(Number(time) * 1e6);
          return !bytes.includes('SIP/2.0') || !isOurs(atUs, from, to, bytes) // DNS is on the wire too
            ? []
            : [
                {
                  kind: 'message',
                  id: index,
                  atUs,
                  from: names.get(from) ?? from,
                  to: names.get(to) ?? to,
                  source: endpoint,
                  destination: endpoint,
                  protocol: 'sip',
                  transport: 'udp',
                  bytes,
                },
              ];
        },
      );
      const decided = own.filter((r) => r.kind === 'decision' || r.protocol === 'diameter');
      const trace = [...wire, ...decided]
        .sort((a, b) => a.atUs - b.atUs)
        .map((record, index) => ({ ...record, id: index + 1 }));
      const scenario = readScenarioFile(MAIN_FLOW);
      const aliases = new Map([['icscf2_s.home2.net', 'icscf2.home2.net']]);
      const verdict = judge({ ...scenario.flow, aliases }, trace);
      expect(
        verdict.steps.filter(({ right }) => !right).map(({ step, differences }) => [step.step, differences]),
      ).toEqual([]);
      expect(verdict.unexpected).toEqual([]);
      expect(verdict.steps).toHaveLength(25);
    },
    LONG_MS,
  );

  testWith('tshark')(
    'trace.pcapng reads as SIP, Diameter and DNS, without a setting and without a malformed or unknown note [needs tshark]',
    async () => {
      const out = newFolder();
      expect((await ims('run', MAIN_FLOW, '--out', out).ended).status).toBe(0);
      const file = join(out, 'trace.pcapng');
      const protocols = new Map<string, number>();
      for (const [name = ''] of fields(file, '_ws.col.Protocol')) {
        protocols.set(name, (protocols.get(name) ?? 0) + 1);
      }
      expect(protocols.get('SIP')).toBeGreaterThanOrEqual(21);
      expect(protocols.get('DIAMETER')).toBeGreaterThanOrEqual(2);
      expect(protocols.get('DNS')).toBeGreaterThanOrEqual(2);
      const whole = execFileSync('tshark', ['-n', '-r', file, '-V'], {
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString();
      // `Unknown` is what an S-CSCF says of the scheme that the HSS is to choose (TS 29.229 6.3.9); tshark 4.0's dictionary ends before
      // P-CSCF-Subscription-Info (6.3.70), and says so in four lines of which the last names no AVP.
      const notes = whole.match(/.*(malformed|unknown|undecoded).*/gi) ?? [];
      const known = /SIP-Authentication-Scheme|MAR \(Unknown\)|\b660\b|\[Group: Undecoded\]$/;
      expect(notes.filter((note) => !known.test(note))).toEqual([]);
    },
    LONG_MS,
  );
});
