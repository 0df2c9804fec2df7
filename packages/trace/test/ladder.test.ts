import { describe, expect, test } from '@jest/globals';
import { buildLadder, renderLadderSvg, renderLadderText, shortName, type Ladder } from '../src/index.js';
import { mainFlow, participants } from './flow.js';

const ESCAPE = '\u001b';

function flowLadder(): Ladder {
  const { records, verdicts } = mainFlow();
  return buildLadder(records, { title: 'The flow', participants, verdict: ({ id }) => verdicts.get(id) });
}

const small: Ladder = {
  title: 'Small',
  participants: [
    { name: 'ue1', label: 'UE1' },
    { name: 'p', label: 'P-CSCF#1' },
    { name: 's', label: 'S-CSCF#1' },
  ],
  rows: [
    { kind: 'arrow', from: 'ue1', to: 'p', label: 'SUBSCRIBE', step: 1, mark: 'right' },
    {
      kind: 'arrow',
      from: 'p',
      to: 's',
      label: 'SUBSCRIBE',
      step: 2,
      mark: 'wrong',
      note: 'Route: expected <a>\ncame none',
    },
    { kind: 'note', on: 's', text: 'no criterion matches (TS 24.229 5.4.3.2)', step: 4 },
    { kind: 'arrow', from: 's', to: 'ue1', label: '200 OK (SUBSCRIBE)', response: true, mark: 'unjudged' },
    { kind: 'arrow', from: 's', to: 's', label: 'OPTIONS' },
  ],
};

describe('text ladder', () => {
  test('arrows, labels on or beside them, notes, steps and marks', () => {
    expect(renderLadderText(small, { columns: 60 })).toBe(
      [
        'Small',
        '',
        '              UE1           P-CSCF#1         S-CSCF#1',
        '  1 ✓          ├── SUBSCRIBE ──►│                │',
        '  2 ✗          │                ├── SUBSCRIBE ──►│',
        '        Route: expected <a>',
        '        came none',
        '  4            │ no criterion matches (TS 24.229 ◆',
        '               │                │       5.4.3.2) │',
        '    ·          │◄┄┄┄┄┄ 200 OK (SUBSCRIBE) ┄┄┄┄┄┄┄┤',
        '               │                │                ↺ OPTIONS',
        '              UE1           P-CSCF#1         S-CSCF#1',
        '',
        '       ✓ as specified   ✗ not as specified   · not judged',
        '',
      ].join('\n'),
    );
  });

  test('ASCII alone where that is asked for, and never a line over 100 columns', () => {
    const ascii = renderLadderText(flowLadder(), { unicode: false });
    expect(ascii).toMatch(/^[\n\x20-\x7e]*$/);
    expect(ascii).toContain('  5 XX  ');
    expect(ascii).toContain('  1 ok  ');
    for (const text of [ascii, renderLadderText(flowLadder())]) {
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    }
  });

  test('no label is cut with eight participants in 100 columns', () => {
    const text = renderLadderText(flowLadder());
    expect(text).not.toContain('…');
    expect(text.match(/100 Trying \(SUBSCRIBE\)/g)).toHaveLength(3);
  });

  test('colours change nothing but colours', () => {
    const plain = renderLadderText(flowLadder());
    const coloured = renderLadderText(flowLadder(), { colour: true });
    const stripped = coloured.replaceAll(new RegExp(`${ESCAPE}\\[[\\d;]*m`, 'g'), '');
    expect(coloured).not.toBe(plain);
    expect(stripped.split('\n').map((line) => line.trimEnd())).toEqual(plain.split('\n'));
  });

  test('a label from the network cannot write to the terminal', () => {
    const rows = [{ kind: 'arrow', from: 'ue1', to: 'p', label: '\u001b[2Jx\n', note: 'a\u0007' }] as const;
    expect(renderLadderText({ ...small, rows })).not.toMatch(new RegExp(`[${ESCAPE}\u0007]`));
  });
});

