import type { Messages } from './blocks.js';
import { button, el, spoken } from './dom.js';
import { changeCounts, messageView } from './message-view.js';
import { KIND_NAMES, type Model } from './model.js';
import type { PageStep } from './page-data.js';

/** What is shown of the open row. */
export interface MessagePane {
  readonly element: HTMLElement;
  show(row: number, needle: string): Promise<void>;
  hide(): void;
  toggleChanges(): void;
}

export interface PaneHandlers {
  close(): void;
  go(row: number): void;
}

/** The pane, hidden until a row is shown in it. */
export function messagePane(model: Model, messages: Messages, handlers: PaneHandlers): MessagePane {
  return new Pane(model, messages, handlers);
}

class Pane implements MessagePane {
  readonly element = el('section', {
    class: 'pane',
    id: 'pane',
    'aria-label': 'Message',
    hidden: true,
    tabindex: 0, // What is long is scrolled by keys.
  });
  readonly #model: Model;
  readonly #messages: Messages;
  readonly #handlers: PaneHandlers;
  #changesOnly = false;
  #shown: { readonly row: number; readonly needle: string } | undefined;

  constructor(model: Model, messages: Messages, handlers: PaneHandlers) {
    this.#model = model;
    this.#messages = messages;
    this.#handlers = handlers;
  }

