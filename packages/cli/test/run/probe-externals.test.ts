import { createSocket, type Socket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket as Connection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Asked, type Presence, probeExternals } from '../../src/run/probe-externals.js';
import { ims, newFolder } from '../ims.js';

const LONG_MS = 180_000;
/** What the probe takes at the most, and what a machine that is busy adds. */
const BOUND_MS = 4000;
const never = new AbortController().signal;
const open: (() => void)[] = [];

/** A SIP box that does that with a request. */
async function box(answer: (request: string, from: number, socket: Socket) => void): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { port }) => {
    answer(bytes.toString('latin1'), port, socket);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  open.push(() => socket.close());
  return socket.address().port;
}

async function server(onConnection: (connection: Connection) => void): Promise<number> {
  const listening: Server = createServer((connection) => {
    connection.on('error', () => undefined);
    open.push(() => connection.destroy());
    onConnection(connection);
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  open.push(() => listening.close());
  return (listening.address() as AddressInfo).port;
}

/** A port that nobody listens on, for now. */
async function free(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

function asked(kind: 's-cscf' | 'hss', port: number): Asked {
  const external = { transport: kind === 'hss' ? 'tcp' : 'udp', at: { address: '127.0.0.1', port } } as const;
  return {
    name: `${port}.home2.net`,
    kind,
    operator: 'home2.net',
    external,
  };
}

const answering =
  (status: string) =>
  (request: string, port: number, socket: Socket): void => {
    const headers = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
    socket.send(
      `SIP/2.0 ${status}\r\n${headers.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`,
      port,
      '127.0.0.1',
    );
  };

let found: Map<string, Presence>;
let tookMs = 0;
let requests: string[] = [];

beforeAll(async () => {
  const elements: [string, Asked][] = [
    ['200', asked('s-cscf', await box(answering('200 OK')))],
    ['483', asked('s-cscf', await box(answering('483 Too Many Hops')))],
    ['503', asked('s-cscf', await box(answering('503 Service Unavailable')))],
    ['silent', asked('s-cscf', await box((request) => requests.push(request)))],
    ['refused', asked('s-cscf', await free())],
    [
      'hss answers',
      asked('hss', await server((connection) => connection.on('data', () => connection.write('x')))),
    ],
    ['hss closes', asked('hss', await server((connection) => connection.on('data', () => connection.end())))],
    ['hss silent', asked('hss', await server(() => undefined))],
    ['hss refused', asked('hss', await free())],
  ];
  const began = process.hrtime.bigint();
  const presences = await probeExternals(
    elements.map(([, element]) => element),
    never,
  );
  tookMs = Number((process.hrtime.bigint() - began) / 1_000_000n);
  found = new Map(elements.map(([what], index) => [what, presences[index]?.presence ?? { kind: 'answers' }]));
}, LONG_MS);

afterAll(() => {
  for (const close of open) {
    close();
  }
});

describe('an element that is somebody else is asked whether it is there', () => {
  test.each(['200', '483', '503', 'hss answers', 'hss closes'])('%s: it is', (what) => {
    expect(found.get(what)).toEqual({ kind: 'answers' });
  });

  test.each(['silent', 'hss silent'])('%s: it cannot be told', (what) => {
    expect(found.get(what)?.kind).toBe('silent');
  });

  test.each(['refused', 'hss refused'])('%s: nobody is', (what) => {
    expect(found.get(what)).toEqual({ kind: 'absent', why: 'nobody listens there' });
  });

  test('all of it within 2 s; one that is silent is asked again, by the same transaction', () => {
    expect(tookMs).toBeLessThan(BOUND_MS);
    expect(requests).toHaveLength(3);
    expect(new Set(requests).size).toBe(1);
    expect(requests[0]).toMatch(
      /^OPTIONS sip:\d+\.home2\.net SIP\/2\.0\r\nVia: SIP\/2\.0\/UDP 127\.0\.0\.1:\d+;/,
    );
    expect(requests[0]).toContain('\r\nMax-Forwards: 0\r\n');
  });

  test('an abort ends it', async () => {
    const over = new AbortController();
    requests = [];
    const port = await box((request) => requests.push(request));
    const asking = probeExternals([asked('s-cscf', port)], over.signal);
    over.abort();
    expect((await asking)[0]?.presence.kind).toBe('silent');
  });
});

/** A scenario of one registration, and its network. */
function scenario(external: string, more = ''): { readonly file: string; readonly network: string } {
  const folder = newFolder();
  const network = join(folder, 'network.yaml');
  const file = join(folder, 'flow.yaml');
  writeFileSync(
    network,
    `profile: ts-24.141
auth: none
dns: { name: dns.lab }
operators:
  home1.net:
    elements:
      pcscf1.home1.net: { kind: p-cscf }
      icscf1.home1.net: { kind: i-cscf }
      scscf1.home1.net: { kind: s-cscf }
      hss1.home1.net: { kind: hss }
      app.home1.net: { kind: as, external: '${external}' }
    subscribers:
      user1_private@home1.net: { publicIdentities: ['sip:user1@home1.net'] }
`,
  );
  writeFileSync(
    file,
    `title: t
profile: ts-24.141
network: network.yaml
${more}actors:
  ue: { ue: sip:user1@home1.net, privateIdentity: user1_private@home1.net, proxy: pcscf1.home1.net }
play: [ue registers]
`,
  );
  return { file, network };
}

describe('ims run with an external element', () => {
  test(
    'that is not there: status 2 before anything is played, with the line that says where it is, and what to do',
    async () => {
      const port = await free();
      const { file, network } = scenario(`udp:127.0.0.1:${port}`);
      const { status, stdout, stderr } = await ims('run', file).ended;
      expect(stderr).toContain(
        `${network}:11:44: app.home1.net is external, at 127.0.0.1:${port}, and nobody listens there`,
      );
      expect(stderr).toContain('app.home1.net: play');
      expect(stdout).not.toContain('passed');
      expect(status).toBe(2);
      const without = await ims('run', file, '--no-probe').ended;
      expect(without.stdout).toContain('passed');
      expect(without.status).toBe(0);
    },
    LONG_MS,
  );

  test(
    'that the scenario says: its own line; that it gives to nobody: not asked',
    async () => {
      const port = await free();
      const own = scenario(
        'udp:127.0.0.1:1',
        `elements: { app.home1.net: { external: 'udp:127.0.0.1:${port}' } }\n`,
      );
      expect((await ims('run', own.file).ended).stderr).toContain(
        `${own.file}:4:40: app.home1.net is external`,
      );
      const nobody = scenario(`udp:127.0.0.1:${port}`, `elements: { app.home1.net: nothing }\n`);
      expect((await ims('run', nobody.file).ended).status).toBe(0);
    },
    LONG_MS,
  );

  test(
    'that says nothing: a warning that names it, and it is played; one that answers 503: not a word',
    async () => {
      const silent = scenario(`udp:127.0.0.1:${await box(() => undefined)}`);
      const { status, stdout } = await ims('run', silent.file).ended;
      expect(stdout.replace(/\s+/g, ' ')).toMatch(
        /warning: \S+network\.yaml:11:\d+: app\.home1\.net is external.* does not answer OPTIONS/,
      );
      expect(stdout).toContain('passed');
      expect(status).toBe(0);
      const alive = scenario(`udp:127.0.0.1:${await box(answering('503 Service Unavailable'))}`);
      const said = await ims('run', alive.file).ended;
      expect(said.stdout).not.toContain('warning');
      expect(said.status).toBe(0);
    },
    LONG_MS,
  );
});
