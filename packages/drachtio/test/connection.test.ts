import { describe, expect, test } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { nodeNet, noTrace, seededRandom, silentLog, systemClock } from '@ims-sim/host';
import * as fc from 'fast-check';
import { frame, FrameSplitter, MAX_FRAME_BYTES } from '../src/frame.js';
import { Srf, startDrachtio, type Drachtio } from '../src/index.js';
import { parseCommand } from '../src/command.js';

async function withAdminPort(use: (drachtio: Drachtio, port: number) => Promise<void>): Promise<void> {
  const drachtio = await startDrachtio({
    host: {
      name: 'ps',
      net: nodeNet,
      clock: systemClock,
      random: seededRandom(1),
      trace: noTrace,
      log: silentLog,
    },
    sip: {
      sentBy: 'ps.home2.net',
      listen: { address: '127.0.0.1', port: 0 },
      resolver: { resolve: () => ({ kind: 'empty' }) },
      trying: 'never',
    },
    listen: { address: '127.0.0.1', port: 0 },
    secret: 'sesame',
  });
  await use(drachtio, drachtio.listening?.port ?? 0);
  await drachtio.close();
}

/** What comes over a raw connection until it closes or `enough` frames are there. */
async function raw(
  port: number,
  pieces: readonly string[],
  enough: number,
): Promise<{ frames: string[]; closed: boolean }> {
  const socket: Socket = connect({ port, host: '127.0.0.1' });
  const splitter = new FrameSplitter();
  const frames: string[] = [];
  return new Promise((resolve) => {
    socket.on('connect', () => {
      const write = (index: number) => {
        const piece = pieces[index];
        if (piece !== undefined) socket.write(piece, () => setImmediate(() => write(index + 1)));
      };
      write(0);
    });
    socket.on('data', (data: Buffer) => {
      frames.push(...splitter.push(data));
      if (frames.length < enough) return;
      socket.destroy();
      resolve({ frames, closed: false });
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ frames, closed: true }));
  });
}

const afterId = (text: string) => text.slice(text.indexOf('|') + 1);