describe('SVG ladder', () => {
  test('text is escaped, characters that XML has not are replaced', () => {
    const rows = [{ kind: 'note', on: 's', text: '<script>&"\u0000\u001b\ud800' }] as const;
    const svg = renderLadderSvg({ ...small, title: '</title>', rows });
    expect(svg).toContain('&lt;script&gt;&amp;&quot;???');
    expect(svg).toContain('<title id="ladder-title">&lt;/title&gt;</title>');
    expect(svg).not.toContain('<script>');
    expect(svg).not.toContain('\u0000');
  });

  test('elements are balanced, and a screen reader is told what is wrong', () => {
    const svg = renderLadderSvg(flowLadder());
    const open: string[] = [];
    for (const [, slash, name = '', selfClosing] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (slash === '/') expect(open.pop()).toBe(name);
      else if (selfClosing !== '/') open.push(name);
    }
    expect(open).toEqual([]);
    expect(svg).toContain('role="img"');
    expect(svg).toContain('25 messages and 3 decisions');
    expect(svg).toContain('Not as specified: step 5, step 12.');
    expect(svg).toContain('<title>Step 5: SUBSCRIBE, S-CSCF#1 to I-CSCF#2 (not as specified)</title>');
  });

  test.each([
    [1, 3],
    [2, 3],
    [6, 2],
  ])('a long title over %i columns is broken into %i lines, and nothing of it is lost', (columns, lines) => {
    const title =
      'TS 24.228 6.5: UE subscription for the registration state event package, refreshed, and then ended by the network';
    const names = Array.from({ length: columns }, (_, index) => ({
      name: `x${index}`,
      label: `X${index}`,
      group: 'home1.net',
    }));
    const svg = renderLadderSvg({ title, participants: names, rows: [] });
    const shown = [...svg.matchAll(/<text x="20" y="([\d.]+)" font-size="19"[^>]*>([^<]*)</g)];
    expect(shown.map(([, , text]) => text).join(' ')).toBe(title);
    expect(shown).toHaveLength(lines);
    const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
    expect(Math.max(...shown.map(([, , text = '']) => text.length)) * 10).toBeLessThan(width - 40);
    const [, heads = ''] = /<rect x="[\d.]+" y="([\d.]+)" width="\d+" height="20"/.exec(svg) ?? [];
    expect(Number(heads)).toBeGreaterThan(Number(shown.at(-1)?.[1]));
  });

  test('nothing in it is drawn outside of it', () => {
    const svg = renderLadderSvg(flowLadder());
    const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
    for (const [, x] of svg.matchAll(/ x="([-\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThan(width);
    }
  });
});

describe('the ladder of a run', () => {
  test('who is not among the participants gets a column, and past the bound shares one', () => {
    const records = mainFlow().records;
    const names = new Set(buildLadder(records).participants.map(({ label }) => label));
    expect(names).toEqual(
      new Set(['UE1', 'P-CSCF#1', 'S-CSCF#1', 'DNS', 'I-CSCF#2', 'HSS#2', 'S-CSCF#2', 'PS']),
    );
    const crowd = Array.from({ length: 30 }, (_, index) => ({ ...record(), from: `x${index}.example` }));
    expect(buildLadder(crowd).participants).toHaveLength(12);
    expect(buildLadder(crowd).rows).toHaveLength(30);
  });

  test('rows have a bound, and what is left out is said', () => {
    const ladder = buildLadder(mainFlow().records, { participants, maxRows: 10, verdict: () => undefined });
    expect([ladder.rows.length, ladder.omittedRows]).toEqual([10, 18]);
    expect(renderLadderText(ladder)).toContain('18 more are not shown');
    expect(renderLadderSvg(ladder)).toContain('18 more are not shown');
  });

  test('a record that the caller omits has no row', () => {
    const ladder = buildLadder(mainFlow().records, {
      verdict: (record) => (record.kind === 'message' && record.protocol === 'dns' ? 'omit' : undefined),
    });
    expect(ladder.rows.filter((row) => row.kind === 'arrow' && row.label.startsWith('DNS'))).toEqual([]);
  });

  test.each([
    ['pcscf1.home1.net', 'P-CSCF#1'],
    ['icscf2_s.home2.net', 'ICSCF2_S'],
    ['hss2.home2.net', 'HSS#2'],
    ['ps.home2.net', 'PS'],
    ['ue1', 'UE1'],
    ['bgcf.home1.net', 'BGCF'],
    ['127.0.0.1:5060', '127.0.0.1:5060'],
    ['[::1]:5060', '[::1]:5060'],
  ])('%s is headed %s', (name, label) => {
    expect(shortName(name)).toBe(label);
  });
});

function record() {
  const [first] = mainFlow().records;
  if (first?.kind !== 'message') {
    throw new Error('the flow begins with a message');
  }
  return first;
}
