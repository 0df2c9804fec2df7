import { button, el } from './dom.js';
import type { Model } from './model.js';
import { GUTTER, ROW_HEIGHT, rowId, rowSpan, rowView, type Lanes } from './row-view.js';

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
const MIN_LANE = 84;
const MAX_LANE = 200;

export function ladderView(model: Model, handlers: LadderHandlers): LadderView {
  const { participants } = model.data;
  const grid = el('div', {
    class: 'grid',
    role: 'treegrid',
    tabindex: 0,
    'aria-label': 'Ladder: messages and decisions in the order of time',
    'aria-describedby': 'ladder-hint',
  });
  const heads = participants.map(({ name, label, group }, index) =>
    button(
      label,
      {
        class: 'participant',
        title: `${name}${group === undefined ? '' : `, ${group}`}: its rows alone`,
        'aria-pressed': 'false',
      },
      () => handlers.participant(index),
    ),
  );
  const headRow = el(
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
  const empty = el('p', { class: 'empty', hidden: true }, 'No row passes the filters.');
  const element = el('div', { class: 'ladder', tabindex: -1 }, headRow, grid, empty);

  let rows: readonly number[] = [];
  let needle = '';
  let active = 0;
  let isOpen = false;
  let isPrinting = false;
  let lanes: Lanes = { count: 0, width: MIN_LANE, of: new Map() };
  let columns: ReadonlySet<number> = new Set();
  const drawn = new Map<number, HTMLElement>();
  let isDue = false;

  const range = (): [number, number] => {
    if (isPrinting) {
      return [0, Math.min(rows.length, MAX_PRINTED_ROWS)];
    }
    const first = Math.floor(element.scrollTop / ROW_HEIGHT) - OVERSCAN;
    const last = Math.ceil((element.scrollTop + element.clientHeight) / ROW_HEIGHT) + OVERSCAN;
    return [Math.max(0, first), Math.min(rows.length, last)];
  };
  const draw = (): void => {
    isDue = false;
    const [first, last] = range();
    for (const [position, view] of drawn) {
      if ((position < first || position >= last) && position !== active) {
        view.remove();
        drawn.delete(position);
      }
    }
    const add = (position: number): void => {
      const row = rows[position];
      if (row === undefined || drawn.has(position)) {
        return;
      }
      const state = { active: position === active, open: isOpen && position === active, position, needle };
      const view = rowView(model, row, lanes, state);
      view.style.top = `${position * ROW_HEIGHT}px`;
      drawn.set(position, view);
      // In the document's order too, for a screen reader that goes through it.
      let after: Element | null = null;
      for (const other of grid.children) {
        if (Number(other.getAttribute('data-position')) > position) {
          after = other;
          break;
        }
      }
      grid.insertBefore(view, after);
    };
    for (let position = first; position < last; position += 1) {
      add(position);
    }
    add(active); // The grid says which row is active by its id: it must be there.
  };
  const redraw = (): void => {
    grid.replaceChildren();
    drawn.clear();
    draw();
  };
  const later = (): void => {
    if (!isDue) {
      isDue = true;
      requestAnimationFrame(draw);
    }
  };
  const layOut = (): void => {
    const room = (element.clientWidth - GUTTER - 4) / Math.max(1, columns.size);
    const width = Math.floor(Math.max(MIN_LANE, Math.min(MAX_LANE, room)));
    const shown = [...participants.keys()].filter((index) => columns.has(index));
    lanes = { count: columns.size, width, of: new Map(shown.map((index, lane) => [index, lane])) };
    grid.style.width = headRow.style.width = `${GUTTER + columns.size * width}px`;
    heads.forEach((head, index) => {
      head.hidden = !columns.has(index);
      head.style.width = `${width}px`;
    });
    redraw();
  };
  const redrawActive = (position: number): void => {
    drawn.get(position)?.remove();
    drawn.delete(position);
  };

  const scrollTo = (position: number): void => {
    const top = position * ROW_HEIGHT;
    const sight = element.clientHeight - headRow.offsetHeight;
    const above = element.scrollTop - top;
    const below = top + ROW_HEIGHT - (element.scrollTop + sight);
    if (above > ROW_HEIGHT || below > ROW_HEIGHT) {
      element.scrollTop = top - sight / 3; // From afar: with what came before it.
    } else if (above > 0 || below > 0) {
      element.scrollTop += above > 0 ? -above : below;
    }
    const row = rows[position];
    if (row !== undefined && lanes.count > 0) {
      const [left, right] = rowSpan(model, row, lanes);
      const width = element.clientWidth - GUTTER;
      if (right > element.scrollLeft + width) {
        element.scrollLeft = right - width;
      }
      if (left < element.scrollLeft) {
        element.scrollLeft = left;
      }
    }
  };

  element.addEventListener('scroll', later, { passive: true });
  new ResizeObserver(layOut).observe(element);
  grid.addEventListener('click', (event) => {
    const row = event.target instanceof Element ? event.target.closest('[data-position]') : null;
    if (row !== null) {
      handlers.open(Number(row.getAttribute('data-position')));
    }
  });

  return {
    element,
    grid,
    get rowsInSight() {
      return Math.max(1, Math.floor(element.clientHeight / ROW_HEIGHT) - 2);
    },
    show(newRows, newNeedle, newColumns) {
      rows = newRows;
      needle = newNeedle;
      columns = newColumns;
      active = Math.min(active, Math.max(0, rows.length - 1));
      grid.style.height = `${rows.length * ROW_HEIGHT}px`;
      grid.setAttribute('aria-rowcount', String(rows.length));
      empty.hidden = rows.length > 0;
      layOut();
    },
    activate(position, open) {
      const last = active;
      active = position;
      isOpen = open;
      redrawActive(last);
      redrawActive(active);
      const row = rows[active];
      scrollTo(active);
      draw();
      if (row === undefined) {
        grid.removeAttribute('aria-activedescendant');
      } else {
        grid.setAttribute('aria-activedescendant', rowId(row));
      }
    },
    setParticipant(participant) {
      heads.forEach((head, index) => head.setAttribute('aria-pressed', String(index === participant)));
    },
    forPrint(isOn) {
      isPrinting = isOn;
      redraw();
    },
  };
}
