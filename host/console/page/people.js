// Who is writing: several chat persons, so that one of them can be Laura. Kept in this browser.

import {ask} from './ask.js';
import {byId, element, icon} from './dom.js';
import {text} from './texts.js';

const peopleKey = 'migue.people';
const currentKey = 'migue.person';

const first = {id: 'me', name: ''};  // shown as "You" in the page's language
const nameOf = (person) => person.name || text('me');

function stored(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

function slug(name) {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 48);
}

export class People {
  constructor(onSwitch) {
    this.onSwitch = onSwitch;
    this.all = stored(peopleKey, [first, {id: 'laura', name: 'Laura'}]);
    const wanted = stored(currentKey, first.id);
    this.current = this.all.find((person) => person.id === wanted) ?? this.all[0];
  }

  show() {
    const add = element('button', {class: 'person add', type: 'button', title: text('addPerson'), 'aria-label': text('addPerson'),
      onclick: () => this.add()}, icon('plus'));
    byId('people').replaceChildren(...this.all.map((person) => this.tab(person)), add);
  }

  tab(person) {
    const isCurrent = person === this.current;
    return element('button', {class: 'person', type: 'button', 'aria-pressed': String(isCurrent), 'data-person': person.id,
      onclick: () => this.select(person)},
        element('span', {class: 'initial', 'aria-hidden': 'true'}, [...nameOf(person)][0].toUpperCase()), element('span', {class: 'name'}, nameOf(person)));
  }

  select(person) {
    this.current = person;
    localStorage.setItem(currentKey, JSON.stringify(person.id));
    this.show();
    this.onSwitch(person);
  }

  async add() {
    const name = await ask({title: text('addPerson'), text: text('addPersonText')});
    if (!name) return;
    const id = slug(name) || `p-${this.all.length + 1}`;
    let person = this.all.find((one) => one.id === id);
    if (!person) {
      person = {id, name: name.slice(0, 40)};
      this.all.push(person);
      localStorage.setItem(peopleKey, JSON.stringify(this.all));
    }
    this.select(person);
  }
}