  async show(row: number, needle: string): Promise<void> {
    this.#shown = { row, needle };
    const model = this.#model;
    const { message, before } = model.data.rows;
    const beforeRow = before[row] ?? -1;
    const [text, old] = await Promise.all([
      textOf(this.#messages, message[row]),
      textOf(this.#messages, beforeRow < 0 ? -1 : message[beforeRow]),
    ]);
    if (this.#shown?.row !== row) {
      return; // Another row was opened meanwhile.
    }
    const step = model.step(row);
    const wrong = new Set(step?.differences.map(({ where }) => where.toLowerCase()));
    const changesOnly = this.#changesOnly && old !== undefined;
    this.element.replaceChildren(
      paneHead(model, row, this.#handlers),
      ...(step === undefined ? [] : stepParts(step)),
      ...closestParts(model, step?.closest ?? [], this.#handlers),
      ...(model.is(row, 'unexpected') ? [unexpectedPart()] : []),
      ...(text === undefined || old === undefined ? [] : this.#hopParts(text, old, beforeRow)),
      ...(text === undefined ? [] : [messageView(text, { before: old, changesOnly, needle, wrong })]),
      ...(step === undefined ? [] : errataParts(step)),
      ...(step === undefined || step.table === '' ? [] : [tablePart(step)]),
    );
    this.element.scrollTop = 0;
    this.element.hidden = false;
  }

  hide(): void {
    this.#shown = undefined;
    this.element.hidden = true;
  }

  toggleChanges(): void {
    this.#changesOnly = !this.#changesOnly;
    if (this.#shown !== undefined) {
      void this.show(this.#shown.row, this.#shown.needle);
    }
  }

  /** How much has changed since the hop before, the way there, and whether the rest is shown. */
  #hopParts(text: string, old: string, beforeRow: number): HTMLElement[] {
    const model = this.#model;
    const only = el('input', { type: 'checkbox', id: 'changes-only' });
    only.checked = this.#changesOnly;
    only.addEventListener('change', () => this.toggleChanges());
    const attributes = { class: 'link', title: 'Open the hop before' };
    const hop = button(`${model.from(beforeRow)} to ${model.to(beforeRow)}`, attributes, () =>
      this.#handlers.go(beforeRow),
    );
    return [
      el('h3', {}, 'Since the hop before: ', el('span', { class: 'soft' }, changeCounts(text, old))),
      el(
        'p',
        { class: 'tools' },
        hop,
        el('label', { for: 'changes-only' }, only, ' changes only ', el('kbd', {}, 'c')),
      ),
    ];
  }
}

function unexpectedPart(): HTMLElement {
  return el(
    'p',
    { class: 'judgement wrong' },
    el('b', {}, '✗ wrong: '),
    'no step of the table has this message',
  );
}

async function textOf(messages: Messages, message: number | undefined): Promise<string | undefined> {
  return message === undefined || message < 0 ? undefined : messages.text(message);
}

function paneHead(model: Model, row: number, handlers: PaneHandlers): HTMLElement {
  const kind = model.kind(row);
  const { rows, messages } = model.data;
  const step = model.step(row);
  const bytes = messages.length[rows.message[row] ?? -1];
  const at = new Date((model.data.beganUs + (rows.atUs[row] ?? 0)) / 1000).toISOString();
  const isDecision = kind === 'decision';
  const transport =
    isDecision || kind === 'missing'
      ? ''
      : `${KIND_NAMES[kind]} over ${model.is(row, 'tcp') ? 'TCP' : 'UDP'}`;
  const facts = [
    at,
    transport,
    model.note(row),
    kind === 'sip' && bytes !== undefined ? `${bytes} bytes` : '',
    rows.id[row] === 0 ? '' : `record ${rows.id[row]}`,
  ];
  const partner = rows.partner[row] ?? -1;
  return el(
    'header',
    {},
    el(
      'div',
      { class: 'pane-title' },
      el('h2', {}, step === undefined ? '' : `Step ${step.step}: `, model.label(row)),
      button(
        '×',
        { class: 'close', 'aria-label': 'Close the message', title: 'Close (Esc)' },
        handlers.close,
      ),
    ),
    el('p', {}, isDecision ? model.from(row) : `${model.from(row)} → ${model.to(row)}`),
    el('p', { class: 'soft facts' }, facts.filter((fact) => fact !== '').join(' · ')),
    partner < 0
      ? undefined
      : el(
          'p',
          {},
          model.is(row, 'response') ? 'Answers ' : 'Answered by ',
          button(`${model.label(partner)}`, { class: 'link' }, () => handlers.go(partner)),
        ),
  );
}

function stepParts(step: PageStep): HTMLElement[] {
  const judgement = el(
    'p',
    { class: `judgement ${step.right ? 'right' : 'wrong'}` },
    el('b', {}, step.right ? '✓ right' : '✗ wrong'),
    ` ${step.clause}, step ${step.step}: ${step.title} `,
    el('code', { class: 'place' }, step.at),
  );
  const differences = step.differences.map(({ where, expected, got, why, at, passedOn }) =>
    el(
      'li',
      {},
      el('p', {}, el('b', {}, where), `: ${why} `, el('code', { class: 'place' }, at)),
      ...(passedOn ? [] : [el('dl', {}, ...expectedAndGot(expected, got))]),
    ),
  );
  return differences.length === 0
    ? [judgement]
    : [judgement, el('ul', { class: 'differences', 'aria-label': 'What is wrong' }, ...differences)];
}

function closestParts(model: Model, closest: readonly number[], { go }: PaneHandlers): HTMLElement[] {
  if (closest.length === 0) {
    return [];
  }
  const items = closest.map((row) =>
    el(
      'li',
      {},
      button(model.describe(row), { class: 'link' }, () => go(row)),
    ),
  );
  return [el('h3', {}, 'What comes closest'), el('ul', {}, ...items)];
}

function errataParts({ errata }: PageStep): HTMLElement[] {
  if (errata.length === 0) {
    return [];
  }
  const items = errata.map(({ table, right, why }) =>
    el(
      'li',
      {},
      el('p', {}, why),
      el(
        'dl',
        {},
        el('dt', {}, 'printed'),
        el('dd', {}, table),
        el('dt', {}, 'read as'),
        el('dd', {}, right),
      ),
    ),
  );
  const sign = el('span', { 'aria-hidden': 'true' }, '† ');
  return [
    el('h3', {}, sign, `Errata of the text (${errata.length})`),
    el('ul', { class: 'errata' }, ...items),
  ];
}

function expectedAndGot(expected: string, got: string): HTMLElement[] {
  return [
    el('dt', {}, 'expected'),
    el('dd', { class: 'expected' }, expected === '' ? '(nothing)' : expected),
    el('dt', {}, 'got'),
    el('dd', { class: 'got' }, got === '' ? '(nothing)' : got),
  ];
}

function tablePart({ table, clause }: PageStep): HTMLElement {
  return el(
    'details',
    { class: 'table' },
    el('summary', {}, `As ${clause} prints it`),
    el('pre', { tabindex: 0 }, spoken('Table: '), table),
  );
}
