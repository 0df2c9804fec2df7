import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@ims-sim/host';
import { judge, type Scenario } from '@ims-sim/scenario';
import type { MessageRecord } from '@ims-sim/trace';
import type { RunFlags } from '../../src/run/flags.js';
import { plan, type Planned } from '../../src/run/plan.js';
import { outcomeOf, type Judged, type Result, type Unusable } from '../../src/run/result.js';
import { showMany } from '../../src/run/show-many.js';
import { showOne } from '../../src/run/show-one.js';
import { MAIN_FLOW } from '../ims.js';

const FLAGS: RunFlags = {
  ...{ out: 'out', attach: false, timeout: 60, bail: false, keepGoing: false, repeat: 1, simulate: false },
};

function planned(): Planned {
  const [one] = plan([MAIN_FLOW], FLAGS);
  if (one === undefined) {
    throw new Error('nothing planned');
  }
  return one;
}

/** Judged against an empty trace: every step is missing. */
function nothingCame(of: Planned = planned()): Judged {
  const verdict = judge(of.scenario.flow, []);
  return {
    ...{ kind: 'judged', planned: of, passed: false, verdict, failures: [], broken: [], records: [] },
    ...{ tookS: 1.5, command: 'ims run x', files: ['report.html'] },
  };
}

function passing(of: Planned = planned()): Judged {
  return {
    ...nothingCame(of),
    passed: true,
    verdict: { ...nothingCame(of).verdict, steps: [], passed: true },
  };
}

function unusable(of: Planned = planned()): Unusable {
  return {
    kind: 'unusable',
    planned: of,
    complaint: 'hss1.home1.net killed by SIGKILL\n  its last line',
    tookS: 2,
  };
}

function screen({ tty }: { readonly tty: boolean }) {
  let text = '';
  const out = {
    ...{ isTTY: tty, rows: 24, columns: 100 },
    write: (more: string) => {
      text += more;
      return true;
    },
  } as NodeJS.WriteStream;
  return { out, text: () => text };
}

function message({ participants }: Scenario, label: string): MessageRecord {
  const [[from = ''] = [], [to = ''] = []] = participants;
  const at = { address: '127.0.0.1', port: 5060 };
  return {
    ...{ kind: 'message', id: 1, atUs: 0, from, to, source: at, destination: at },
    ...{ protocol: 'sip', transport: 'udp', bytes: Buffer.from(`${label} sip:a SIP/2.0\r\n\r\n`) },
  };
}

test('a title with control characters: they are seen, and the title stays in its line', () => {
  const of = planned();
  const strange = { ...of, scenario: { ...of.scenario, title: 'a\u001b[2J\u0007b\nc' } };
  const one = screen({ tty: false });
  showOne(one.out).began(strange);
  expect(one.text()).toContain(String.raw`a\x1b[2J\x07b c`);
  const many = screen({ tty: false });
  showMany(many.out, 2, 'out').close([unusable(strange)]);
  expect(many.text()).toContain(String.raw`a\x1b[2J\x07b c`);
});

describe('several scenarios', () => {
  test('without a terminal: plain lines, a table, each failure and where its report is', () => {
    const { out, text } = screen({ tty: false });
    const show = showMany(out, 3, 'out');
    const results: Result[] = [passing(), nothingCame(), unusable()];
    for (const result of results) {
      show.began(result.planned);
      show.progress(result.planned, 'network', 'starting');
      show.record(result.planned, message(result.planned.scenario, 'SUBSCRIBE'));
      show.ended(result);
    }
    show.close(results);
    // eslint-disable-next-line no-control-regex -- that there are none
    expect(text()).not.toMatch(/[\u001b\r]/);
    expect(text()).toMatch(/^1 of 3 {2}passed .*tr-24\.841-6\.1\.1\.yaml$/m);
    expect(text()).toMatch(/^verdict +steps +time +scenario$/m);
    expect(text()).toMatch(/^FAILED +0\/25 +1\.50 s /m);
    expect(text()).toMatch(/^UNUSABLE: .*tr-24/m);
    expect(text()).toContain('hss1.home1.net killed by SIGKILL');
    expect(text()).toContain('step 1, SUBSCRIBE request (UE to P-CSCF)');
    expect(text()).toContain('report: out/report.html');
    expect(text()).toContain('FAILED: 2 of 3, 1 passed');
    expect(
      Math.max(
        ...text()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });

  test('what was not played any more is said', () => {
    const { out, text } = screen({ tty: false });
    const show = showMany(out, 5, 'out');
    show.close([passing()]);
    expect(text()).toContain('stopped: 1 of 5, 4 not played');
  });

  test('on a terminal a line for each that runs, taken off when it has ended', async () => {
    const { out, text } = screen({ tty: true });
    const clock = new VirtualClock();
    const show = showMany(out, 1, 'out', clock);
    const one = planned();
    show.began(one);
    show.record(one, message(one.scenario, 'SUBSCRIBE'));
    await clock.advance(200);
    expect(text()).toContain('1 message,');
    show.ended(passing(one));
    expect(text()).toContain('\u001b[1A\r\u001b[J');
    show.close([]);
  });
});

describe('one scenario', () => {
  test('on a terminal its ladder grows', async () => {
    const { out, text } = screen({ tty: true });
    const clock = new VirtualClock();
    const show = showOne(out, clock);
    const one = planned();
    show.began(one);
    show.record(one, message(one.scenario, 'SUBSCRIBE'));
    await clock.advance(200);
    expect(text()).toContain('SUBSCRIBE');
    expect(text()).toContain('P-CSCF#1');
    show.close([]);
  });

  test('without a terminal nothing grows, and what passes is not said; a failure has the judge’s words', () => {
    const { out, text } = screen({ tty: false });
    const show = showOne(out);
    const one = planned();
    show.began(one);
    show.progress(one, 'network', '5 of 10 elements ready', 'passing');
    show.record(one, message(one.scenario, 'SUBSCRIBE'));
    expect(text()).not.toContain('ready');
    expect(text().split('\n')).toHaveLength(2);
    show.ended(nothingCame(one));
    expect(text()).toContain('FAILED: 0 of 25 steps right');
    expect(text()).toMatch(/tr-24\.841-6\.1\.1\.yaml:\d+/);
    expect(text()).toContain('written into out: report.html');
  });

  test('an optional step that did not happen is said, and counted neither as right nor as a step', () => {
    const { out, text } = screen({ tty: false });
    const none = nothingCame();
    const steps = none.verdict.steps.map((step, index) => ({
      ...step,
      right: true,
      ...(index === 3 && { skipped: true }),
    }));
    const result = { ...none, passed: true, verdict: { ...none.verdict, steps, passed: true } };
    showOne(out).ended(result);
    expect(text()).toContain('passed: 24 of 24 steps right, 1 optional did not happen');
    const many = screen({ tty: false });
    showMany(many.out, 1, 'out').ended(result);
    expect(many.text()).toMatch(/^1 of 1 {2}passed +24\/24 /m);
  });
});

test.each<[string, Result[], string]>([
  ['all passed', [passing(), passing()], 'passed'],
  ['one failed', [passing(), nothingCame()], 'failed'],
  ['one cannot be played, which is worse', [nothingCame(), unusable()], 'unusable'],
])('%s', (_, results, expected) => {
  expect(outcomeOf(results)).toBe(expected);
});
