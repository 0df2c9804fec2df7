import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@ims-sim/host';
import { judge, type Verdict } from '@ims-sim/scenario';
import type { LadderRow, TraceRecord } from '@ims-sim/trace';
import { failureLines } from '../../src/run/failure-lines.js';
import { excerptLines, ladderExcerpt, withExcerpt } from '../../src/run/ladder-excerpt.js';
import { plan, type Planned } from '../../src/run/plan.js';
import type { Judged, Seeds } from '../../src/run/result.js';
import { showMany } from '../../src/run/show-many.js';
import { simulate } from '../../src/simulate/simulate-scenario.js';
import { newFolder, SCENARIOS } from '../ims.js';
import { FLAGS } from './flags.js';

/** Step 11 is not as this table has it. */
const WRONG_STEP = 11;
const MAX_LINES = 12;

let wrong: Judged;

function planned(change: (text: string) => string): Planned {
  const folder = newFolder();
  const text = readFileSync(join(SCENARIOS, 'tr-24.841-6.1.1.yaml'), 'utf8')
    .replace('network: network.yaml', `network: ${join(SCENARIOS, 'network.yaml')}`)
    .replace('user2-presence.xml', join(SCENARIOS, 'user2-presence.xml'));
  writeFileSync(join(folder, 'wrong.yaml'), change(text));
  const [one] = plan([join(folder, 'wrong.yaml')], { ...FLAGS, simulate: true });
  if (one === undefined) {
    throw new Error('nothing planned');
  }
  return one;
}

function judgedOf(one: Planned, records: readonly TraceRecord[], verdict: Verdict): Judged {
  return {
    ...{ kind: 'judged', planned: one, passed: false, verdict, failures: [], broken: [], records },
    ...{ tookS: 1, command: 'ims run wrong.yaml', files: [], seed: 7 },
  };
}

beforeAll(async () => {
  const one = planned((text) => text.replace('Max-Forwards: 66', 'Max-Forwards: 65'));
  const { played, records } = await simulate(one.scenario, one.network, { seed: 7 });
  wrong = judgedOf(one, records, judge(played.flow(one.scenario.flow), records));
});

function rowsOf(judged: Judged): readonly LadderRow[] {
  return ladderExcerpt(judged)?.rows ?? [];
}

function written(lines: readonly string[]): string {
  return lines.join('\n');
}

function widest(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => line.length));
}

describe('the ladder around what went wrong', () => {
  test('a few rows before and after the first wrong step, which is marked; about 12 lines of 100 columns', () => {
    const rows = rowsOf(wrong);
    expect(rows.filter(({ mark }) => mark === 'wrong').map(({ step }) => step)).toEqual([WRONG_STEP]);
    expect(rows.some(({ step }) => step === WRONG_STEP - 1)).toBe(true);
    expect(rows.some(({ step }) => step === WRONG_STEP + 2)).toBe(true);
    expect(rows.some(({ step }) => step === 1 || step === 25)).toBe(false);
    const lines = excerptLines(withExcerpt(wrong).excerpt ?? { participants: [], rows: [] }, {
      colour: false,
    });
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
    expect(widest(lines)).toBeLessThanOrEqual(98);
    expect(lines[0]).toContain('S-CSCF#2');
    expect(written(lines)).toMatch(/^ 11 (✗|XX) .*SUBSCRIBE/m);
    expect(written(lines)).toMatch(/\d+ more are not shown/);
  });

  test('a step that nothing was found for stands where it was to come', () => {
    const { verdict } = wrong;
    const steps = verdict.steps.map((each) =>
      each.step.step === WRONG_STEP ? { ...each, records: [] } : each,
    );
    const rows = rowsOf({ ...wrong, verdict: { ...verdict, steps } });
    const at = rows.findIndex(({ mark }) => mark === 'wrong');
    expect(rows[at]).toMatchObject({ step: WRONG_STEP, label: 'missing' });
    expect(rows[at - 1]?.step).toBe(WRONG_STEP - 1);
  });

  test('what breaks a property is marked, where the flow is right or is not judged', () => {
    const right = { ...wrong, verdict: judge({ ...wrong.verdict.flow, steps: [] }, []) };
    const shown = wrong.records.find(
      (record) => record.kind === 'message' && record.protocol === 'sip' && record.to === 'ps.home2.net',
    );
    if (shown === undefined) {
      throw new Error('nothing went to the presence server');
    }
    const broken = [{ property: 'no table grows', text: 'ps.home2.net: one too many', records: [shown] }];
    const rows = ladderExcerpt({ ...right, verdict: { ...right.verdict, passed: true }, broken })?.rows ?? [];
    expect(rows.filter(({ mark }) => mark === 'wrong')).toHaveLength(1);
    expect(rows.find(({ mark }) => mark === 'wrong')).toMatchObject({ to: 'ps.home2.net' });
    const ofSeed = ladderExcerpt({ ...wrong, broken }, { isTableJudged: false })?.rows ?? [];
    expect(ofSeed.find(({ mark }) => mark === 'wrong')).toMatchObject({ to: 'ps.home2.net' });
  });

  test('nothing came, and nothing was to come: there is none', () => {
    const flow = { ...wrong.verdict.flow, steps: [] };
    expect(ladderExcerpt({ ...wrong, records: [], verdict: judge(flow, []) })).toBeUndefined();
  });
});

