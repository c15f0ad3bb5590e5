// The agenda of the person who chats, day by day.

import {call} from './api.js';
import {byId, element, icon, pause, webAddress} from './dom.js';
import {currentLanguage, text} from './texts.js';

const daysAhead = 31;
const retryAfterMs = 1000;      // doubled at each try
const longestRetryMs = 30000;

let known = new Set();  // event ids shown before, so that a new one can be marked
let shownFor = null;
let running = null;

/** Reads the agenda again; personId '' means that nothing was said yet. */
export async function refreshAgenda(personId) {
  running?.abort();
  running = new AbortController();
  const {signal} = running;
  if (!personId) return showEmpty();
  const query = new URLSearchParams({person: personId, locale: currentLanguage(), days: daysAhead});
  // Nobody may write for hours: an agenda that did not answer is asked for again by itself.
  for (let wait = retryAfterMs; !signal.aborted; wait = Math.min(longestRetryMs, 2 * wait)) {
    try {
      const agenda = await call('GET', `/p/scheduling/agenda?${query}`, {signal});
      if (!signal.aborted) show(agenda ?? {}, personId);
      return;
    } catch (fault) {
      if (signal.aborted) return;
      byId('days').replaceChildren(element('p', {class: 'empty'}, text('agendaFailed')));
      if (fault.status >= 400 && fault.status < 500) return;  // asking again would not help
    }
    await pause(wait);
  }
}

function showEmpty() {
  shownFor = null;
  known = new Set();
  byId('zone').textContent = '';
  byId('feed').hidden = true;
  byId('days').replaceChildren(element('p', {class: 'empty'}, icon('calendar'), text('agendaEmpty')));
}

function show(agenda, personId) {
  const days = (agenda.days ?? []).filter((day) => day.events?.length > 0);
  const isFirst = shownFor !== personId;
  const isNew = (event) => !isFirst && !known.has(event.id);
  if (days.length === 0) showEmpty();
  else byId('days').replaceChildren(...days.map((day) => dayBlock(day, isNew)));
  known = new Set(days.flatMap((day) => day.events.map((event) => event.id)));
  shownFor = personId;
  byId('zone').textContent = (agenda.zone ?? '').replaceAll('_', ' ');
  showFeed(agenda.feed_url);
}

function dayBlock(day, isNew) {
  return element('section', {class: 'day', 'data-date': day.date},
      element('h3', {}, day.label ?? day.date),
      element('ul', {}, ...day.events.map((event) => eventItem(event, isNew(event)))));
}

function eventItem(event, isNew) {
  const hours = event.all_day ? text('allDay') : `${event.start}–${event.end}`;
  const place = event.location ? element('span', {class: 'place'}, icon('pin'), event.location) : null;
  return element('li', {class: isNew ? 'event new' : 'event', 'data-event': event.id},
      element('span', {class: 'hours'}, hours),
      element('span', {class: 'what'}, element('span', {class: 'title', dir: 'auto'}, event.title), place));
}

function showFeed(candidate) {
  const address = candidate ? webAddress(new URL(candidate, location.href).href) : null;
  byId('feed').hidden = !address;
  byId('feed-url').value = address ?? '';
}

async function copyFeed() {
  const field = byId('feed-url');
  const label = byId('copy-feed').querySelector('span');
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand('copy');  // plain http on another host has no clipboard
  }
  label.textContent = text('copied');
  setTimeout(() => { label.textContent = text('copy'); }, 2000);
}

export function setUpAgenda() {
  byId('copy-feed').addEventListener('click', copyFeed);
}
