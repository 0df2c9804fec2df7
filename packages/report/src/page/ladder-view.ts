import { button, el } from './dom.js';
import type { Model } from './model.js';
import { gutterOf, ROW_HEIGHT, rowId, rowSpan, rowView, type Lanes } from './row-view.js';

/** The ladder, of which only what is in sight stands in the document. */
export interface LadderView {
  readonly element: HTMLElement;
  /** What has the focus while one goes through the rows. */
  readonly grid: HTMLElement;
  /** `columns`: the participants that have one. */
  show(rows: readonly number[], needle: string, columns: ReadonlySet<number>): void;
  /** Makes the row at a position the active one, and brings it into sight. */
  activate(position: number, isOpen: boolean): void;
  setParticipant(participant: number | undefined): void;
  /** Draws every row, up to a bound, for paper; or goes back. */
  forPrint(isOn: boolean): void;
  readonly rowsInSight: number;
}

export interface LadderHandlers {
  /** A row was pressed. */
  open(position: number): void;
  participant(index: number): void;
}

const OVERSCAN = 12;
const MAX_PRINTED_ROWS = 3000;
/** In pixels: `P-CSCF#1` has room. */
const MIN_LANE = 72;
const MAX_LANE = 200;

/** The ladder of a run, empty until `show`. */
export function ladderView(model: Model, handlers: LadderHandlers): LadderView {
  return new Ladder(model, handlers);
}

class Ladder implements LadderView {
  readonly element: HTMLElement;
  readonly grid = el('div', {
    class: 'grid',
    role: 'treegrid',
    tabindex: 0,
    'aria-label': 'Ladder: messages and decisions in the order of time',
    'aria-describedby': 'ladder-hint',
  });
  readonly #model: Model;
  readonly #heads: readonly HTMLButtonElement[];
  readonly #headRow: HTMLElement;
  readonly #empty = el('p', { class: 'empty', hidden: true }, 'No row passes the filters.');
  #rows: readonly number[] = [];
  #needle = '';
  /** Positions among the rows: the active one, and those that stand in the document. */
  #active = 0;
  readonly #drawn = new Map<number, HTMLElement>();
  #isOpen = false;
  #isPrinting = false;
  #isDue = false;
  #lanes: Lanes = { count: 0, width: MIN_LANE, of: new Map() };
  #columns: ReadonlySet<number> = new Set();

  constructor(model: Model, handlers: LadderHandlers) {
    this.#model = model;
    this.#heads = participantButtons(model, (index) => handlers.participant(index));
    this.#headRow = headRow(this.#heads);
    this.element = el('div', { class: 'ladder', tabindex: -1 }, this.#headRow, this.grid, this.#empty);
    this.element.addEventListener('scroll', () => this.#drawLater(), { passive: true });
    new ResizeObserver(() => this.#layOut()).observe(this.element);
    this.grid.addEventListener('click', (event) => {
      const row = event.target instanceof Element ? event.target.closest('[data-position]') : null;
      if (row !== null) {
        handlers.open(Number(row.getAttribute('data-position')));
      }
    });
  }

  get rowsInSight(): number {
    return Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 2);
  }

  show(rows: readonly number[], needle: string, columns: ReadonlySet<number>): void {
    this.#rows = rows;
    this.#needle = needle;
    this.#columns = columns;
    this.#active = Math.min(this.#active, Math.max(0, rows.length - 1));
    this.grid.style.height = `${rows.length * ROW_HEIGHT}px`;
    this.grid.setAttribute('aria-rowcount', String(rows.length));
    this.#empty.hidden = rows.length > 0;
    this.#layOut();
  }

  activate(position: number, isOpen: boolean): void {
    const last = this.#active;
    this.#active = position;
    this.#isOpen = isOpen;
    this.#forget(last);
    this.#forget(position);
    this.#scrollTo(position);
    this.#draw();
    const row = this.#rows[position];
    if (row === undefined) {
      this.grid.removeAttribute('aria-activedescendant');
    } else {
      this.grid.setAttribute('aria-activedescendant', rowId(row));
    }
  }

  setParticipant(participant: number | undefined): void {
    this.#heads.forEach((head, index) => head.setAttribute('aria-pressed', String(index === participant)));
  }

  forPrint(isOn: boolean): void {
    this.#isPrinting = isOn;
    this.#redraw();
  }

  /** Widths of the columns, and all that hangs on them. */
  #layOut(): void {
    const columns = this.#columns;
    const gutter = gutterOf(this.element.clientWidth);
    const room = (this.element.clientWidth - gutter - 4) / Math.max(1, columns.size);
    const width = Math.floor(Math.max(MIN_LANE, Math.min(MAX_LANE, room)));
    const shown = [...this.#model.data.participants.keys()].filter((index) => columns.has(index));
    this.#lanes = { count: columns.size, width, of: new Map(shown.map((index, lane) => [index, lane])) };
    this.element.classList.toggle('narrow', gutter < gutterOf(Infinity));
    this.grid.style.width = this.#headRow.style.width = `${gutter + columns.size * width}px`;
    this.#heads.forEach((head, index) => {
      head.hidden = !columns.has(index);
      head.style.width = `${width}px`;
    });
    this.#redraw();
  }

