import { describe, expect, test } from '@jest/globals';
import { inflateRawSync } from 'node:zlib';
import { renderReport, type ReportRun } from '../src/index.js';
import { diameterText } from '../src/diameter-text.js';
import { dnsText } from '../src/dns-text.js';
import { pageScript } from '../src/page-script.js';
import { ROW_FLAG, ROW_KINDS, type PageData } from '../src/page/page-data.js';
import { atUe, failing, lia, message, naptr, passing, sip } from './run.js';

/** What a page holds of its nth run. */
function dataOf(page: string, run = 0): PageData {
  const json = new RegExp(`<script type="application/json" id="run-${run}">(.*?)</script>`).exec(page)?.[1];
  return JSON.parse(json ?? 'null') as PageData;
}

function rowsOf({ rows, texts }: PageData): {
  kind: string;
  label: string;
  step: number;
  flags: number;
  before: number;
  partner: number;
}[] {
  return rows.kind.map((kind, row) => ({
    kind: ROW_KINDS[kind] ?? '',
    label: texts[rows.label[row] ?? -1] ?? '',
    step: rows.step[row] ?? -1,
    flags: rows.flags[row] ?? 0,
    before: rows.before[row] ?? -1,
    partner: rows.partner[row] ?? -1,
  }));
}

describe('renderReport', () => {
  test('every record is a row, with the hop before it and the request that it answers', () => {
    const rows = rowsOf(dataOf(renderReport(passing)));
    expect(rows.map(({ kind }) => kind)).toEqual([
      'decision',
      'sip',
      'decision',
      'dns',
      'dns',
      'diameter',
      'diameter',
      'sip',
      'sip',
      'decision',
    ]);
    expect(rows[7]).toMatchObject({ label: 'SUBSCRIBE sip:user2@home2.net', before: 1, partner: 8, step: 1 });
    expect(rows[8]).toMatchObject({ label: '200 OK (SUBSCRIBE)', before: -1, partner: 7 });
    expect([rows[4]?.partner, rows[3]?.partner, rows[6]?.partner, rows[5]?.partner]).toEqual([3, 4, 5, 6]);
    // The flow is from its first step to its last: not what came before and after.
    const inFlow = rows.map(({ flags }) => (flags & ROW_FLAG.inFlow) !== 0);
    expect(inFlow).toEqual([false, true, true, true, true, true, true, true, true, false]);
  });

  test('the flow is from its beginning on, where that is known: what led to its first step is of it', () => {
    const { verdict, records } = passing;
    const beganAtUs = records[0]?.atUs ?? 0;
    const begun = { ...verdict, flow: { ...verdict.flow, beganAtUs } };
    const rows = rowsOf(dataOf(renderReport({ ...passing, verdict: begun })));
    const inFlow = rows.map(({ flags }) => (flags & ROW_FLAG.inFlow) !== 0);
    expect(inFlow).toEqual([true, true, true, true, true, true, true, true, true, false]);
  });

  test('an HTTP answer belongs to the request of its connection, and to the flow though it comes behind it', () => {
    const last = (passing.records.at(-1)?.id ?? 0) + 1;
    const at = { address: '127.0.0.1', port: 8080 };
    const [one, other] = [50_001, 50_002].map((port) => ({ address: '127.0.0.1', port }));
    const http = (id: number, text: string, source = at, destination = at) =>
      message(id, 'operator', 'hss1.home1.net', Buffer.from(text), {
        ...{ protocol: 'http', transport: 'tcp', source, destination },
      });
    const asked = { ...http(3, 'DELETE /a HTTP/1.1\r\n\r\n', one), id: last };
    const records = [
      ...passing.records.slice(0, 3),
      asked,
      { ...http(3, 'DELETE /b HTTP/1.1\r\n\r\n', other), id: last + 1 },
      ...passing.records.slice(3),
      http(last + 2, 'HTTP/1.1 200 OK\r\n\r\n', at, one),
    ];
    const rows = rowsOf(dataOf(renderReport({ ...passing, records })));
    expect(rows[3]).toMatchObject({ kind: 'http', partner: 12 });
    expect(rows[4]).toMatchObject({ kind: 'http', partner: -1 });
    expect(rows[12]).toMatchObject({ kind: 'http', partner: 3 });
    expect((rows[12]?.flags ?? 0) & ROW_FLAG.inFlow).not.toBe(0);
    expect((rows[11]?.flags ?? 0) & ROW_FLAG.inFlow).toBe(0); // a decision behind it
  });

  test('a step that nothing was found for stands after the one before it, wrong', () => {
    const data = dataOf(renderReport(failing));
    const rows = rowsOf(data);
    const [missing] = rows.filter(({ kind }) => kind === 'missing');
    expect(rows.findIndex(({ kind }) => kind === 'missing')).toBe(9);
    expect(missing).toMatchObject({ label: 'missing: 200 OK (P-CSCF to UE)', step: 3 });
    expect(data.passed).toBe(false);
    expect(data.steps[1]).toMatchObject({
      right: false,
      at: 'scenarios/subscribe.yaml:20',
      clause: 'TR 24.841 6.1.1',
      differences: [{ where: 'Max-Forwards', expected: '68', got: '69', at: 'scenarios/subscribe.yaml:24' }],
      errata: [{ why: 'RFC 3261 20.34: a name-addr' }],
    });
  });

  test('an action that failed makes the run a failed one', () => {
    expect(dataOf(renderReport({ ...passing, failures: failing.failures })).passed).toBe(false);
  });

  test('messages are kept byte for byte, the same ones once', () => {
    const run: ReportRun = {
      ...passing,
      records: [1, 2, 3].map((id) => message(id, 'ue1', 'pcscf1.home1.net', atUe)),
    };
    const page = renderReport(run);
    const data = dataOf(page);
    expect(data.rows.message).toEqual([0, 0, 0]);
    const block = /id="run-0-block-0">(.*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(inflateRawSync(Buffer.from(block, 'base64'))).toEqual(atUe);
  });

  test('hostile values stay text: no element of theirs, no end of a script', () => {
    const evil = '</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)>';
    const page = renderReport({
      ...passing,
      title: evil,
      failures: [{ at: { file: evil, line: 1, column: 1 }, text: evil }],
      records: [message(1, evil, evil, sip(`OPTIONS ${evil} SIP/2.0`, [`${evil}: ${evil}`]))],
    });
    const own = renderReport(passing);
    const count = (text: string, what: string) => text.split(what).length;
    expect(count(page, '<script')).toBe(count(own, '<script'));
    expect(count(page, '</script')).toBe(count(own, '</script'));
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<!--');
    expect(dataOf(page).title).toBe(evil);
  });

  test('nothing is fetched: the policy allows no request, and there is no address in it', () => {
    const page = renderReport(passing);
    expect(page).toContain(`default-src 'none'`);
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });

  test('several scenarios are one page with an index', () => {
    const page = renderReport({ ...passing, scenarios: [failing] });
    expect(dataOf(page, 1).title).toBe(failing.title);
    expect(page).toContain('"passed":false');
  });

  test('the modules of the page share one scope: each of their names stands once', () => {
    const script = pageScript();
    expect(script).not.toMatch(/^\s*(?:import|export)\b/m);
    const names = [...script.matchAll(/^(?:async )?(?:function|const|let) (\w+)/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('messages in words', () => {
  test('Diameter: AVPs by name, those of a group under it, numbers with their meaning', () => {
    expect(diameterText(lia(false)).split('\n')).toEqual([
      'LIA 2001',
      'Command-Code: 302',
      'Flags: proxiable',
      'Application-Id: 16777216 (Cx)',
      'Hop-by-Hop: 0x00000007',
      'End-to-End: 0x00000009',
      '',
      'Session-Id: icscf;1;1',
      'Vendor-Specific-Application-Id:',
      '  Vendor-Id: 10415 (3GPP)',
      '  Auth-Application-Id: 16777216',
      'Result-Code: 2001 (DIAMETER_SUCCESS)',
      'Server-Name: sip:scscf1.home1.net',
    ]);
  });

  test('DNS: the question, and the answers as a zone file has them', () => {
    expect(dnsText(naptr(true)).split('\n')).toEqual([
      'DNS response: NOERROR',
      'Id: 0x1234',
      'Flags: authoritative, recursion desired, recursion available',
      '',
      'Question:',
      '  2.1.e164.arpa NAPTR',
      '',
      'Answer:',
      '  2.1.e164.arpa 300 NAPTR 10 100 "u" "E2U+sip" "!^.*$!sip:user2@home2.net!" .',
    ]);
  });

  test('what is cut short or garbage is said to be', () => {
    expect(diameterText(lia(true).subarray(0, 60))).toContain('malformed');
    expect(dnsText(naptr(true).subarray(0, 40))).toContain('malformed');
    for (let length = 0; length < 100; length += 1) {
      const garbage = Buffer.alloc(length, 0xc1);
      expect(typeof diameterText(garbage) + typeof dnsText(garbage)).toBe('stringstring');
    }
  });
});
