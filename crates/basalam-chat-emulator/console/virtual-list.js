// A list that renders only the rows in view, whatever their number and heights.

/** The height in pixels that is rendered above and below the visible part. */
const OVERSCAN = 600;

/** Rows measure differently from their estimate; after this many corrections the rest waits for the next scroll. */
const MAX_CORRECTIONS = 4;

/**
 * Rows are objects with a unique `key` and a `signature`, which changes with whatever the row shows. Options:
 * `render(row)` returns a row's element; `decorate(element, row, index)` updates what a row shows besides;
 * `estimate` is the height of rows that were not measured yet; `stick` is the end (`start` or `end`) that stays in
 * view when rows are added there; `onStart` and `onEnd` are called when that end comes near.
 */
export class VirtualList {
  #scroller;
  #canvas = document.createElement('div');
  #options;
  #rows = [];
  #indexes = new Map();
  #heights = new Map();
  #offsets = new Float64Array(1);
  #rendered = new Map();
  #observer;
  #isAtEnd = true;

  constructor(scroller, options) {
    this.#scroller = scroller;
    this.#options = {
      stick: 'start',
      estimate: 56,
      decorate() {},
      onStart() {},
      onEnd() {},
      onScroll() {},
      ...options,
    };
    this.#canvas.className = 'canvas';
    // Between a list and its items there is nothing for screen readers.
    this.#canvas.setAttribute('role', 'presentation');
    scroller.replaceChildren(this.#canvas);
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    // In the next frame: a change of size during the observation would be reported as an error.
    this.#observer = new ResizeObserver(() => requestAnimationFrame(() => this.#render()));
    this.#observer.observe(scroller);
  }

  get rows() {
    return this.#rows;
  }

  /** Whether the end of the list is in view. */
  get isAtEnd() {
    return this.#isAtEnd;
  }

  indexOf(key) {
    return this.#indexes.get(key) ?? -1;
  }

  elementOf(key) {
    return this.#rendered.get(key)?.element;
  }