describe('what is said of failures', () => {
  test('of one among several: step, header, element, clause, and the ladder', () => {
    const lines = failureLines(withExcerpt(wrong));
    expect(written(lines)).toContain('step 11, SUBSCRIBE (S-CSCF to P-S): Max-Forwards: another value');
    expect(written(lines)).toContain('written by scscf2.home2.net; TR 24.841 6.1.1 step 11');
    expect(written(lines)).toMatch(/^ 11 (✗|XX) /m);
    expect(widest(lines)).toBeLessThanOrEqual(98);
  });

  test('of a seed: what did not hold, by whom, the clause, the first step that is wrong, the ladder, and the command', () => {
    const { file } = wrong.planned.scenario;
    const long = `pcscf1.home1.net answered ${'and answered '.repeat(12)}twice`;
    const failures = [`no second final response (RFC 3261 17.2): ${long} (message 12)`];
    const seeds: Seeds = {
      kind: 'seeds',
      planned: { ...wrong.planned, againWith: ' --network lab.yaml' },
      passed: false,
      seeds: [
        { seed: 6, passed: true, failures: [], restarts: 0 },
        { seed: 7, passed: false, failures, restarts: 1 },
        ...Array.from({ length: 70 }, (_, index) => ({
          seed: 100 + index,
          passed: false,
          failures,
          restarts: 0,
        })),
      ],
      again: [withExcerpt(wrong, { isTableJudged: false })],
      tookS: 1,
      files: [],
    };
    const lines = failureLines(seeds);
    expect(lines[0]).toBe('seed 7, with 1 restart:');
    expect(written(lines)).toContain('no second final response (RFC 3261 17.2): pcscf1.home1.net answered');
    expect(written(lines)).toContain('TR 24.841 6.1.1 step 11');
    expect(written(lines)).toMatch(/^ +11 (✗|XX) /m);
    expect(lines).toContain(`  again: ims run ${file} --simulate --seeds 1 --seed 7 --network lab.yaml`);
    expect(written(lines)).not.toContain('seed 6');
    expect(written(lines)).toMatch(/^and 66 more seeds: 104 105 /m);
    expect(written(lines)).toContain('and 26 others');
    expect(widest(lines.filter((line) => !line.includes('again:')))).toBeLessThanOrEqual(98);
  });
});

describe('how far it is, where nothing is rewritten', () => {
  test('a line each 5 s, and none on a terminal, or once all has ended', async () => {
    for (const isTTY of [false, true]) {
      const clock = new VirtualClock();
      let text = '';
      const out = {
        ...{ isTTY, rows: 24, columns: 100 },
        write: (more: string) => {
          text += more;
          return true;
        },
      } as NodeJS.WriteStream;
      const show = showMany(out, 1, 'out', clock);
      show.began(wrong.planned);
      show.progress(wrong.planned, 'seeds', 'seed 120 of 1000', 'passing');
      await clock.advance(11_000);
      show.ended(wrong);
      show.close([]);
      const said = text.split('\n').filter((line) => line.includes('seed 120 of 1000'));
      expect(said.length).toBe(isTTY ? 1 : 2);
      expect(text.includes('\u001b[1A')).toBe(isTTY);
      const before = text;
      await clock.advance(20_000);
      expect(text).toBe(before);
    }
  });
});
