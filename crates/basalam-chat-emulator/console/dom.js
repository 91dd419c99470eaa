// Building of elements. Texts reach the document as text nodes only, so no message can become markup.

/**
 * Creates an element. `properties`: `class`, `text`, `on` (listeners by event), `data` (data attributes); every other
 * name is an attribute, which `false`, `null` and `undefined` leave out and `true` sets to the empty string.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (name === 'text') {
      element.textContent = value;
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat(Infinity).filter((it) => it !== null && it !== undefined && it !== false));
  return element;
}

/** Returns the element with this id. */
export const byId = (id) => document.getElementById(id);

/** Creates a button that runs `action`. */
export function button(label, action, properties = {}) {
  const { class: classes = '', ...others } = properties;
  return h('button', { type: 'button', class: `button ${classes}`, on: { click: action }, ...others }, label);
}

/** Creates a button with an icon, named by `label`. */
export function iconButton(name, label, action, properties = {}) {
  const { class: classes = '', ...others } = properties;
  return button(icon(name), action, { class: `icon-only ${classes}`, 'aria-label': label, title: label, ...others });
}

let fieldCount = 0;

/** Creates a labelled field around a control. The hint describes the control, but is no part of its name. */
export function field(label, control, hint) {
  fieldCount += 1;
  const id = `hint-${fieldCount}`;
  if (hint) control.setAttribute('aria-describedby', id);
  return h(
    'div',
    { class: 'field' },
    h('label', {}, h('span', { class: 'field-label', text: label }), control),
    hint && h('span', { class: 'hint', id, text: hint }),
  );
}

/** Creates a `<select>` of `[value, label]` pairs. */
export function select(options, value, properties = {}) {
  const element = h(
    'select',
    properties,
    options.map(([key, label]) => h('option', { value: key, text: label })),
  );
  element.value = value;
  return element;
}

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  send: 'M4 12l16-8-6 16-3-6-7-2z',
  picture: 'M4 5h16v14H4zM8 10a1.4 1.4 0 1 0 0-.1M5 18l5-5 3 3 3-4 4 5',
  product: 'M5 8h14l-1 12H6zM9 8V6a3 3 0 0 1 6 0v2',
  location: 'M12 21s7-6.3 7-11.5A7 7 0 0 0 5 9.5C5 14.7 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  reply: 'M10 6L4 12l6 6M4 12h10a6 6 0 0 1 6 6',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z',
  contrast: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  chevron: 'M6 9l6 6 6-6',
  seen: 'M2 13l4 4L14 8M10 16l1 1 9-9',
  sent: 'M5 13l4 4L18 8',
  users:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2 20c0-4 3-6 7-6s7 2 7 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14c2.5.700 4 2.7 4 6',
  replay: 'M4 5v6h6M4.5 11a8 8 0 1 1-.500 4',
};

const SVG = 'http://www.w3.org/2000/svg';

/** Creates a decorative icon. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon icon-${name}`);
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Creates the picture of a user: initials on a colour that depends on the id. */
export function avatar(id, name) {
  const initials = [...(name ?? '?').trim()].slice(0, 1).join('') || '?';
  return h('span', { class: 'avatar', 'aria-hidden': 'true', data: { hue: String(Math.abs(id ?? 0) % 8) } }, initials);
}

/**
 * Replaces the children of an element. The focus stays in the new element with the same `data-keep`: what is shown
 * can change at any time, also while someone uses the keyboard in it.
 */
export function replaceChildren(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
  parent.replaceChildren(...children);
  if (focused) parent.querySelector(`[data-keep="${CSS.escape(focused)}"]`)?.focus();
}