  /** Replaces the rows. What is in view stays in place, unless the list sticks to an end that is in view. */
  setRows(rows) {
    const anchor = this.#anchor();
    this.#rows = rows;
    this.#indexes = new Map(rows.map((row, index) => [row.key, index]));
    this.#layOut();
    // Heights of rows that are gone would add up.
    if (this.#heights.size > 2 * rows.length + 1000) this.#pruneHeights();
    this.#render(anchor);
  }

  /** Renders every row anew, for example in another language. */
  refresh() {
    for (const key of [...this.#rendered.keys()]) this.#remove(key);
    this.#heights.clear();
    this.#layOut();
    this.#render();
  }

  /** Calls `decorate` for all rendered rows. */
  decorate() {
    for (const [key, { element }] of this.#rendered) {
      const index = this.indexOf(key);
      if (index >= 0) this.#options.decorate(element, this.#rows[index], index);
    }
  }

  scrollToEnd() {
    this.#isAtEnd = true;
    this.#render();
  }

  /** Scrolls as little as necessary to show a row. */
  reveal(index) {
    if (index < 0 || index >= this.#rows.length) return;
    const [top, bottom] = [this.#offsets[index], this.#offsets[index + 1]];
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (bottom > scrollTop + clientHeight) this.#scroller.scrollTop = bottom - clientHeight;
    this.#updateIsAtEnd();
    this.#render();
  }

  #scrolled() {
    this.#updateIsAtEnd();
    this.#render();
    const { scrollTop, clientHeight } = this.#scroller;
    if (scrollTop < OVERSCAN) this.#options.onStart();
    if (scrollTop + clientHeight > this.#height() - OVERSCAN) this.#options.onEnd();
    this.#options.onScroll();
  }

  #updateIsAtEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    this.#isAtEnd = scrollTop + clientHeight >= scrollHeight - 16;
  }

  #height() {
    return this.#offsets[this.#rows.length];
  }

  /** Computes where every row begins. */
  #layOut() {
    const { estimate } = this.#options;
    const offsets = new Float64Array(this.#rows.length + 1);
    this.#rows.forEach((row, index) => {
      offsets[index + 1] = offsets[index] + (this.#heights.get(row.key) ?? estimate);
    });
    this.#offsets = offsets;
  }

  /** Returns the index of the row at a position. */
  #indexAt(position) {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#offsets[middle + 1] <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns the first visible row and how far it is scrolled out. */
  #anchor() {
    const { scrollTop } = this.#scroller;
    const index = this.#indexAt(scrollTop);
    const isAtStart = this.#options.stick === 'start' && scrollTop === 0;
    if (isAtStart || index >= this.#rows.length) return null;
    return { key: this.#rows[index].key, distance: scrollTop - this.#offsets[index] };
  }

  #restore(anchor) {
    if (this.#options.stick === 'end' && this.#isAtEnd) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
    } else if (anchor && this.#indexes.has(anchor.key)) {
      const wanted = this.#offsets[this.#indexes.get(anchor.key)] + anchor.distance;
      if (Math.abs(wanted - this.#scroller.scrollTop) >= 1) this.#scroller.scrollTop = wanted;
    }
  }

  #render(anchor = this.#anchor()) {
    for (let correction = 0; correction < MAX_CORRECTIONS; correction += 1) {
      // The canvas needs its height before the position can be restored.
      this.#canvas.style.height = `${this.#height()}px`;
      this.#restore(anchor);
      this.#renderWindow();
      if (!this.#measure()) break;
    }
    this.#canvas.style.height = `${this.#height()}px`;
    this.#restore(anchor);
    this.decorate();
  }

  #renderWindow() {
    const { scrollTop, clientHeight } = this.#scroller;
    const start = this.#indexAt(Math.max(0, scrollTop - OVERSCAN));
    const end = Math.min(this.#rows.length, this.#indexAt(scrollTop + clientHeight + OVERSCAN) + 1);
    const wanted = new Map();
    for (let index = start; index < end; index += 1) wanted.set(this.#rows[index].key, this.#rows[index]);
    for (const [key, { signature }] of [...this.#rendered]) {
      if (wanted.get(key)?.signature !== signature) this.#remove(key);
    }
    let previous = null;
    for (const [key, row] of wanted) {
      const element = this.#rendered.get(key)?.element ?? this.#create(row);
      const next = previous ? previous.nextSibling : this.#canvas.firstChild;
      if (next !== element) this.#canvas.insertBefore(element, next);
      previous = element;
    }
    this.#canvas.style.paddingBlockStart = `${this.#offsets[start] ?? 0}px`;
  }

  #create(row) {
    const element = this.#options.render(row);
    this.#rendered.set(row.key, { element, signature: row.signature });
    this.#observer.observe(element);
    return element;
  }

  #remove(key) {
    const { element } = this.#rendered.get(key);
    // The focus would fall back to the document.
    if (element.contains(document.activeElement)) this.#scroller.focus({ preventScroll: true });
    this.#observer.unobserve(element);
    element.remove();
    this.#rendered.delete(key);
  }

  /** Measures the rendered rows; returns whether one has another height than assumed. */
  #measure() {
    let isChanged = false;
    for (const [key, { element }] of this.#rendered) {
      const height = element.getBoundingClientRect().height;
      const index = this.indexOf(key);
      const assumed = this.#offsets[index + 1] - this.#offsets[index];
      // A list in a hidden tab has no heights.
      if (height > 0 && Math.abs(height - assumed) > 0.5) {
        this.#heights.set(key, height);
        isChanged = true;
      }
    }
    if (isChanged) this.#layOut();
    return isChanged;
  }

  #pruneHeights() {
    for (const key of [...this.#heights.keys()]) if (!this.#indexes.has(key)) this.#heights.delete(key);
  }
}
