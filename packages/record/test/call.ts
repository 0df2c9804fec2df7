import { parseEndpoint } from '@ims-sim/host';
import type { CapturedMessage } from '@ims-sim/trace';

/** A message as a capture has it; `text` has a message with line feeds, its Content-Length is put in. */
export function captured(atMs: number, from: string, to: string, text: string): CapturedMessage {
  const [head = '', ...body] = text.trim().split('\n\n');
  const content = body.length === 0 ? '' : `${body.join('\n\n')}\n`;
  const lines = head.split('\n').map((line) => line.trim());
  const bytes = `${[...lines, `Content-Length: ${content.length}`].join('\r\n')}\r\n\r\n${content}`;
  const [source, destination] = [parseEndpoint(from), parseEndpoint(to)];
  if (!source || !destination) {
    throw new Error(`${from} or ${to} is no endpoint`);
  }
  return {
    kind: 'message',
    atUs: atMs * 1000,
    source,
    destination,
    protocol: 'sip',
    transport: 'udp',
    bytes: Buffer.from(bytes, 'latin1'),
  };
}

const [UE, PCSCF, SCSCF] = ['10.0.0.1:5061', '10.0.0.2:5060', '10.0.0.3:5060'];
const DIALOG = 'From: <sip:alice@home1.net>;tag=a1\nCall-ID: c1@10.0.0.1\nCSeq: 7 SUBSCRIBE';

/** A UE registers without authentication, subscribes through two proxies, and is told; each message with its hop. */
export function subscription(): CapturedMessage[] {
  return [
    captured(
      0,
      UE,
      PCSCF,
      `REGISTER sip:home1.net SIP/2.0
       Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKr1
       Max-Forwards: 70
       From: <sip:alice@home1.net>;tag=r1
       To: <sip:alice@home1.net>
       Call-ID: r1
       CSeq: 1 REGISTER
       Contact: <sip:10.0.0.1:5061>;expires=600
       Authorization: Digest username="alice_private@home1.net", realm="home1.net", nonce="", uri="sip:home1.net", response=""
       Supported: path`,
    ),
    captured(
      5,
      PCSCF,
      UE,
      `SIP/2.0 200 OK
       Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKr1
       From: <sip:alice@home1.net>;tag=r1
       To: <sip:alice@home1.net>;tag=r2
       Call-ID: r1
       CSeq: 1 REGISTER
       Contact: <sip:10.0.0.1:5061>;expires=600`,
    ),
    captured(
      1000,
      UE,
      PCSCF,
      `SUBSCRIBE sip:bob@home2.net SIP/2.0
       Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKs1
       Max-Forwards: 70
       To: <sip:bob@home2.net>
       ${DIALOG}
       Event: presence
       Expires: 3600
       Accept: application/pidf+xml
       Contact: <sip:10.0.0.1:5061>`,
    ),
    captured(
      1001,
      PCSCF,
      SCSCF,
      `SUBSCRIBE sip:bob@home2.net SIP/2.0
       Via: SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bKp1, SIP/2.0/UDP 10.0.0.1:5061;received=10.0.0.1;branch=z9hG4bKs1
       Max-Forwards: 69
       Route: <sip:scscf1.home1.net;lr>
       To: <sip:bob@home2.net>
       ${DIALOG}
       P-Charging-Vector: icid-value="icid-of-one-run"
       Event: presence
       Expires: 3600
       Accept: application/pidf+xml
       Contact: <sip:10.0.0.1:5061>`,
    ),
    captured(
      1002,
      SCSCF,
      PCSCF,
      `SIP/2.0 403 Forbidden
       Via: SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bKp1, SIP/2.0/UDP 10.0.0.1:5061;received=10.0.0.1;branch=z9hG4bKs1
       To: <sip:bob@home2.net>;tag=b1
       Date: Sun, 22 Nov 2026 10:00:00 GMT
       ${DIALOG}`,
    ),
    captured(
      1003,
      PCSCF,
      UE,
      `SIP/2.0 403 Forbidden
       Via: SIP/2.0/UDP 10.0.0.1:5061;received=10.0.0.1;branch=z9hG4bKs1
       To: <sip:bob@home2.net>;tag=b1
       Date: Sun, 22 Nov 2026 10:00:00 GMT
       ${DIALOG}`,
    ),
  ];
}
