import { type Clock, systemClock } from '@ims-sim/host';
import type { Scenario, Verdict } from '@ims-sim/scenario';
import { buildLadder, renderLadderText, summarize, type TraceRecord } from '@ims-sim/trace';
import { failureLines } from './failure-lines.js';
import { isMissing } from './ladder-excerpt.js';
import { LiveArea } from './live-area.js';
import type { Judged } from './result.js';
import type { Show } from './show.js';
import { stepCounts } from './step-counts.js';
import { counted, hasColour, oneLine, unicodeTerminal, visible, warningLines, WIDTH, wrap } from './text.js';
import { ladderOf } from './verdict-ladder.js';

/** Of the ladder that grows, what a screen may show. */
const LIVE_ROWS = 200;
/** Of messages that the flow allows, kinds. */
const OTHERS_SHOWN = 3;

/** One scenario: its ladder grows on a terminal, and comes judged at the end. */
export function showOne(out: NodeJS.WriteStream, clock: Clock = systemClock): Show {
  let scenario: Scenario | undefined;
  let status: string | undefined;
  const records: TraceRecord[] = [];
  const live = new LiveArea(out, clock, () => [
    ...(scenario && records.length > 0 ? growing(scenario, records) : []),
    ...(status === undefined ? [] : [status]),
  ]);
  const line = (text: string): void => {
    live.clear();
    out.write(`${text}\n`);
  };
  return {
    began(planned) {
      ({ scenario } = planned);
      for (const text of wrap(`${scenario.flow.clause}  ${scenario.title}`.trim(), '', '  ')) {
        line(text);
      }
    },
    progress(_planned, label, text, passing) {
      const written = visible(`  ${label.padEnd(9)} ${text}`).slice(0, WIDTH);
      status = passing === undefined ? undefined : written;
      if (passing === undefined) {
        line(written);
      }
      if (out.isTTY) {
        live.changed();
      }
    },
    warn(_planned, text) {
      warningLines(text).forEach(line);
    },
    record(_planned, record) {
      if (!out.isTTY || scenario === undefined || !isShown(scenario, record)) {
        return;
      }
      records.push(record);
      if (records.length > LIVE_ROWS) {
        records.shift();
      }
      live.changed();
    },
    ended(result) {
      const colour = hasColour(out);
      const texts =
        result.kind === 'judged'
          ? report(result, colour)
          : result.kind === 'unusable' && result.left !== undefined
            ? untilThen(result.left, colour)
            : [];
      for (const text of texts) {
        line(text);
      }
    },
    close() {
      live.clear();
    },
  };
}

/** Between those that the scenario has columns for; the DNS would be half of it. */
function isShown({ participants }: Scenario, record: TraceRecord): boolean {
  const has = (name: string): boolean => participants.some(([each]) => each === name);
  return record.kind === 'message' && record.protocol !== 'dns' && has(record.from) && has(record.to);
}

function growing({ participants }: Scenario, records: readonly TraceRecord[]): string[] {
  const ladder = buildLadder(records, {
    participants: participants.map(([name, label]) => ({ name, label })),
  });
  const text = renderLadderText(ladder, { columns: WIDTH, unicode: unicodeTerminal(), colour: false });
  const lines = text.trimEnd().split('\n');
  return [...lines.slice(1, -1), lines[0] ?? '']; // the names below: they stay on the screen
}

/** Of one that could not be played to its end: whoever ends the run says why. */
function untilThen({ planned, verdict, records, files }: Judged, colour: boolean): string[] {
  const ladder = ladderOf(planned.scenario, verdict, records);
  const came = ladder.rows.filter((row) => !isMissing(row));
  return [
    '',
    renderLadderText({ ...ladder, rows: came }, { columns: WIDTH, unicode: unicodeTerminal(), colour }),
    ...wrap(`CUT SHORT: what came until then is in ${planned.out}: ${files.join(' ')}`, '', '  '),
  ];
}

function report(result: Judged, colour: boolean): string[] {
  const { planned, verdict, records } = result;
  const ladder = ladderOf(planned.scenario, verdict, records);
  return [
    '',
    renderLadderText(ladder, { columns: WIDTH, unicode: unicodeTerminal(), colour }),
    ...errata(verdict),
    ...summary(verdict, result.passed),
    ...othersOf(verdict),
    ...failureLines(result).map((text) => `  ${text}`.trimEnd()),
    `  written into ${planned.out}: ${result.files.join(' ')}`,
  ];
}

/** Where the text slips, said once for each slip with the steps that rest on it. */
function errata({ steps, flow }: Verdict): string[] {
  const slips = new Map<string, { readonly steps: Set<number>; readonly readings: Set<string> }>();
  for (const { step, errata: its } of steps) {
    for (const { table, right, why } of its) {
      const slip = slips.get(why) ?? { steps: new Set(), readings: new Set() };
      slips.set(why, slip);
      slip.steps.add(step.step);
      if (table !== right) {
        slip.readings.add(`${oneLine(table, 40)}  is read as  ${oneLine(right, 40)}`);
      }
    }
  }
  if (slips.size === 0) {
    return [];
  }
  const lines = [...slips].flatMap(([why, { steps: on, readings }]) => [
    ...wrap(`step ${[...on].join(', ')}: ${why}`, '  ', '      '),
    // One example says what is meant; the scenario file has them all.
    ...[...readings].slice(0, 1).flatMap((text) => wrap(text, '      ', '      ')),
  ]);
  return ['', `Where ${flow.clause} is read otherwise, as the scenario file settles it:`, ...lines];
}

/** What the flow allows beside its steps: who else talks on this network. */
function othersOf({ flow, others = [] }: Verdict): string[] {
  if (flow.steps.length === 0 || others.length === 0) {
    return [];
  }
  const counts = new Map<string, number>();
  for (const { protocol, bytes, from, to } of others) {
    const what = `${summarize(protocol, bytes).label} from ${from} to ${to}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const shown = [...counts]
    .slice(0, OTHERS_SHOWN)
    .map(([what, times]) => (times > 1 ? `${times} ${what}` : what));
  const more = counts.size > OTHERS_SHOWN ? ' and more' : '';
  return wrap(
    `not of this flow, and allowed: ${counted(others.length, 'message')}: ${shown.join(', ')}${more}`,
    '  ',
    '    ',
  );
}

function summary({ steps, unexpected, retransmissions }: Verdict, passed: boolean): string[] {
  const { right, of, notHappened } = stepCounts({ steps });
  const more = [
    ...(notHappened > 0 ? [`${notHappened} optional did not happen`] : []),
    ...(unexpected.length > 0 ? [`${counted(unexpected.length, 'message')} that no step has`] : []),
    ...(retransmissions.length > 0 ? [counted(retransmissions.length, 'retransmission')] : []),
  ];
  const judged =
    steps.length === 0
      ? 'no flow to judge, each action by itself'
      : `${right} of ${counted(of, 'step')} right`;
  return ['', `${passed ? 'passed' : 'FAILED'}: ${judged}${more.map((text) => `, ${text}`).join('')}`];
}
