// A list of options for the keyboard: arrow keys move, Enter and Space choose.

import { VirtualList } from './virtual-list.js';

let count = 0;

/**
 * A virtual list with the role `listbox`. `choose(row)` is called for the chosen row, `isSelected(row)` marks it;
 * `input` is the element that has the focus, by default the list itself.
 */
export class Listbox {
  #scroller;
  #input;
  #active = null;
  #choose;
  #prefix;
  list;

  constructor(scroller, { render, choose, isSelected, input = scroller, ...options }) {
    this.#scroller = scroller;
    this.#input = input;
    this.#choose = choose;
    count += 1;
    this.#prefix = `option-${count}-`;
    scroller.setAttribute('role', 'listbox');
    if (input === scroller) scroller.tabIndex = 0;
    this.list = new VirtualList(scroller, {
      ...options,
      render: (row) => this.#element(render(row), row),
      decorate: (element, row, index) => {
        element.setAttribute('aria-selected', String(isSelected(row)));
        element.setAttribute('aria-posinset', String(index + 1));
        element.setAttribute('aria-setsize', String(this.list.rows.length));
        element.classList.toggle('is-active', row.key === this.#active);
      },
    });
    input.addEventListener('keydown', (event) => this.#pressed(event));
    input.addEventListener('focus', () => this.#describe());
  }

  setRows(rows) {
    this.list.setRows(rows);
    if (this.list.indexOf(this.#active) < 0) this.#active = null;
    this.#describe();
  }

  #element(element, row) {
    element.setAttribute('role', 'option');
    element.id = this.#prefix + row.key;
    element.addEventListener('click', () => {
      this.#activate(row.key);
      this.#choose(row);
    });
    return element;
  }

  #pressed(event) {
    const { rows } = this.list;
    const index = this.list.indexOf(this.#active);
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / 60));
    const isText = this.#input !== this.#scroller;
    const moves = {
      ArrowDown: index + 1,
      ArrowUp: index < 0 ? rows.length - 1 : index - 1,
      PageDown: index + page,
      PageUp: index - page,
    };
    // In a text field these keys move the cursor.
    if (!isText) Object.assign(moves, { Home: 0, End: rows.length - 1 });
    if (event.key in moves && rows.length > 0) {
      event.preventDefault();
      const next = Math.min(Math.max(moves[event.key], 0), rows.length - 1);
      this.#activate(rows[next].key);
      this.list.reveal(next);
      this.#describe();
    } else if (event.key === 'Enter' || (event.key === ' ' && !isText)) {
      const row = rows[isText && index < 0 ? 0 : index];
      if (row) {
        event.preventDefault();
        this.#choose(row);
      }
    }
  }

  #activate(key) {
    this.#active = key;
    this.list.decorate();
    this.#describe();
  }

  #describe() {
    const element = this.#active === null ? undefined : this.list.elementOf(this.#active);
    if (element) this.#input.setAttribute('aria-activedescendant', element.id);
    else this.#input.removeAttribute('aria-activedescendant');
  }
}