  /** The positions that are in sight, or nearly so. */
  #range(): [first: number, end: number] {
    const { length } = this.#rows;
    if (this.#isPrinting) {
      return [0, Math.min(length, MAX_PRINTED_ROWS)];
    }
    const { scrollTop, clientHeight } = this.element;
    const first = Math.floor(scrollTop / ROW_HEIGHT) - OVERSCAN;
    const end = Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + OVERSCAN;
    return [Math.max(0, first), Math.min(length, end)];
  }

  #drawLater(): void {
    if (!this.#isDue) {
      this.#isDue = true;
      requestAnimationFrame(() => this.#draw());
    }
  }

  #redraw(): void {
    this.grid.replaceChildren();
    this.#drawn.clear();
    this.#draw();
  }

  #draw(): void {
    this.#isDue = false;
    const [first, end] = this.#range();
    for (const position of [...this.#drawn.keys()]) {
      if ((position < first || position >= end) && position !== this.#active) {
        this.#forget(position);
      }
    }
    for (let position = first; position < end; position += 1) {
      this.#add(position);
    }
    this.#add(this.#active); // The grid says which row is active by its id: it must be there.
  }

  #forget(position: number): void {
    this.#drawn.get(position)?.remove();
    this.#drawn.delete(position);
  }

  #add(position: number): void {
    const row = this.#rows[position];
    if (row === undefined || this.#drawn.has(position)) {
      return;
    }
    const active = position === this.#active;
    const state = { active, open: this.#isOpen && active, position, needle: this.#needle };
    const view = rowView(this.#model, row, this.#lanes, state);
    view.style.top = `${position * ROW_HEIGHT}px`;
    this.#drawn.set(position, view);
    // In the document's order too, for a screen reader that goes through it.
    const after = [...this.grid.children].find(
      (other) => Number(other.getAttribute('data-position')) > position,
    );
    this.grid.insertBefore(view, after ?? null);
  }

  #scrollTo(position: number): void {
    const { element } = this;
    const top = position * ROW_HEIGHT;
    const sight = element.clientHeight - this.#headRow.offsetHeight;
    const above = element.scrollTop - top;
    const below = top + ROW_HEIGHT - (element.scrollTop + sight);
    if (above > ROW_HEIGHT || below > ROW_HEIGHT) {
      element.scrollTop = top - sight / 3; // From afar: with what came before it.
    } else if (above > 0 || below > 0) {
      element.scrollTop += above > 0 ? -above : below;
    }
    const row = this.#rows[position];
    if (row !== undefined && this.#lanes.count > 0) {
      const [left, right] = rowSpan(this.#model, row, this.#lanes);
      const width = element.clientWidth - gutterOf(element.clientWidth);
      element.scrollLeft = Math.min(left, Math.max(element.scrollLeft, right - width));
    }
  }
}

function participantButtons(
  { data: { participants } }: Model,
  press: (index: number) => void,
): HTMLButtonElement[] {
  return participants.map(({ name, label, group }, index) => {
    const title = `${name}${group === undefined ? '' : `, ${group}`}: its rows alone`;
    return button(label, { class: 'participant', title, 'aria-pressed': 'false' }, () => press(index));
  });
}

function headRow(heads: readonly HTMLElement[]): HTMLElement {
  return el(
    'div',
    { class: 'heads', role: 'group', 'aria-label': 'Participants; press one for its rows alone' },
    el(
      'span',
      { class: 'gutter', 'aria-hidden': 'true' },
      el('span', { class: 'step' }, 'step'),
      el('span', { class: 'mark' }),
      el('span', { class: 'time' }, 'seconds'),
    ),
    ...heads,
  );
}