describe('A connection of an application in another process', () => {
  test('a wrong secret is refused and the connection closed; drachtio-srf sees an error', async () => {
    await withAdminPort(async (_drachtio, port) => {
      const { frames, closed } = await raw(port, [frame('1|authenticate|wrong|', undefined)], 2);
      expect(frames.map(afterId)).toEqual(['response|1|NO|incorrect secret']);
      expect(closed).toBe(true);
      const srf = new Srf();
      srf.on('error', () => undefined);
      const error = new Promise((resolve) => srf.on('connect', resolve));
      srf.connect({ host: '127.0.0.1', port, secret: 'wrong' });
      await expect(error).resolves.toMatchObject({ message: 'failed to authenticate to server' });
      srf.disconnect();
    });
  });

  test('nothing is done for one that has not authenticated', async () => {
    await withAdminPort(async (_drachtio, port) => {
      const { frames, closed } = await raw(port, [frame('1|route|message', undefined)], 2);
      expect(frames.map(afterId)).toEqual(['response|1|NO|not authenticated']);
      expect(closed).toBe(true);
    });
  });

  test('commands in one piece or in many are answered in order; unknown ones with NO', async () => {
    await withAdminPort(async (_drachtio, port) => {
      const commands = [
        '1|authenticate|sesame|a,b',
        '2|route|message',
        '3|route|message',
        '4|ping',
        '5|remove_route|message',
        '6|dance',
        '7|sip|x|\r\nMESSAGE sip:a SIP/2.0\r\n\r\n',
        '8|sip|||\r\nno SIP at all',
      ];
      const text = commands.map((command) => `${command.length}#${command}`).join('');
      const expected = [
        /^response\|1\|OK\|udp\/127\.0\.0\.1:\d+,tcp\/127\.0\.0\.1:\d+\|v0\.9\.10\|udp/,
        /^response\|2\|OK$/,
        /^response\|3\|OK$/,
        /^response\|4\|OK\|pong$/,
        /^response\|5\|OK$/,
        /^response\|6\|NO\|/,
        /^response\|7\|NO\|/,
        /^response\|8\|NO\|/,
      ];
      for (const pieces of [[text], text.match(/[\s\S]{1,7}/g) ?? []]) {
        const { frames } = await raw(port, pieces, expected.length);
        frames.map(afterId).forEach((line, index) => expect(line).toMatch(expected[index] ?? /never/));
      }
    });
  });

  test.each([`${MAX_FRAME_BYTES + 1}#`, 'x5#hello', '#hello', '99999999999999999999'])(
    '%s is no frame: closed',
    async (bytes) => {
      await withAdminPort(async (_drachtio, port) => {
        const { closed } = await raw(port, [frame('1|authenticate|sesame|', undefined), bytes], 3);
        expect(closed).toBe(true);
      });
    },
  );

  test('commands for calls that are not there are refused in words', async () => {
    const of = (method: string) => `${method} sip:x@127.0.0.1 SIP/2.0\r\nRAck: 1 1 INVITE\r\n\r\n`;
    const commands: [string, string | undefined, RegExp][] = [
      ['sip||d', of('ACK'), /\|NOK\|.*ACK for non-success/],
      ['sip||d', of('PRACK'), /\|NOK\|unable to find dialog d/],
      ['sip||d', of('BYE'), /\|NOK\|unable to find dialog d/],
      ['sip||d', of('INVITE'), /\|NOK\|unable to find dialog d/],
      ['sip|t|', of('CANCEL'), /\|NOK\|unable to cancel/],
      ['sip|t|', of('INVITE'), /\|NO\|malformed/],
      ['sip|||', of('ACK'), /\|NOK\|ACK without a dialog/],
      ['sip|t|', 'SIP/2.0 200 OK\r\n\r\n', /\|NOK\|Response not sent due to unknown transaction/],
      ['proxy|t||fullResponse||serial|1s|2s|sip:x', of('INVITE'), /\|NOK\|Response not sent/],
      ['proxy|t||fullResponse||serial|1s|2s|sip:x', undefined, /\|NO\|malformed/],
      ['proxy||||||||sip:x', of('INVITE'), /\|NO\|malformed/],
      ['proxy|t', of('INVITE'), /\|NO\|malformed/],
    ];
    await withAdminPort(async (drachtio, port) => {
      const frames = commands.map(([tokens, message], index) => frame(`c${index}|${tokens}`, message));
      const answers = await raw(
        port,
        [frame('a|authenticate|sesame|', undefined), ...frames],
        commands.length + 1,
      );
      expect(answers.frames).toHaveLength(commands.length + 1);
      commands.forEach(([, , expected], index) => {
        expect(answers.frames[index + 1]).toMatch(new RegExp(`response\\|c${index}${expected.source}`));
      });
      expect([drachtio.dialogs, drachtio.invites]).toEqual([0, 0]);
    });
  });

  test('drachtio-srf connects, with pings', async () => {
    await withAdminPort(async (_drachtio, port) => {
      const srf = new Srf();
      srf.on('error', () => undefined);
      const connected = new Promise<string>((resolve) =>
        srf.on('connect', (_error, _hostPorts, version) => resolve(version)),
      );
      srf.connect({ host: '127.0.0.1', port, secret: 'sesame', enablePing: true, pingInterval: 5000 });
      expect(await connected).toBe('v0.9.10');
      srf.disconnect();
    });
  });
});

describe('Frames', () => {
  test('however a stream is cut, the payloads come out whole and in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 300, minLength: 1 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
        (texts, cuts) => {
          const payloads = texts.map((text) => Buffer.from(text, 'utf8').toString('latin1'));
          const bytes = Buffer.from(payloads.map((payload) => frame(payload, undefined)).join(''), 'latin1');
          const splitter = new FrameSplitter();
          const out: string[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const end = at + (cuts[i % cuts.length] ?? 1);
            out.push(...splitter.push(bytes.subarray(at, end)));
            at = end;
          }
          expect(out).toEqual(payloads);
          expect(splitter.broken).toBe(false);
        },
      ),
    );
  });

  test('no payload makes the reader of commands throw', () => {
    const piece = fc.constantFrom(
      '|',
      'sip',
      '1',
      '\r\n',
      ':',
      ' ',
      'SIP/2.0',
      '200',
      'OK',
      'MESSAGE',
      'a: b',
      '\r\n\r\n',
      '#',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => void parseCommand(pieces.join(''))),
    );
  });
});
