import { button, el } from './dom.js';
import type { Model } from './model.js';

export interface SummaryHandlers {
  go(row: number): void;
}

const MAX_LISTED = 50;

/** What the run is and how it went, above the ladder. */
export function summaryView(model: Model, handlers: SummaryHandlers): HTMLElement {
  const { data } = model;
  const verdict = data.passed ? '✓ Passed' : '✗ Failed';
  return el(
    'header',
    { class: 'summary' },
    el(
      'div',
      { class: 'headline' },
      el('h1', {}, data.title),
      el('p', { class: `verdict ${data.passed ? 'right' : 'wrong'}`, id: 'verdict' }, verdict),
    ),
    el('p', { class: 'soft' }, data.clause),
    figures(model),
    el(
      'p',
      { class: 'command' },
      el('span', { class: 'soft' }, 'Again: '),
      el('code', {}, data.meta.command),
      button(
        'Copy',
        { class: 'small', 'aria-label': 'Copy the command' },
        () => void navigator.clipboard.writeText(data.meta.command),
      ),
    ),
    failures(model, handlers),
    errata(model, handlers),
  );
}

function figures(model: Model): HTMLElement {
  const { steps, counts, meta } = model.data;
  const judged = steps.filter(({ skipped }) => !skipped);
  let decisions = 0;
  let messages = 0;
  for (let row = 0; row < model.count; row += 1) {
    const kind = model.kind(row);
    decisions += kind === 'decision' ? 1 : 0;
    messages += kind === 'decision' || kind === 'missing' ? 0 : 1;
  }
  const entries: [string, string][] = [
    ['steps right', `${judged.filter(({ right }) => right).length} of ${judged.length}`],
    ...(judged.length === steps.length
      ? []
      : [['did not happen (optional)', String(steps.length - judged.length)] as [string, string]]),
    ['unexpected messages', String(counts.unexpected)],
    ['retransmissions', String(counts.retransmissions)],
    ['messages', String(messages)],
    ['decisions', String(decisions)],
    ['took', `${meta.tookS.toFixed(meta.tookS < 10 ? 2 : 0)} s`],
  ];
  const facts: [string, string][] = [
    ...(meta.seed === undefined ? [] : [['seed', String(meta.seed)] as [string, string]]),
    ['version', meta.version],
  ];
  const entry = (className: string, [name, value]: [string, string]): HTMLElement =>
    el('div', { class: className }, el('dt', {}, name), el('dd', {}, value));
  return el(
    'dl',
    { class: 'figures' },
    ...entries.map((each) => entry('count', each)),
    ...facts.map((each) => entry('fact', each)),
  );
}

function failures(model: Model, { go }: SummaryHandlers): HTMLElement | undefined {
  const items: HTMLElement[] = [];
  for (let row = 0; row < model.count && items.length < MAX_LISTED; row += 1) {
    if (model.verdict(row) === 'wrong') {
      const step = model.step(row);
      const [first] = step?.differences ?? [];
      items.push(
        el(
          'li',
          {},
          button(model.describe(row), { class: 'link' }, () => go(row)),
          first === undefined ? undefined : ` ${first.where}: ${first.why} `,
          step === undefined ? undefined : el('code', { class: 'place' }, first?.at ?? step.at),
        ),
      );
    }
  }
  const isCut = items.length === MAX_LISTED;
  for (const { at, text } of model.data.failures) {
    items.push(el('li', {}, el('b', {}, '✗ '), `${text} `, el('code', { class: 'place' }, at)));
  }
  return items.length === 0
    ? undefined
    : el(
        'details',
        { class: 'failures', open: true },
        el('summary', {}, `✗ What is wrong (${items.length}${isCut ? ' or more' : ''})`),
        el('ul', {}, ...items),
      );
}

function errata(model: Model, { go }: SummaryHandlers): HTMLElement | undefined {
  const { steps, rows } = model.data;
  const items = steps.flatMap(({ step, errata: list }, index) =>
    list.map(({ table, right, why }) =>
      el(
        'li',
        {},
        button(`Step ${step}`, { class: 'link' }, () => go(rows.step.indexOf(index))),
        ': ',
        el('code', {}, table),
        ' is read as ',
        el('code', {}, right),
        `: ${why}`,
      ),
    ),
  );
  return items.length === 0
    ? undefined
    : el('details', {}, el('summary', {}, `† Errata of the text (${items.length})`), el('ul', {}, ...items));
}
