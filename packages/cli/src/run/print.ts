import type { Scenario, Verdict } from '@ims-sim/scenario';
import { renderLadderText, type TraceRecord } from '@ims-sim/trace';
import { ladderOf } from './verdict-ladder.js';

const WIDTH = 100;

/** What a run says of itself, on standard output: calm, in 100 columns, readable without colour. */
export interface Printer {
  heading(scenario: Scenario): void;
  /** A line of what is being done; on a terminal the next one of the same label takes its place, elsewhere what is `passing` is not said. */
  progress(label: string, text: string, passing?: 'passing'): void;
  verdict(scenario: Scenario, verdict: Verdict, records: readonly TraceRecord[]): void;
  line(text: string): void;
}

export function printerFor(out: NodeJS.WriteStream): Printer {
  let open: string | undefined;
  const colour = out.isTTY && process.env['NO_COLOR'] === undefined;
  const line = (text: string): void => {
    out.write(`${open === undefined ? '' : '\n'}${text}\n`);
    open = undefined;
  };
  return {
    line,
    heading({ title, flow }) {
      for (const text of wrap(`${flow.clause}  ${title}`, WIDTH)) {
        line(text);
      }
    },
    progress(label, text, passing) {
      const written = `  ${label.padEnd(9)} ${text}`.slice(0, WIDTH);
      if (!out.isTTY) {
        if (passing === undefined) {
          line(written);
        }
        return;
      }
      out.write(open === label ? `\r\u001b[K${written}` : `${open === undefined ? '' : '\n'}${written}`);
      open = label;
    },
    verdict(scenario, verdict, records) {
      line('');
      line(renderLadderText(ladderOf(scenario, verdict, records), { columns: WIDTH, unicode: unicodeTerminal(), colour }));
      for (const text of [...errata(verdict), ...summary(verdict)]) {
        line(text);
      }
    },
  };
}

/** Where the TR slips, said once for each slip with the steps that rest on it. */
function errata({ steps, flow }: Verdict): string[] {
  const bySlip = new Map<string, { steps: number[]; text: string }>();
  for (const { step, errata: slips } of steps) {
    for (const { table, right, why } of slips) {
      const key = why;
      const known = bySlip.get(key);
      if (known) {
        if (!known.steps.includes(step.step)) {
          known.steps.push(step.step);
        }
      } else {
        const instead = table === right ? '' : ` (${oneLine(table)} is read as ${oneLine(right)})`;
        bySlip.set(key, { steps: [step.step], text: `${why}${instead}` });
      }
    }
  }
  if (bySlip.size === 0) {
    return [];
  }
  const lines = [...bySlip.values()].flatMap(({ steps: on, text }) => {
    const label = `  ${on.join(', ')}: `;
    return wrap(text, WIDTH - 4).map((part, index) => (index === 0 ? `${label}${part}` : `    ${part}`));
  });
  return ['', `Slips of ${flow.clause} that these steps rest on, as settled in the scenario file:`, ...lines.flatMap((l) => wrap(l, WIDTH))];
}

function summary({ steps, unexpected, retransmissions, passed }: Verdict): string[] {
  const right = steps.filter((step) => step.right).length;
  const more = [
    ...(unexpected.length > 0 ? [`${unexpected.length} messages that no step has`] : []),
    ...(retransmissions.length > 0 ? [`${retransmissions.length} retransmissions`] : []),
  ];
  return ['', `${passed ? 'passed' : 'FAILED'}: ${right} of ${steps.length} steps right${more.map((text) => `, ${text}`).join('')}`];
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 60 ? `${flat.slice(0, 59)}…` : flat;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const at = space > width / 2 ? space : width;
    lines.push(rest.slice(0, at));
    rest = `    ${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest];
}

function unicodeTerminal(): boolean {
  const locale = process.env['LC_ALL'] ?? process.env['LC_CTYPE'] ?? process.env['LANG'] ?? '';
  return locale === '' || /utf-?8/i.test(locale);
}
