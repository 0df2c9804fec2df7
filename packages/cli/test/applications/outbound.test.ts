import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Srf } from '@ims-sim/drachtio';
import { ims, newFolder } from '../ims.js';

/** One operator, nobody authenticated, and an AS whose application listens at `port`. */
const networkFile = (port: number): string => `profile: ts-24.141
auth: none
operators:
  home1.net:
    elements:
      pcscf1.home1.net: { kind: p-cscf }
      icscf1.home1.net: { kind: i-cscf }
      scscf1.home1.net: { kind: s-cscf }
      hss1.home1.net: { kind: hss }
      as.home1.net: { kind: as, requestHandlers: [{ methods: [INVITE], uri: 'tcp://127.0.0.1:${port}' }] }
    subscribers:
      alice@home1.net: { digest: { password: secret }, publicIdentities: ['sip:alice@home1.net'] }
      weather@home1.net:
        digest: { password: nobody-registers }
        publicIdentities: [{ identity: 'sip:weather@home1.net', type: distinct-psi }]
        applicationServer: sip:as.home1.net
`;

const SCENARIO = `title: outbound
profile: ts-24.141
network: network.yaml
actors: { UE1: { ue: 'sip:alice@home1.net', privateIdentity: alice@home1.net, proxy: pcscf1.home1.net } }
before: [UE1 registers]
play:
  - UE1 invites sip:weather@home1.net until answered
  - UE1 hangs up
  - UE1 sends a message to sip:weather@home1.net saying "nobody takes it" and gets 500
`;

test('drachtio outbound mode: an application of another process listens, and is called for each INVITE; its dialog too', async () => {
  const heard: string[] = [];
  const srf = new Srf();
  srf.invite((req, res) => {
    heard.push(req.method);
    void srf.createUAS(req, res, { localSdp: 'v=0\r\n' }).then((dialog) => {
      dialog.on('destroy', (bye) => {
        heard.push(bye.method);
        srf.endSession(bye);
      });
    });
  });
  const server = srf.listen({ host: '127.0.0.1', port: 0, secret: 'cymru' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const folder = newFolder();
  writeFileSync(
    join(folder, 'network.yaml'),
    networkFile(typeof address === 'object' ? (address?.port ?? 0) : 0),
  );
  writeFileSync(join(folder, 'outbound.yaml'), SCENARIO);
  try {
    const { status, stdout, stderr } = await ims(
      'run',
      join(folder, 'outbound.yaml'),
      '--out',
      join(folder, 'out'),
    ).ended;
    expect(status === 0 ? '' : `${stdout}${stderr}`).toBe('');
    expect(heard).toEqual(['INVITE', 'BYE']);
  } finally {
    server.close();
  }
}, 120_000);
