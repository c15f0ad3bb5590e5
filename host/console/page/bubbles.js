// One line of the conversation as a bubble.

import {element, icon, webAddress} from './dom.js';
import {appendMarked} from './marks.js';
import {openSheet} from './sheet.js';
import {currentLanguage, text} from './texts.js';
import {toggleTrace} from './trace.js';

function clock(unixMs) {
  const shown = new Intl.DateTimeFormat(currentLanguage(), {hour: '2-digit', minute: '2-digit'}).format(unixMs);
  return element('time', {datetime: new Date(unixMs).toISOString()}, shown);
}

function bubble(side, shownText, meta) {
  const words = element('p', {class: 'words', dir: 'auto'});
  appendMarked(words, shownText);
  return element('div', {class: `bubble ${side}`}, words, meta);
}

/** What a person said. `state` is sending, stored, answered or failed. Its time opens its trace. */
export function personBubble(line) {
  const node = element('li', {class: 'line from-person'});
  const meta = element('button', {class: 'meta', type: 'button', title: text('trace'), disabled: true,
    onclick: () => toggleTrace(node, line.message_id)}, clock(line.unix_ms), element('span', {class: 'tick'}));
  node.append(bubble('mine', line.text, meta));
  setTick(node, line.state ?? 'stored');
  return node;
}

const tickIcons = {sending: 'clock', stored: 'tick', answered: 'ticks', failed: 'clock'};

export function setTick(node, state) {
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  node.querySelector('.meta').disabled = state !== 'answered';
  const tick = node.querySelector('.tick');
  tick.replaceChildren(icon(tickIcons[state]), element('span', {class: 'unseen'}, state === 'failed' ? '' : text(state)));
}

export function offerRetry(node, onRetry) {
  node.querySelector('.retry')?.remove();
  const retry = () => {
    node.querySelector('.retry').remove();
    onRetry();
  };
  node.append(element('button', {class: 'retry', type: 'button', onclick: retry}, text('retry')));
}

function choiceButton(name, title, onclick) {
  return element('button', {class: 'choice', type: 'button', onclick}, icon(name), element('span', {}, title));
}

function linkButton(body) {
  const href = webAddress(body.url);
  if (!href) return null;
  return element('a', {class: 'choice', href, target: '_blank', rel: 'noopener noreferrer'}, icon('link'), element('span', {}, body.title ?? href));
}

function choices(line, onTap) {
  const body = line.body;
  if (line.kind === 'buttons') {
    return (body.buttons ?? []).map((button) => choiceButton('reply', button.title, () => onTap(button)));
  }
  if (line.kind === 'list') {
    const title = body.button ?? text('choose');
    return [choiceButton('list', title, () => openSheet({title, rows: body.rows ?? [], onPick: onTap}))];
  }
  return line.kind === 'link' ? [linkButton(body)] : [];
}

/** What the bot said, with what can be tapped under it. */
export function botBubble(line, onTap) {
  const node = element('li', {class: 'line from-bot'}, bubble('theirs', line.body.text ?? '', element('span', {class: 'meta'}, clock(line.unix_ms))));
  const offered = choices(line, onTap).filter(Boolean);
  if (offered.length > 0) node.append(element('div', {class: 'choices'}, ...offered));
  return node;
}

function startOfDay(unixMs) {
  const day = new Date(unixMs);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate());
}

export function dayKey(unixMs) {
  return startOfDay(unixMs).getTime();
}

export function dayMark(unixMs) {
  const day = startOfDay(unixMs);
  const daysAgo = Math.round((startOfDay(Date.now()) - day) / 86400000);
  const long = new Intl.DateTimeFormat(currentLanguage(), {weekday: 'long', day: 'numeric', month: 'long'});
  const label = daysAgo === 0 ? text('today') : daysAgo === 1 ? text('yesterday') : long.format(day);
  return element('li', {class: 'day-mark'}, element('span', {}, label));
}
